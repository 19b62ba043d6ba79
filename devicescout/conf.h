/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devicescout/conf: the one configuration file of devicescout and devicescout-keyholder, devicescout.conf(5). Both read
 * all of it, so that a slip is found whichever starts first; settings are asked for by name through base/conf.h.
 */
#ifndef DEVICESCOUT_CONF_H
#define DEVICESCOUT_CONF_H

#include <sys/types.h>

#include "base/conf.h"

#define DEVICESCOUT_CONF_DEFAULT "/etc/latchkey/devicescout.conf"

/*
 * name                     type    fallback, meaning
 * state                    text    /var/lib/latchkey/devicescout: devicescout's own folder
 * keyholder-state          text    /var/lib/latchkey/keyholder
 * scout-socket             text    /run/latchkey/keyholder/scout.sock
 * admin-socket             text    /run/latchkey/keyholder/admin.sock
 * scout-user               text    latchkey-devicescout: name or number; the scout socket answers it alone
 * keyholder-user           text    latchkey-keyholder: whose the keyholder's state becomes when root makes it
 * admin-users              list    names or numbers that the admin socket answers besides root
 * address                  text    "::": where panels and card readers' computers connect
 * port                     number  4321; 0: any free one
 * port-file                text    "": where the port is written when it is open; empty: nowhere
 * certificate, key         text    "": PEM files; empty: what init made, see devicescout_conf_certificate()
 * ldap-uri                 list    ldaps://…, tried in order
 * ldap-base                text    where people are looked for
 * ldap-filter              text    (uid=%s): %s is the name as typed, escaped
 * ldap-person-attribute    text    uid: its one value is the person's name here, as in invitations
 * ldap-bind-dn             text    "": who looks people up; empty: anonymous
 * ldap-bind-password-file  text    its password
 * ldap-ca                  text    "": PEM file; empty: the system's
 * ldap-starttls            bool    false; true for ldap:// URIs
 * ldap-use-groups          list    DNs: who may print; empty: everybody
 * ldap-admin-groups        list    DNs: who administers
 * ldap-printer-groups      list    PRINTER:DN
 * ldap-group-base          text    "": ldap-base
 * ldap-group-nesting       text    walk: none, walk, ad
 * ldap-card-attribute      text    "": none
 * directory-cache-hours    number  72: how long badge and PIN go on without the directory
 * badge-alone              bool    false
 * name-and-pin             bool    true
 * badge-format             text    hex: hex, decimal, facility
 * badge-byte-order         text    as-read: as-read, reversed
 * badge-skip-bytes         number  0
 * badge-length-bytes       number  0: as they come
 * badge-facility-code      number  -1: none
 * reader-port              number  0: none
 * reader-address           text    "::"
 * readers                  list    ADDRESS=PRINTER
 * panel-token-required     bool    true
 * grants-per-minute        number  60: releases of one person in a minute
 * delegation-days          number  31: the longest time for which people let others release for them; 0: never
 * fast-release             text    no: no, yes, listed
 * fast-release-printers    list    names; with fast-release = listed
 * delivery-timeout-s       number  1800: how long after its deadline an order without a last word bars another
 * audit-titles             bool    false
 * session-idle-s           number  120: a sign-in at a panel ends by itself
 * log-level                text    info
 */

/*
 * Read path, or with NULL the default file; when that one is not there every setting is its fallback.
 * Errors: ERR_CONFIG after a line on standard error (also when a named file is not there); ERR_NOMEM.
 */
MUST_USE enum err devicescout_conf_read(const char *path, struct conf **out);

/* Print a sample file to standard output. */
void devicescout_conf_sample(void);

/* The files that are really used: the setting, or what init made in the state folder. ERR_LIMIT: path too long. */
MUST_USE enum err devicescout_conf_certificate(const struct conf *c, char *out, size_t size);
MUST_USE enum err devicescout_conf_private_key(const struct conf *c, char *out, size_t size);

/* A user by name or number. ERR_CONFIG after a line on standard error: there is no such user. */
MUST_USE enum err devicescout_conf_user(const char *name, uid_t *out);

#endif
