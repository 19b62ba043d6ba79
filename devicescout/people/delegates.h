/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delegates: who may release for whom, as the keyholder has it. The keyholder alone decides, at each grant; what is
 * remembered here is for the lists of people who are signed in, and is asked for anew whenever one is drawn.
 */
#ifndef DEVICESCOUT_PEOPLE_DELEGATES_H
#define DEVICESCOUT_PEOPLE_DELEGATES_H

#include "devicescout/people/directory.h"
#include "proto/keyholder.h"

#define DELEGATES_MAX (DELEGATIONS_GIVEN_MAX + DELEGATIONS_HELD_MAX)

/* kh_ask() without its sentence, or a stand-in */
typedef enum err delegates_ask_fn(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer,
                                  size_t *answer_len);
struct delegates_keyholder {
    delegates_ask_fn *ask;
    void *arg;
};

struct delegates_list {
    uint32_t days_most; /* 0: the site allows none */
    size_t len;
    struct delegation list[DELEGATES_MAX]; /* given and had */
};

/* Questions, on any thread. Errors: the keyholder's, see PROTOCOL.md; ERR_PEER an answer that is none. */
MUST_USE enum err delegates_read(const struct delegates_keyholder *k, const char *person, struct delegates_list *out);
MUST_USE enum err delegates_add(const struct delegates_keyholder *k, const char *from, const char *to,
                                uint64_t until_unix_ms, uint8_t authentication);
MUST_USE enum err delegates_end(const struct delegates_keyholder *k, struct id id, const char *person);

/* What is remembered, on the loop's thread. */
struct delegates;

/* loop: the loop's own connection to the keyholder. */
MUST_USE enum err delegates_new(const struct delegates_keyholder *loop, struct delegates **out);
void delegates_free(struct delegates *d);

/* Ask whose jobs this person may release, and remember it. Without an answer nobody's. */
void delegates_look(struct delegates *d, const char *person);
void delegates_forget(struct delegates *d, const char *person);

/* The site's longest, in days, as the last look had it. */
uint32_t delegates_days_most(const struct delegates *d);

/* May to release for from, as far as it is remembered? */
int delegates_may(const struct delegates *d, const char *from, const char *to, uint64_t now_unix_ms);

/* Call fn for each person whose jobs this one may release; for each who may release this one's. */
typedef void delegates_fn(void *arg, const char *person);
void delegates_givers(const struct delegates *d, const char *to, uint64_t now_unix_ms, delegates_fn *fn, void *arg);
void delegates_holders(const struct delegates *d, const char *from, uint64_t now_unix_ms, delegates_fn *fn, void *arg);

/* Ask again about all who are remembered: an administrator may have ended something. fn as below. */
void delegates_refresh(struct delegates *d, delegates_fn *fn, void *arg);
/* Forget what has ended; fn hears of each person whose list is another now. */
void delegates_sweep(struct delegates *d, uint64_t now_unix_ms, delegates_fn *fn, void *arg);

#endif
