/* SPDX-License-Identifier: Apache-2.0 */
/* dnssd: see dnssd.h. Callbacks run on avahi's thread. */
#include "printscout/queue/dnssd.h"

#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/thread-watch.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "printscout/queue/format.h"

#define SERVICE   "_ipp._tcp"
#define TRIES_MAX 100 /* other names, when somebody has ours */
#define TEXT_SIZE 256 /* a TXT string has at most 255 bytes */

struct dnssd {
    const struct printer *printer;
    AvahiThreadedPoll *poll;
    AvahiClient *client;
    AvahiEntryGroup *group;
    char *name; /* avahi's memory */
    int tries;
};

static AvahiStringList *add_pair(AvahiStringList *txt, const char *key, const char *value)
{
    return avahi_string_list_add_pair(txt, key, value);
}

/* Keyword values of one attribute with commas between, as far as they fit. */
static AvahiStringList *add_words(AvahiStringList *txt, const char *key, const char *const *words, size_t count)
{
    char text[TEXT_SIZE] = "";
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t need = strlen(words[i]) + (len > 0);

        if (strlen(key) + 1 + len + need > TEXT_SIZE - 1)
            break;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "," : "", words[i]);
    }
    return add_pair(txt, key, text);
}

/* Bonjour Printing 1.2.1 and PWG 5100.14 section 4.2.2. No "TLS" key: there is no upgrade on this port. */
static AvahiStringList *make_txt(const struct printer *p)
{
    static const struct {
        const char *key, *value;
    } fixed[] = {{"txtvers", "1"},   {"qtotal", "1"}, {"rp", "ipp/print"},
                 {"priority", "50"}, {"note", ""},    {"kind", "document,photo"},
                 {"Color", "T"},     {"Duplex", "T"}, {"Copies", "T"},
                 {"Collate", "T"},   {"Bind", "F"},   {"Sort", "F"},
                 {"Staple", "T"},    {"Punch", "1"},  {"PaperMax", "legal-A3"},
                 {"Scan", "F"},      {"Fax", "F"}};
    ipp_t *attributes = printer_attributes(p);
    ipp_attribute_t *urf = ippFindAttribute(attributes, "urf-supported", IPP_TAG_KEYWORD);
    const char *urf_words[16];
    size_t formats_len, urf_len = 0;
    const char *const *formats = format_list(&formats_len);
    char text[TEXT_SIZE];
    AvahiStringList *txt = NULL;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        txt = add_pair(txt, fixed[i].key, fixed[i].value);
    for (int i = 0; i < ippGetCount(urf) && urf_len < 16; i++)
        urf_words[urf_len++] = ippGetString(urf, i, NULL);
    txt = add_words(txt, "pdl", formats, formats_len);
    txt = add_words(txt, "URF", urf_words, urf_len);
    txt = add_pair(txt, "ty", printer_model(p));
    snprintf(text, sizeof text, "(%s)", printer_model(p));
    txt = add_pair(txt, "product", text);
    txt = add_pair(txt, "UUID", printer_uuid(p));
    snprintf(text, sizeof text, "http://localhost:%d/", printer_port(p));
    return add_pair(txt, "adminurl", text);
}

static int add_services(struct dnssd *d, AvahiStringList *txt)
{
    static const char *const subtypes[] = {"_print._sub." SERVICE, "_universal._sub." SERVICE};
    const int interface = (int)if_nametoindex("lo");
    int r;

    r = avahi_entry_group_add_service_strlst(d->group, interface, AVAHI_PROTO_UNSPEC, 0, d->name, SERVICE, NULL, NULL,
                                             (uint16_t)printer_port(d->printer), txt);
    for (size_t i = 0; i < sizeof subtypes / sizeof *subtypes && r == 0; i++)
        r = avahi_entry_group_add_service_subtype(d->group, interface, AVAHI_PROTO_UNSPEC, 0, d->name, SERVICE, NULL,
                                                  subtypes[i]);
    return r == 0 ? avahi_entry_group_commit(d->group) : r;
}

