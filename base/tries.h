/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tries: how often something may be tried under one key (a name, a panel's address). A try counts before it is made
 * and is taken back when it succeeds, so a thousand at once count as a thousand. Any thread may call.
 */
#ifndef BASE_TRIES_H
#define BASE_TRIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct tries;

struct tries_opts {
    size_t keys;           /* as many are remembered; then the one that was quiet longest is forgotten */
    uint32_t free_tries;   /* without any delay */
    uint64_t delay_ms;     /* after the first one more; doubles with each */
    uint64_t delay_max_ms; /* and grows no further */
    uint64_t forget_ms;    /* a key that was quiet so long starts anew */
};

MUST_USE enum err tries_new(const struct tries_opts *opts, struct tries **out);
void tries_free(struct tries *l);

/*
 * May key be tried now?
 *   key      cut at 255 bytes; ASCII letters count without case
 *   wait_ms  on ERR_LIMIT how long until it may be tried again; such a try does not count
 * Errors: ERR_LIMIT too early; ERR_NOMEM.
 */
MUST_USE enum err tries_begin(struct tries *l, const char *key, uint64_t now_boot_ms, uint64_t *wait_ms);

/*
 * The try succeeded, or nobody looked at it: it leaves no trace. Neither does it make the next one wait, nor is it a
 * reason to remember longer those that failed.
 */
void tries_take_back(struct tries *l, const char *key);

/* Nothing that was tried under this key counts any more. */
void tries_clear(struct tries *l, const char *key);

/* For who keeps counts: how many tries count under key now, and put as many there as before a restart, the last of them
 * just now. ERR_NOMEM. */
uint32_t tries_of(struct tries *l, const char *key);
MUST_USE enum err tries_restore(struct tries *l, const char *key, uint32_t tries, uint64_t now_boot_ms);

#define TRIES_ADDRESS_SIZE 64

/* The key of an address: a computer has as many IPv6 addresses as it likes, all in one /64, so that counts as one. */
void tries_address_key(const char *address, char out[static TRIES_ADDRESS_SIZE]);

size_t tries_count(struct tries *l);

#endif
