/* SPDX-License-Identifier: Apache-2.0 */
/* desk: what the commands about people have in common: the roster beside a running device scout. */
#ifndef DEVICESCOUT_DESK_DESK_H
#define DEVICESCOUT_DESK_DESK_H

#include "devicescout/audit_fields.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/people_conf.h"

struct desk {
    struct admin *admin;
    struct people_conf *people;
    struct roster *roster;
    struct prover prover; /* rules, roster and the keyholder's admin socket; it asks no directory */
};

/* From here on root is the device scout's user: see owner_become(). Errors, after a sentence on standard error. */
MUST_USE enum err desk_open(const char *config, struct desk *out);
void desk_close(struct desk *d);

/* A line for the audit chain, event "admin.…". A failure is said. */
void desk_record(struct desk *d, const char *event, const struct audit_fields *fields);

/* A command about one thing that its only operand names. */
struct desk_errand {
    const char *operand, *purpose; /* for --help */
    const char *asked;             /* what to say when it is missing: "say whose" */
    enum err (*act)(struct desk *d, const char *name);
};

/* Read the command line, open the desk, act, and close. */
MUST_USE enum err desk_run(int argc, char **argv, const struct desk_errand *errand);

#endif
