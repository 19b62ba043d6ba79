/* SPDX-License-Identifier: Apache-2.0 */
/* settings: see settings.h. */
#include "relay/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/bulletin.h"

static const struct conf_key keys[] = {
    {"state", CONF_TEXT, "/var/lib/latchkey/scoutrelay", 0, 0, "folder of the mailboxes"},
    {"address", CONF_TEXT, "::", 0, 0, "address to listen on, as digits; :: is every one, IPv4 too"},
    {"port", CONF_NUMBER, "4322", 0, 65535, "port to listen on; 0 takes a free one"},
    {"port-file", CONF_TEXT, "", 0, 0, "file to write the port to once the relay listens"},
    {"url", CONF_LIST, NULL, 0, 0, "the URLs that scouts know this relay by: https://host:port"},
    {"certificate", CONF_TEXT, "/etc/latchkey/scoutrelay.crt", 0, 0, "certificate chain, PEM; read again on SIGHUP"},
    {"key", CONF_TEXT, "/etc/latchkey/scoutrelay.key", 0, 0, "its private key, PEM; read again on SIGHUP"},
    {"sites", CONF_LIST, NULL, 0, 0, "ids of the sites that this relay serves, 32 hex digits each"},
    {"message-days", CONF_NUMBER, "14", 1, 365, "how long a message waits for its reader"},
    {"mailbox-messages-max", CONF_NUMBER, "20000", 1, 1000000, "messages that one mailbox holds"},
    {"mailbox-bytes-max", CONF_NUMBER, "268435456", 65536, INT64_C(1) << 40, "bytes that one mailbox holds"},
    {"site-bytes-max", CONF_NUMBER, "4294967296", 1048576, INT64_C(1) << 50, "bytes that all mailboxes of a site take"},
    {"heartbeat-s", CONF_NUMBER, "60", 1, 300, "seconds between heartbeats on a quiet stream"},
    {"connections-max", CONF_NUMBER, "12000", 16, 1000000, "connections at a time"},
    {"metrics-public", CONF_BOOL, "false", 0, 0, "answer /metrics to anybody, not only to this machine"},
    {"log-level", CONF_TEXT, "info", 0, 0, "debug, info, warn or error"},
};
#define KEYS (sizeof keys / sizeof *keys)

static enum err complain(const char *path, const char *key, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", path, key, what);
    return ERR_CONFIG;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct id));
}

static enum err read_sites(const char *path, struct settings *s)
{
    size_t n = conf_list_len(s->conf, "sites");

    if (n == 0)
        return complain(path, "sites", "name at least one site ('devicescout status' shows its id)");
    if ((s->sites = calloc(n, sizeof *s->sites)) == NULL)
        return ERR_NOMEM;
    for (; s->sites_len < n; s->sites_len++) {
        if (id_read(conf_list_item(s->conf, "sites", s->sites_len), &s->sites[s->sites_len]) != OK)
            return complain(path, "sites", "a site id is 32 hex digits in lower case");
    }
    qsort(s->sites, n, sizeof *s->sites, by_id);
    for (size_t i = 1; i < n; i++) {
        if (id_equal(s->sites[i - 1], s->sites[i]))
            return complain(path, "sites", "a site is named twice");
    }
    return OK;
}

static enum err read_urls(const char *path, struct settings *s)
{
    size_t n = conf_list_len(s->conf, "url");

    if (n == 0)
        return complain(path, "url", "name the URL that scouts use");
    if ((s->urls = calloc(n, sizeof *s->urls)) == NULL)
        return ERR_NOMEM;
    for (; s->urls_len < n; s->urls_len++) {
        const char *url = conf_list_item(s->conf, "url", s->urls_len);

        if (!relay_url_is_sound(url) || strlen(url) >= RELAY_URL_SIZE)
            return complain(path, "url", "must be https://host:port, with nothing behind it");
        s->urls[s->urls_len] = url;
    }
    return OK;
}

static enum err fill(const char *path, struct settings *s)
{
    const struct conf *c = s->conf;
    enum err e;

    s->state = conf_text(c, "state");
    s->address = conf_text(c, "address");
    s->port = (uint16_t)conf_number(c, "port");
    s->port_file = conf_text(c, "port-file");
    s->certificate = conf_text(c, "certificate");
    s->key = conf_text(c, "key");
    s->message_ms = (uint64_t)conf_number(c, "message-days") * 24 * 3600 * 1000;
    s->mailbox_quota.messages = (uint64_t)conf_number(c, "mailbox-messages-max");
    s->mailbox_quota.bytes = (uint64_t)conf_number(c, "mailbox-bytes-max");
    s->mailbox_quota.site_bytes = (uint64_t)conf_number(c, "site-bytes-max");
    s->heartbeat_s = (unsigned)conf_number(c, "heartbeat-s");
    s->connections_max = (unsigned)conf_number(c, "connections-max");
    s->metrics_public = conf_bool(c, "metrics-public");
    if (log_level_read(conf_text(c, "log-level"), &s->log_level) != OK)
        return complain(path, "log-level", "must be debug, info, warn or error");
    if ((e = read_urls(path, s)) != OK)
        return e;
    return read_sites(path, s);
}

enum err settings_read(const char *path, struct settings *out)
{
    struct settings s = {0};
    enum err e;

    if ((e = conf_read(path, keys, KEYS, &s.conf)) != OK || (e = fill(path, &s)) != OK)
        goto out;
    *out = s; /* the caller owns it now */
    s = (struct settings){0};
out:
    settings_free(&s);
    return e;
}

void settings_free(struct settings *s)
{
    free(s->urls);
    free(s->sites);
    conf_free(s->conf);
    *s = (struct settings){0};
}

void settings_print_sample(void)
{
    conf_print_sample(keys, KEYS);
}
