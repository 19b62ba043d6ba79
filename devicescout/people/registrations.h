/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registrations: a badge that nobody knows was swiped, and waits for its person to sign in. The panel gets a handle
 * that works once, from the same address, for two minutes. In memory; any thread may call.
 */
#ifndef DEVICESCOUT_PEOPLE_REGISTRATIONS_H
#define DEVICESCOUT_PEOPLE_REGISTRATIONS_H

#include "base/hex.h"
#include "devicescout/people/roster.h"

#define REGISTRATION_MS 120000

struct registrations;

MUST_USE enum err registrations_new(struct registrations **out);
void registrations_free(struct registrations *r);

/* The one that has waited longest makes room. */
void registrations_add(struct registrations *r, const uint8_t mac[static ROSTER_MAC_LEN], const char *address,
                       uint64_t now_boot_ms, char handle[static ID_HEX_SIZE]);
/* Gone afterwards, whatever becomes of it. ERR_NOTFOUND: no such handle, another address, or too late. */
MUST_USE enum err registrations_take(struct registrations *r, const char *handle, const char *address,
                                     uint64_t now_boot_ms, uint8_t mac[static ROSTER_MAC_LEN]);

#endif
