/* SPDX-License-Identifier: Apache-2.0 */
/* settings: the relay's configuration file, read and checked. */
#ifndef RELAY_SETTINGS_H
#define RELAY_SETTINGS_H

#include "base/conf.h"
#include "base/hex.h"
#include "base/log.h"
#include "relay/engine.h"

#define SETTINGS_PATH "/etc/latchkey/scoutrelay.conf"

struct settings {
    struct conf *conf; /* owns the texts below */
    const char *state, *address, *port_file, *certificate, *key;
    uint16_t port;
    const char **urls; /* under which clients know this relay; they sign one of them */
    size_t urls_len;
    struct id *sites; /* sorted by memcmp */
    size_t sites_len;
    uint64_t message_ms; /* how long a message is kept */
    struct engine_quota mailbox_quota;
    unsigned heartbeat_s;
    unsigned connections_max;
    int metrics_public;
    enum log_level log_level;
};

/* ERR_CONFIG after one line on standard error; ERR_NOTFOUND no such file; ERR_NOMEM. */
MUST_USE enum err settings_read(const char *path, struct settings *out);
void settings_free(struct settings *s);

void settings_print_sample(void);

#endif
