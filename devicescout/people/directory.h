/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory: is this the person's password? Asked of LDAP servers over checked TLS, in order, within a deadline.
 * Blocks, so it runs on worker threads (workers.h); one directory may serve many at once.
 */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_H

#include "devicescout/people/directory_text.h"
#include "proto/order.h"

#define DIRECTORY_URIS_MAX   8
#define DIRECTORY_GROUPS_MAX 64 /* bits of a number */
#define DIRECTORY_ID_SIZE    64 /* entryUUID as text, objectGUID as hex */

struct directory;

struct directory_opts { /* texts are copied */
    const char *uris[DIRECTORY_URIS_MAX];
    size_t uris_len;
    const char *base;
    const char *filter;                       /* with %s */
    const char *bind_dn;                      /* who looks people up; "": anonymous */
    const char *password_file;                /* read once; its first line, without the newline */
    const char *ca_file;                      /* "": the system's */
    int starttls;                             /* ldap:// is used with StartTLS; without this it is refused */
    const char *person_attribute;             /* holds the one canonical name */
    const char *card_attribute;               /* holds card numbers, in lower-case hex; "": none does */
    const char *groups[DIRECTORY_GROUPS_MAX]; /* DNs that somebody asks about */
    size_t groups_len;
    const char *group_base; /* "": base */
    enum directory_nesting { DIRECTORY_NESTING_NONE, DIRECTORY_NESTING_WALK, DIRECTORY_NESTING_AD } nesting;
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

enum directory_kind {
    DIRECTORY_PASSWORD,  /* is this that person's password? */
    DIRECTORY_BY_NAME,   /* who has this name, as typed? */
    DIRECTORY_BY_PERSON, /* is this person, as person_attribute has it, still there and usable? */
    DIRECTORY_BY_CARD    /* whose card is this? */
};

struct directory_question {
    enum directory_kind kind;
    const char *name, *password; /* as typed; not logged; password of DIRECTORY_PASSWORD alone */
    uint64_t deadline_boot_ms;
    /* Called when the person is found and before the password is tried. OK: go on; else DIRECTORY_TOO_OFTEN. */
    enum err (*gate)(void *arg, const char *person);
    void *gate_arg;
};

struct directory_person {
    char person[PERSON_SIZE];         /* who this is everywhere in the site */
    char identity[DIRECTORY_ID_SIZE]; /* never given to another; "": the directory has none */
    char display[PERSON_SIZE];        /* may be "" */
    uint64_t groups;                  /* of opts.groups, on DIRECTORY_YES */
};

/* person is set on DIRECTORY_YES, and its name after gate on any outcome; else empty. */
enum directory_outcome directory_ask(struct directory *d, const struct directory_question *q,
                                     struct directory_person *person);

const char *directory_outcome_name(enum directory_outcome o);

#endif
