/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions: who is signed in where. A session belongs to one person at one printer from one address and ends when
 * nobody touches it. Lives in memory only; on the loop's thread.
 */
#ifndef DEVICESCOUT_PEOPLE_SESSIONS_H
#define DEVICESCOUT_PEOPLE_SESSIONS_H

#include "base/hex.h"
#include "devicescout/people/roster.h"
#include "proto/order.h"

#define SESSION_TOKEN_LEN  32                          /* random bytes */
#define SESSION_TOKEN_SIZE (2 * SESSION_TOKEN_LEN + 1) /* as hex with its NUL */
#define ADDRESS_SIZE       64                          /* of a panel, as text */

struct session {
    char person[PERSON_SIZE];
    uint8_t authentication; /* enum authentication */
    struct id printer;
    char address[ADDRESS_SIZE];
    uint8_t panel[ROSTER_HASH_LEN]; /* of the panel's token; zeros: none was asked for */
    uint8_t badge[ROSTER_MAC_LEN];  /* that was swiped; zeros: none */
    uint64_t groups;
    int may_administer;
    uint64_t started_boot_ms, touched_boot_ms;
    uint64_t number;  /* never reused: what others keep in place of a pointer */
    uint64_t changes; /* to what the person sees, so far */
};

struct sessions;

struct sessions_opts {
    size_t max;
    size_t person_max; /* of one person; one more ends the one that was quiet longest */
    uint64_t idle_ms;
    uint64_t longest_ms; /* ends even when it is touched */
    /* Before a session is forgotten, whatever the cause. */
    void (*ended)(void *arg, const struct session *s);
    void *arg;
};

MUST_USE enum err sessions_new(const struct sessions_opts *opts, struct sessions **out);
void sessions_free(struct sessions *s); /* does not call ended */

/*
 *   want    who, how, where, and by which badge; copied
 *   token   receives what the browser is to show; kept nowhere else
 * Errors: ERR_FULL; ERR_NOMEM.
 */
MUST_USE enum err sessions_start(struct sessions *s, const struct session *want, uint64_t now_boot_ms,
                                 char token[static SESSION_TOKEN_SIZE]);

/* NULL: no such session, not from this address, or past its time. Counts as a touch when touch is not 0. */
const struct session *sessions_find(struct sessions *s, const char *token, const char *address, uint64_t now_boot_ms,
                                    int touch);
const struct session *sessions_by_number(struct sessions *s, uint64_t number);

void sessions_end(struct sessions *s, uint64_t number);
/* End each for which is() is not 0. */
typedef int sessions_is_fn(const void *arg, const struct session *s);
void sessions_end_if(struct sessions *s, sessions_is_fn *is, const void *arg);
/* For that: did this person, a text, sign in with a PIN? */
int session_is_by_pin_of(const void *person, const struct session *s);
/* End those that are past their time; call now and then. */
void sessions_sweep(struct sessions *s, uint64_t now_boot_ms);

/* Call fn for each session of a person. */
typedef void sessions_fn(void *arg, const struct session *s);
void sessions_of_person(struct sessions *s, const char *person, sessions_fn *fn, void *arg);
/* Something that this person sees has changed. */
void sessions_mark(struct sessions *s, const char *person);
size_t sessions_count(const struct sessions *s);

#endif
