/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory: is this the person's password? Asked of LDAP servers over checked TLS, in order, within a deadline.
 * Blocks, so it runs on worker threads (workers.h); one directory may serve many at once.
 */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_H

#include "devicescout/people/directory_text.h"
#include "proto/order.h"

#define DIRECTORY_URIS_MAX 8

struct directory;

struct directory_opts { /* texts are copied */
    const char *uris[DIRECTORY_URIS_MAX];
    size_t uris_len;
    const char *base;
    const char *filter;           /* with %s */
    const char *bind_dn;          /* who looks people up; "": anonymous */
    const char *password_file;    /* read once; its first line, without the newline */
    const char *ca_file;          /* "": the system's */
    int starttls;                 /* ldap:// is used with StartTLS; without this it is refused */
    const char *person_attribute; /* holds the one canonical name */
};

/*
 * Check the settings and read the password; connects to nothing.
 * Errors: ERR_CONFIG after a line on standard error that names the setting.
 */
MUST_USE enum err directory_new(const struct directory_opts *opts, struct directory **out);
void directory_free(struct directory *d);

enum directory_outcome {
    DIRECTORY_YES,
    DIRECTORY_NO,           /* name or password is wrong, or the account is disabled */
    DIRECTORY_TOO_OFTEN,    /* gate said so */
    DIRECTORY_DOWN,         /* no server answered in time */
    DIRECTORY_MISCONFIGURED /* a server answered, but not as it must: the log says what */
};

struct directory_question {
    const char *name, *password; /* as typed; not logged */
    uint64_t deadline_boot_ms;
    /* Called when the person is found and before the password is tried. OK: go on; else DIRECTORY_TOO_OFTEN. */
    enum err (*gate)(void *arg, const char *person);
    void *gate_arg;
};

/* person is set on DIRECTORY_YES, and after gate on any outcome; else "". */
enum directory_outcome directory_ask(struct directory *d, const struct directory_question *q,
                                     char person[static PERSON_SIZE]);

const char *directory_outcome_name(enum directory_outcome o);

#endif
