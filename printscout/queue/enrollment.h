/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enrollment: what site this queue belongs to and whether it may take jobs now. The courier writes the site's bulletin
 * and this node's certificate into the spool; both are checked here before they are believed, and read again when they
 * change.
 */
#ifndef QUEUE_ENROLLMENT_H
#define QUEUE_ENROLLMENT_H

#include "base/hex.h"
#include "crypto/secret.h"
#include "proto/bulletin.h"
#include "proto/order.h"
#include "proto/profile.h"

struct enrollment; /* opaque; any thread may ask it */

/* What a new job is sealed to, and whose it is. */
struct admission {
    struct id site, node;
    uint32_t epoch;
    uint8_t epoch_public_key[KEY_LEN];
    char person[PERSON_SIZE]; /* whose every job of this node is; empty on a shared node */
    uint32_t retention_s;     /* how long a held job is kept */
    uint32_t flags;           /* enum policy_flag */
};

/* spool: the spool folder; used as long as the object lives. */
MUST_USE enum err enrollment_new(int spool, struct enrollment **out);
void enrollment_free(struct enrollment *n);

/*
 * May a job be taken now?
 *   why     on an error one sentence for a person that says what to do; static
 * Errors: ERR_STATE not enrolled, or the site's files are not what they should be; ERR_REFUSED revoked; ERR_EXPIRED the
 * newest epoch key is past its time.
 */
MUST_USE enum err enrollment_admit(struct enrollment *n, struct admission *out, const char **why);

/*
 * A device scout of the bulletin, and whose question it is that goes to it.
 *   turn    from 0: which one; beyond the last it begins again
 * Errors: ERR_STATE not enrolled; ERR_NOTFOUND the bulletin names none.
 */
MUST_USE enum err enrollment_scout(struct enrollment *n, size_t turn, struct bulletin_scout *out, struct id *site,
                                   struct id *node);

/* What the bulletin says of printers and documents. */
struct site_says {
    uint64_t change; /* rises with each bulletin; 0: nothing was asked yet */
    struct profile profile;
    uint32_t flags; /* enum policy_flag */
};

/* Has that changed since *says was filled? Then it is filled anew; without a bulletin with what is usual. */
int enrollment_says(struct enrollment *n, struct site_says *says);

#endif
