/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup: make the keyholder's state, or make it anew from the recovery kit. The identity is written last: a state
 * without it is none, and a set-up that was cut short is simply done again.
 */
#ifndef KEYHOLDER_SETUP_H
#define KEYHOLDER_SETUP_H

#include "devicescout/ceremony.h"

/*
 * Make a site: root, identity, pepper, first epoch, first bulletin. With r->kit it is that site again.
 * Errors: ERR_EXISTS there is a state already; ERR_FORMAT the kit does not check (a sentence was printed); ERR_IO …
 */
MUST_USE enum err setup_init(const char *state, const struct ceremony_request *r, struct ceremony_answer *a);

/*
 * Restore from the kit over what is left of a state: its nodes, printers, codes, policy and relays stay when the
 * registry is whole and the same site's. All epochs end; a new one begins.
 *   kit        as a person types it
 *   password   NULL, or seals the root in a new file
 *   kept       1 when the registry was kept
 */
MUST_USE enum err setup_restore(const char *state, const char *kit, const char *password, int *kept);

#endif
