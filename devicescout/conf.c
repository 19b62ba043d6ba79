/* SPDX-License-Identifier: Apache-2.0 */
/* devicescout/conf: the table of settings, and the few that stand for something else when they are empty. */
#include "devicescout/conf.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct conf_key keys[] = {
    {.name = "state",
     .type = CONF_TEXT,
     .fallback = "/var/lib/latchkey/devicescout",
     .help = "folder of the device scout's keys, job index and TLS certificates"},
    {.name = "keyholder-state",
     .type = CONF_TEXT,
     .fallback = "/var/lib/latchkey/keyholder",
     .help = "folder of the keyholder's secrets and registry"},
    {.name = "scout-socket",
     .type = CONF_TEXT,
     .fallback = "/run/latchkey/keyholder/scout.sock",
     .help = "socket on which the keyholder answers the device scout"},
    {.name = "admin-socket",
     .type = CONF_TEXT,
     .fallback = "/run/latchkey/keyholder/admin.sock",
     .help = "socket on which the keyholder answers administrators"},
    {.name = "scout-user",
     .type = CONF_TEXT,
     .fallback = "latchkey-devicescout",
     .help = "user, by name or number, that the scout socket answers"},
    {.name = "keyholder-user",
     .type = CONF_TEXT,
     .fallback = "latchkey-keyholder",
     .help = "user, by name or number, that init gives the keyholder's state to when root runs it"},
    {.name = "admin-users",
     .type = CONF_LIST,
     .fallback = "",
     .help = "users, by name or number, that the admin socket answers besides root"},
    {.name = "address", .type = CONF_TEXT, .fallback = "::", .help = "address on which the panel pages are served"},
    {.name = "port",
     .type = CONF_NUMBER,
     .fallback = "4321",
     .least = 0,
     .most = 65535,
     .help = "port on which the panel pages are served; 0: any free one"},
    {.name = "port-file", .type = CONF_TEXT, .fallback = "", .help = "file that receives the port once it is open"},
    {.name = "certificate",
     .type = CONF_TEXT,
     .fallback = "",
     .help = "PEM certificate chain of the panel pages; empty: the one that init made"},
    {.name = "key", .type = CONF_TEXT, .fallback = "", .help = "PEM private key of that certificate"},
    {.name = "ldap-uri", .type = CONF_LIST, .fallback = "", .help = "directory servers, tried in this order"},
    {.name = "ldap-base", .type = CONF_TEXT, .fallback = "", .help = "entry below which people are looked for"},
    {.name = "ldap-filter",
     .type = CONF_TEXT,
     .fallback = "(uid=%s)",
     .help = "filter that finds one person; %s is the name as typed, escaped"},
    {.name = "ldap-person-attribute",
     .type = CONF_TEXT,
     .fallback = "uid",
     .help = "attribute whose one value is the person's name here, as in invitations"},
    {.name = "ldap-bind-dn", .type = CONF_TEXT, .fallback = "", .help = "entry that looks people up; empty: anonymous"},
    {.name = "ldap-bind-password-file", .type = CONF_TEXT, .fallback = "", .help = "file with that entry's password"},
    {.name = "ldap-ca",
     .type = CONF_TEXT,
     .fallback = "",
     .help = "PEM file that directory certificates are checked against; empty: the system's"},
    {.name = "ldap-starttls",
     .type = CONF_BOOL,
     .fallback = "false",
     .help = "use StartTLS on ldap:// servers; without it only ldaps:// is used"},
    {.name = "ldap-use-groups",
     .type = CONF_LIST,
     .fallback = "",
     .help = "groups, by DN, whose members may print; empty: everybody"},
    {.name = "ldap-admin-groups",
     .type = CONF_LIST,
     .fallback = "",
     .help = "groups whose members administer at panels: statistics, anybody's badges, panels and readers"},
    {.name = "ldap-printer-groups",
     .type = CONF_LIST,
     .fallback = "",
     .help = "PRINTER:DN, a group that may use that printer; a printer without one is everybody's"},
    {.name = "ldap-group-base", .type = CONF_TEXT, .fallback = "", .help = "where groups are; empty: ldap-base"},
    {.name = "ldap-group-nesting",
     .type = CONF_TEXT,
     .fallback = "walk",
     .help = "groups in groups: none; walk, level by level; ad, as Active Directory does in one question"},
    {.name = "ldap-card-attribute",
     .type = CONF_TEXT,
     .fallback = "",
     .help = "attribute that holds a person's card id in hex, as badge convert prints it; empty: none does"},
    {.name = "directory-cache-hours",
     .type = CONF_NUMBER,
     .fallback = "72",
     .least = 0,
     .most = 8760,
     .help = "hours for which badge and PIN go on for people whom a directory that is down has shown"},
    {.name = "badge-alone",
     .type = CONF_BOOL,
     .fallback = "false",
     .help = "sign in by badge without a PIN; whoever copies a badge is then its person"},
    {.name = "name-and-pin", .type = CONF_BOOL, .fallback = "true", .help = "sign in by user name and PIN"},
    {.name = "badge-format", .type = CONF_TEXT, .fallback = "hex", .help = "what readers type: hex, decimal, facility"},
    {.name = "badge-byte-order", .type = CONF_TEXT, .fallback = "as-read", .help = "as-read or reversed"},
    {.name = "badge-skip-bytes",
     .type = CONF_NUMBER,
     .fallback = "0",
     .least = 0,
     .most = 31,
     .help = "bytes of a card's id that are left out at the front"},
    {.name = "badge-length-bytes",
     .type = CONF_NUMBER,
     .fallback = "0",
     .least = 0,
     .most = 32,
     .help = "bytes of a card's id that count, cut or filled with zeros in front; 0: as they come"},
    {.name = "badge-facility-code",
     .type = CONF_NUMBER,
     .fallback = "-1",
     .least = -1,
     .most = 255,
     .help = "with badge-format = decimal: facility code that readers leave out; -1: none"},
    {.name = "reader-port",
     .type = CONF_NUMBER,
     .fallback = "0",
     .least = 0,
     .most = 65535,
     .help = "TCP port on which network card readers send their ids, in the unit's SocketBindAllow= as well; 0: none"},
    {.name = "reader-address", .type = CONF_TEXT, .fallback = "::", .help = "address of that port"},
    {.name = "readers",
     .type = CONF_LIST,
     .fallback = "",
     .help = "ADDRESS=PRINTER: where the network reader with this address stands; others are refused"},
    {.name = "panel-token-required",
     .type = CONF_BOOL,
     .fallback = "true",
     .help = "answer panels that have a token of `devicescout panel add` alone"},
    {.name = "grants-per-minute",
     .type = CONF_NUMBER,
     .fallback = "60",
     .least = 1,
     .most = 100000,
     .help = "releases of one person that the keyholder grants in a minute"},
    {.name = "delegation-days",
     .type = CONF_NUMBER,
     .fallback = "31",
     .least = 0,
     .most = 366,
     .help = "longest time for which people may let others release for them; 0: not at all"},
    {.name = "fast-release",
     .type = CONF_TEXT,
     .fallback = "no",
     .help = "a badge releases at once all that fits: no; yes, at every printer; listed, at fast-release-printers"},
    {.name = "fast-release-printers",
     .type = CONF_LIST,
     .fallback = "",
     .help = "with fast-release = listed: printers, by name, at which a badge releases at once"},
    {.name = "delivery-timeout-s",
     .type = CONF_NUMBER,
     .fallback = "1800",
     .least = 1,
     .most = 86400,
     .help = "seconds after its deadline for which an order without a last report bars another one for its job"},
    {.name = "audit-titles",
     .type = CONF_BOOL,
     .fallback = "false",
     .help = "write the title of each released job to the audit log; without it no title is ever in there"},
    {.name = "session-idle-s",
     .type = CONF_NUMBER,
     .fallback = "120",
     .least = 10,
     .most = 86400,
     .help = "seconds without a touch after which a sign-in at a panel ends"},
    {.name = "log-level",
     .type = CONF_TEXT,
     .fallback = "info",
     .help = "least level logged: debug, info, warn, error"},
};
#define KEYS (sizeof keys / sizeof *keys)

