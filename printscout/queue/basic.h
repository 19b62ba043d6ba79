/* SPDX-License-Identifier: Apache-2.0 */
/* basic: name and password of HTTP's Basic authentication (RFC 7617), in memory that is wiped and nowhere else. */
#ifndef QUEUE_BASIC_H
#define QUEUE_BASIC_H

#include "proto/question.h"

#define BASIC_REALM "Latchkey"

struct credentials { /* allocate with credentials_new() */
    char name[QUESTION_NAME_MAX + 1];
    char password[QUESTION_PASSWORD_MAX + 1];
};

struct credentials *credentials_new(void);    /* locked memory; NULL: none left */
void credentials_free(struct credentials *c); /* wipes; NULL is fine */

/*
 * Read an Authorization header, and wipe it where it stands: it would stay in the server's buffer.
 *   header  NULL: there is none
 * Errors: ERR_NOTFOUND none, or another scheme; ERR_LIMIT longer than any that we take; ERR_FORMAT not as RFC 7617
 * says, control characters in the name, a NUL, an empty name or an empty password.
 */
MUST_USE enum err basic_read(char *header, struct credentials *out);

#endif
