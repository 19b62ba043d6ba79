/* SPDX-License-Identifier: Apache-2.0 */
/* directory_groups: in which of the groups that the configuration names is this person, groups within groups included?
 */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_GROUPS_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_GROUPS_H

#include "devicescout/people/directory_connection.h"

/* *in: bit i is set when the entry dn is in settings->groups[i]. */
enum directory_outcome groups_read(const struct connection *c, const char *dn, uint64_t *in);

#endif