enum err devicescout_conf_read(const char *path, struct conf **out)
{
    enum err e;

    if (path == NULL) {
        int there = access(DEVICESCOUT_CONF_DEFAULT, F_OK) == 0 || errno != ENOENT;

        return conf_read(there ? DEVICESCOUT_CONF_DEFAULT : NULL, keys, KEYS, out);
    }
    if ((e = conf_read(path, keys, KEYS, out)) == ERR_NOTFOUND) {
        fprintf(stderr, "%s: there is no such configuration file\n", path);
        e = ERR_CONFIG;
    }
    return e;
}

void devicescout_conf_sample(void)
{
    conf_print_sample(keys, KEYS);
}

static enum err set_or_made(const struct conf *c, const char *name, const char *made, char *out, size_t size)
{
    const char *set = conf_text(c, name);
    int n =
        set[0] != '\0' ? snprintf(out, size, "%s", set) : snprintf(out, size, "%s/tls/%s", conf_text(c, "state"), made);

    return n < 0 || (size_t)n >= size ? ERR_LIMIT : OK;
}

enum err devicescout_conf_certificate(const struct conf *c, char *out, size_t size)
{
    return set_or_made(c, "certificate", "devicescout.crt", out, size);
}

enum err devicescout_conf_private_key(const struct conf *c, char *out, size_t size)
{
    return set_or_made(c, "key", "devicescout.key", out, size);
}

enum err devicescout_conf_user(const char *name, uid_t *out)
{
    char *end;
    unsigned long number;
    const struct passwd *p;

    errno = 0;
    number = strtoul(name, &end, 10);
    if (name[0] >= '0' && name[0] <= '9' && *end == '\0' && errno == 0 && number < (uid_t)-1) {
        *out = (uid_t)number;
        return OK;
    }
    if ((p = getpwnam(name)) == NULL) {
        fprintf(stderr, "devicescout.conf: there is no user '%s'\n", name);
        return ERR_CONFIG;
    }
    *out = p->pw_uid;
    return OK;
}
