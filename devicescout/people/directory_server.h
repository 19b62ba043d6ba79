/* SPDX-License-Identifier: Apache-2.0 */
/* directory_server: ask one LDAP server: look the person up as the service, then on a new connection be the person. */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_SERVER_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_SERVER_H

#include "devicescout/people/directory_connection.h"

/* What a directory was made of, for who walks its servers one by one; uri NULL: there are no more. */
const struct directory_settings *directory_settings_of(const struct directory *d);
const char *directory_uri(const struct directory *d, size_t i);

/*
 *   deadline_boot_ms  this server's share of the question's time
 * DIRECTORY_DOWN and DIRECTORY_MISCONFIGURED were logged with the URI; the next server may be asked.
 */
enum directory_outcome directory_server_ask(const struct directory_settings *s, const char *uri,
                                            uint64_t deadline_boot_ms, const struct directory_question *q,
                                            struct directory_person *person);

#endif
