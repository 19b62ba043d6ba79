/* SPDX-License-Identifier: Apache-2.0 */
/* post: bring a badge to the device scout, over TLS with a checked certificate and the reader's token. */
#ifndef DEVICESCOUT_READER_POST_H
#define DEVICESCOUT_READER_POST_H

#include "base/err.h"

struct post; /* opaque; one connection, kept */

struct post_opts {       /* texts are copied */
    const char *server;  /* https://HOST:PORT */
    const char *ca_file; /* "": the system's */
    const char *token;
};

MUST_USE enum err post_new(const struct post_opts *opts, struct post **out);
void post_free(struct post *p);

/* ERR_REFUSED: the token is not, or no longer, a reader's; ERR_UNREACHABLE; ERR_PEER another answer. */
MUST_USE enum err post_badge(struct post *p, const char *badge);

#endif
