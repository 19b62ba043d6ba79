/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory_connection: one connection to one LDAP server, TLS 1.2 or later with a checked certificate before a byte of
 * LDAP with a password leaves, and gone when its time is over.
 */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_CONNECTION_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_CONNECTION_H

#include <ldap.h>

#include "devicescout/people/directory.h"
#include "devicescout/people/watchdog.h"

struct directory_settings { /* the directory's own copies */
    char *base, *filter, *bind_dn, *ca_file, *person_attribute;
    char *password; /* secret memory */
    char *card_attribute, *group_base;
    char *groups[DIRECTORY_GROUPS_MAX];
    size_t groups_len;
    enum directory_nesting nesting;
    int starttls;
    struct watchdog *watchdog;
};

struct connection { /* start with {0}; it does not move while it is open */
    const struct directory_settings *settings;
    const char *uri;
    uint64_t deadline_boot_ms;
    LDAP *ld;
    struct ldap_conncb callbacks;
    struct watch *watch;
};

/* uri is kept. DIRECTORY_YES; else it was logged and c is closed. */
enum directory_outcome connection_open(struct connection *c, const struct directory_settings *s, const char *uri,
                                       uint64_t deadline_boot_ms);
void connection_close(struct connection *c);

/* What is left of the time becomes the limit of the next call. LDAP_TIMEOUT: nothing is. */
int connection_time(const struct connection *c, struct timeval *left);

/* Log what went wrong, and say whether the server is down or not as it must be. */
enum directory_outcome connection_failed(const struct connection *c, const char *step, int rc);

#endif
