/* SPDX-License-Identifier: Apache-2.0 */
/* panel_address: where panels and readers find the device scout. */
#ifndef FLEET_PANEL_ADDRESS_H
#define FLEET_PANEL_ADDRESS_H

#include "base/conf.h"

#define PANEL_ADDRESS_SIZE 272 /* a DNS name of 253 bytes, a colon, a port, NUL */

/* HOST:PORT: the first name in the panel pages' certificate, as `init --host` was given it, and the port of the
 * configuration. This machine's own name where there is no certificate. */
const char *panel_address(const struct conf *c, char out[static PANEL_ADDRESS_SIZE]);

#endif
