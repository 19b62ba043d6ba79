/* SPDX-License-Identifier: Apache-2.0 */
/*
 * panel_people: whom the played site of panel_server knows: a directory and a keyholder that are played, under the real
 * proof, roster and registrations.
 *
 *   alice   PIN 738215, badge 04A1B2C3      bob     no PIN, badge 04B0B0B0      carol   PIN 738215, no badge
 *   dave    may not print anywhere          down    the directory does not answer
 *
 * Everybody's password is NAME-password.
 */
#ifndef PANEL_PEOPLE_H
#define PANEL_PEOPLE_H

#include "devicescout/people/proof.h"

/* So that a test sees delays and the lock without waiting long. */
#define PLAYED_FREE_TRIES 2 /* then each wrong one costs PLAYED_WAIT_S */
#define PLAYED_WAIT_S     2
#define PLAYED_TRIES_MAX  5

/* roster_file: made anew; badge_alone as the site's choice. Lives until the program ends. */
MUST_USE enum err panel_people_start(const char *roster_file, int badge_alone, struct prover *out);

/* For signin_opts; prover is struct prover. */
void panel_people_check(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out);

#endif
