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
#include "printscout/queue/dnssd_txt.h"

#define LOCAL     "_ipp._tcp"
#define SHARED    "_ipps._tcp"
#define TRIES_MAX 100 /* other names, when somebody has ours */

struct dnssd {
    const struct printer *printer;
    struct offers *offers;
    uint64_t shown; /* number of the offer that stands in the TXT record; 0: none yet */
    AvahiThreadedPoll *poll;
    AvahiClient *client;
    AvahiEntryGroup *group;
    char *name; /* avahi's memory */
    int tries;
};

/* What the queue offers now. On avahi's thread, or with its lock. */
static AvahiStringList *make_txt(struct dnssd *d)
{
    const struct offer *offer = offers_now(d->offers);
    AvahiStringList *txt = dnssd_txt(d->printer, offer);

    d->shown = offer->number;
    offer_drop(offer);
    return txt;
}

static const char *service_of(const struct dnssd *d)
{
    return printer_is_shared(d->printer) ? SHARED : LOCAL;
}

/* The network has no use for what only this computer can reach. */
static int interface_of(const struct dnssd *d)
{
    return printer_is_shared(d->printer) ? AVAHI_IF_UNSPEC : (int)if_nametoindex("lo");
}

static int add_services(struct dnssd *d, AvahiStringList *txt)
{
    static const char *const subtypes[][2] = {{"_print._sub." LOCAL, "_universal._sub." LOCAL},
                                              {"_print._sub." SHARED, "_universal._sub." SHARED}};
    const char *service = service_of(d);
    const int interface = interface_of(d);
    int r;

    r = avahi_entry_group_add_service_strlst(d->group, interface, AVAHI_PROTO_UNSPEC, 0, d->name, service, NULL, NULL,
                                             (uint16_t)printer_port(d->printer), txt);
    for (size_t i = 0; i < 2 && r == 0; i++)
        r = avahi_entry_group_add_service_subtype(d->group, interface, AVAHI_PROTO_UNSPEC, 0, d->name, service, NULL,
                                                  subtypes[printer_is_shared(d->printer) ? 1 : 0][i]);
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
    AvahiStringList *txt = make_txt(d);
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
        log_info("dns_sd", "state=registered service=%s", service_of(d));
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

enum err dnssd_start(const struct printer *p, struct offers *offers, struct dnssd **out)
{
    struct dnssd *d = NULL;
    int reason = 0;
    enum err e = ERR_NOMEM;

    if ((d = calloc(1, sizeof *d)) == NULL)
        goto out;
    d->printer = p;
    d->offers = offers;
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

static void update(struct dnssd *d)
{
    AvahiStringList *txt = make_txt(d);
    const int r = avahi_entry_group_update_service_txt_strlst(d->group, interface_of(d), AVAHI_PROTO_UNSPEC, 0, d->name,
                                                              service_of(d), NULL, txt);

    if (r != 0)
        log_warn("dns_sd", "state=not_updated reason=%s", avahi_strerror(r));
    else
        log_info("dns_sd", "state=updated");
    avahi_string_list_free(txt);
}

void dnssd_follow(struct dnssd *d)
{
    const struct offer *now;
    AvahiEntryGroupState state;

    if (d == NULL)
        return;
    now = offers_now(d->offers);
    avahi_threaded_poll_lock(d->poll);
    state =
        d->group != NULL ? (AvahiEntryGroupState)avahi_entry_group_get_state(d->group) : AVAHI_ENTRY_GROUP_UNCOMMITED;
    if (d->shown != now->number && (state == AVAHI_ENTRY_GROUP_ESTABLISHED || state == AVAHI_ENTRY_GROUP_REGISTERING))
        update(d);
    avahi_threaded_poll_unlock(d->poll);
    offer_drop(now);
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
