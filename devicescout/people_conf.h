/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people_conf: the settings about people, read once and checked: the directory's, badges', PINs', groups'. For the
 * daemon and for the commands that look at one part of them.
 */
#ifndef DEVICESCOUT_PEOPLE_CONF_H
#define DEVICESCOUT_PEOPLE_CONF_H

#include "devicescout/conf.h"
#include "devicescout/people/proof.h"

struct people_conf; /* opaque: the groups, and which printer wants which */

/* Errors: ERR_CONFIG after a line on standard error; ERR_NOMEM. c must outlive it. */
MUST_USE enum err people_conf_new(const struct conf *c, struct people_conf **out);
void people_conf_free(struct people_conf *p);

/* For directory_new(); texts are c's. */
void people_conf_directory(const struct people_conf *p, struct directory_opts *out);
/* For struct prover; printer_groups asks p. */
void people_conf_rules(struct people_conf *p, struct proof_rules *out);
/* What roster_open() wants to know the groups by. */
const char *people_conf_groups(const struct people_conf *p);

/* Does a badge release at once at this printer? */
int people_conf_fast_release(const struct people_conf *p, const char *printer);

/* Only what turns a swipe into a card's id. ERR_CONFIG as above. */
MUST_USE enum err people_conf_badge(const struct conf *c, struct badge_rules *out);

#endif
