/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper: all that the keyholder holds, opened from its state folder:
 *
 *   lock          one process at a time
 *   identity.key  the site's Ed25519 secret, 0600
 *   root.wrapped  the site root, sealed by the administrator's password; only ceremonies read it
 *   pepper        32 random bytes for PINs and badges
 *   epoch/NUMBER  epochs.h
 *   registry      registry.h
 *   audit/        audit.h
 *   hellos        hellos.h
 *   pins          pins.h
 *   delegations   delegations.h
 */
#ifndef KEYHOLDER_KEEPER_H
#define KEYHOLDER_KEEPER_H

#include "devicescout/keyholder/audit.h"
#include "devicescout/keyholder/delegations.h"
#include "devicescout/keyholder/epochs.h"
#include "devicescout/keyholder/hellos.h"
#include "devicescout/keyholder/jobs.h"
#include "devicescout/keyholder/limits.h"
#include "devicescout/keyholder/pace.h"
#include "devicescout/keyholder/pins.h"
#include "devicescout/keyholder/registry.h"

#define KEEPER_IDENTITY "identity.key"
#define KEEPER_ROOT     "root.wrapped"
#define KEEPER_PEPPER   "pepper"

/* Refusals that get a line of their own in a minute; of more, only their number. A flood of asks must not fill the
 * disk, for then nothing could be granted: 3 MB a minute at most. */
#define KEEPER_REFUSALS_MINUTE 12000

/* The same for what devicescout wants remembered (op 7), of one event and of all: who only knocks at the panel's
 * sign-in has a line written too. A flood of one event leaves room for the others. */
#define KEEPER_EVENT_MINUTE  1200
#define KEEPER_EVENTS_MINUTE 6000

/* Closings without a courier's word, by cancel or age, in a minute. Each id is remembered as long as its epoch lives:
 * who closed what was never there could else have all memory for jobs used up within the hour, and nothing granted for
 * weeks. */
#define KEEPER_CLOSES_MINUTE 1200

/* Wrong PINs at one printer in a minute, whosever they are; people who sign in rightly are not counted. */
#define KEEPER_PIN_PRINTER_MINUTE  20
#define KEEPER_PIN_PRINTER_WAIT_MS 20000
/* Enough to import a large site's badges; a table of all UIDs of four bytes would take eight months. */
#define KEEPER_BADGES_MINUTE 12000

/* Changes of the queue's profile: each is a bulletin that every scout fetches. */
#define KEEPER_PROFILES_BURST  6
#define KEEPER_PROFILE_EACH_MS 300000
/* Changes of who may release for whom in a minute: each writes the file anew. */
#define KEEPER_DELEGATIONS_MINUTE 600

struct keeper {
    int dirfd, lock;
    struct id site;
    uint8_t site_public[KEY_LEN];
    uint8_t *site_secret; /* SIGN_SECRET_LEN, locked memory */
    struct registry *registry;
    struct audit *audit;
    struct epochs *epochs;
    struct jobs *jobs;
    struct hellos *hellos;
    struct limits *limits;
    struct limits *refusals;
    struct limits *event, *events, *closes;
    uint8_t *pepper; /* PEPPER_LEN, locked memory */
    struct pins *pins;
    struct limits *pin_printers, *badges;
    struct pace profiles;
    struct delegations *delegations;
    struct limits *delegation_changes;
    uint32_t delegation_days; /* the longest; 0: the site allows none */
    uint64_t refusals_unwritten, events_unwritten;
    uint64_t delivery_timeout_ms;
    uint64_t clock_offset_ms, settled_boot_ms; /* calendar.h */
    uint64_t checkpoint_boot_ms;
};

struct keeper_opts {
    const char *state;
    uint32_t grants_per_minute;
    uint64_t delivery_timeout_ms;
    uint32_t delegation_days;
};

/*
 * Open the state.
 * Errors: ERR_NOTFOUND there is none; ERR_EXISTS another process has it; ERR_AUTH the audit chain is damaged;
 * ERR_REFUSED others have rights to a secret; ERR_FORMAT; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err keeper_open(const struct keeper_opts *opts, struct keeper **out);
void keeper_free(struct keeper *k); /* wipes; NULL is fine */

/* Start a change of the registry: a copy for the caller to work on, for keeper_commit() or registry_free(). */
MUST_USE enum err keeper_change(struct keeper *k, struct registry **next);

/*
 * Make a change last: sync the audit log, in which the caller has said what it does; with publish sign a bulletin of
 * the next version; replace the registry. next is taken, also on failure, and then nothing has changed.
 */
MUST_USE enum err keeper_commit(struct keeper *k, struct registry *next, int publish);

#endif
