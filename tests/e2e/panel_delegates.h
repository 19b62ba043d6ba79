/* SPDX-License-Identifier: Apache-2.0 */
/* panel_delegates: who may release for whom at the played site, as long as it runs; any thread. carol lets alice. */
#ifndef PANEL_DELEGATES_H
#define PANEL_DELEGATES_H

#include "devicescout/people/delegates.h"

#define PLAYED_DELEGATION_DAYS 31

/* The keyholder's three operations; PROTOCOL.md, "Delegations". */
enum err panel_delegates_ask(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer,
                             size_t *answer_len);

#endif