static int next_name(struct dnssd *d)
{
    char *other = d->tries++ < TRIES_MAX ? avahi_alternative_service_name(d->name) : NULL;

    if (other == NULL)
        return 0;
    avahi_free(d->name);
    d->name = other;
    return 1;
}

static void on_group(AvahiEntryGroup *group, AvahiEntryGroupState state, void *arg);

static void publish(struct dnssd *d, AvahiClient *client)
{
    AvahiStringList *txt = make_txt(d->printer);
    int r = AVAHI_ERR_NO_MEMORY;

    if (d->group == NULL)
        d->group = avahi_entry_group_new(client, on_group, d);
    while (d->group != NULL && (r = add_services(d, txt)) == AVAHI_ERR_COLLISION) {
        avahi_entry_group_reset(d->group);
        if (!next_name(d))
            break;
    }
    if (r != 0)
        log_warn("dns_sd", "state=failed reason=%s", avahi_strerror(r));
    avahi_string_list_free(txt);
}

static void on_group(AvahiEntryGroup *group, AvahiEntryGroupState state, void *arg)
{
    struct dnssd *d = arg;

    if (state == AVAHI_ENTRY_GROUP_ESTABLISHED)
        log_info("dns_sd", "state=registered");
    if (state != AVAHI_ENTRY_GROUP_COLLISION)
        return;
    avahi_entry_group_reset(group);
    if (next_name(d))
        publish(d, avahi_entry_group_get_client(group));
}

static void withdraw(struct dnssd *d)
{
    if (d->group != NULL)
        avahi_entry_group_free(d->group);
    d->group = NULL;
}

static void on_client(AvahiClient *client, AvahiClientState state, void *arg)
{
    struct dnssd *d = arg;

    switch (state) {
    case AVAHI_CLIENT_S_RUNNING:
        publish(d, client);
        break;
    case AVAHI_CLIENT_FAILURE:
        withdraw(d);
        if (avahi_client_errno(client) != AVAHI_ERR_DISCONNECTED)
            break;
        /* avahi went away; a new client waits until it is back. */
        avahi_client_free(client);
        d->client = avahi_client_new(avahi_threaded_poll_get(d->poll), AVAHI_CLIENT_NO_FAIL, on_client, d, NULL);
        break;
    case AVAHI_CLIENT_S_COLLISION:
    case AVAHI_CLIENT_S_REGISTERING:
        withdraw(d); /* the computer's own name changes; it is running again afterwards */
        break;
    case AVAHI_CLIENT_CONNECTING:
        break;
    }
}

enum err dnssd_start(const struct printer *p, struct dnssd **out)
{
    struct dnssd *d = NULL;
    int reason = 0;
    enum err e = ERR_NOMEM;

    if ((d = calloc(1, sizeof *d)) == NULL)
        goto out;
    d->printer = p;
    if ((d->name = avahi_strdup(printer_name(p))) == NULL || (d->poll = avahi_threaded_poll_new()) == NULL)
        goto out;
    e = OK;
    d->client = avahi_client_new(avahi_threaded_poll_get(d->poll), AVAHI_CLIENT_NO_FAIL, on_client, d, &reason);
    if (d->client == NULL || avahi_threaded_poll_start(d->poll) != 0) {
        log_warn("dns_sd", "state=off reason=%s", avahi_strerror(reason));
        *out = NULL;
        goto out;
    }
    *out = d;
    d = NULL;
out:
    dnssd_stop(d);
    return e;
}

void dnssd_stop(struct dnssd *d)
{
    if (d == NULL)
        return;
    if (d->poll != NULL)
        avahi_threaded_poll_stop(d->poll);
    if (d->client != NULL)
        avahi_client_free(d->client); /* and the group with it */
    if (d->poll != NULL)
        avahi_threaded_poll_free(d->poll);
    avahi_free(d->name);
    free(d);
}
