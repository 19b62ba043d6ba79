/* SPDX-License-Identifier: Apache-2.0 */
/* status: the site at a glance, and what will need somebody soon. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/node_list.h"
#include "devicescout/fleet/panel_address.h"
#include "devicescout/fleet/profile_show.h"
#include "devicescout/fleet/site_ca.h"
#include "devicescout/verbs.h"

#define DAY_MS    (UINT64_C(24) * 60 * 60 * 1000)
#define WARN_DAYS 30

struct status {
    struct bulletin *b;
    struct printer *printers;
    size_t printers_len;
    struct node_list nodes;
    uint64_t certificate_until_ms; /* 0: cannot be read */
    char panels[PANEL_ADDRESS_SIZE];
};

static enum err collect(struct admin *a, struct status *s)
{
    char path[PATH_MAX];
    uint8_t pin[PIN_LEN];
    enum err e;

    if ((e = admin_bulletin(a, &s->b)) != OK || (e = admin_printers(a, &s->printers, &s->printers_len)) != OK ||
        (e = node_list_get(a, &s->nodes)) != OK)
        return e;
    if (devicescout_conf_certificate(a->conf, path, sizeof path) != OK ||
        site_ca_read(path, pin, &s->certificate_until_ms) != OK)
        s->certificate_until_ms = 0;
    panel_address(a->conf, s->panels);
    return OK;
}

static size_t count_nodes(const struct status *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nodes.len; i++)
        n += !s->nodes.nodes[i].revoked;
    return n;
}

static json_t *epochs_json(const struct bulletin *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->epochs_len; i++) {
        const struct bulletin_epoch *p = &b->epochs[i];
        json_t *epoch = json_pack("{s:I, s:I, s:I, s:I}", "number", (json_int_t)p->number, "start_unix_ms",
                                  (json_int_t)p->start_unix_ms, "use_until_unix_ms", (json_int_t)p->use_until_unix_ms,
                                  "destroy_at_unix_ms", (json_int_t)p->destroy_at_unix_ms);

        if (json_array_append_new(array, epoch) != 0)
            break;
    }
    return array;
}

static json_t *relays_json(const struct bulletin *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->relays_len; i++) {
        char pin[2 * PIN_LEN + 1];

        hex_write(b->relays[i].pin, PIN_LEN, pin);
        if (json_array_append_new(array, json_pack("{s:s, s:s}", "url", b->relays[i].url, "pin", pin)) != 0)
            break;
    }
    return array;
}

static json_t *scouts_json(const struct bulletin *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->scouts_len; i++) {
        char node[ID_HEX_SIZE];

        if (json_array_append_new(array, json_string(id_text(b->scouts[i].node, node))) != 0)
            break;
    }
    return array;
}

static enum err print_json(const struct status *s)
{
    char site[ID_HEX_SIZE];

    return admin_print_json(
        json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I}", "site", id_text(s->b->site, site), "bulletin",
                  (json_int_t)s->b->version, "epochs", epochs_json(s->b), "relays", relays_json(s->b), "device_scouts",
                  scouts_json(s->b), "profile", profile_show_json(s->b), "printers", (json_int_t)s->printers_len,
                  "nodes", (json_int_t)count_nodes(s), "revoked", (json_int_t)s->b->revoked_len,
                  "certificate_until_unix_ms", (json_int_t)s->certificate_until_ms));
}

static void print_epoch(const struct bulletin *b)
{
    const struct bulletin_epoch *now = NULL;
    const enum err e = bulletin_epoch_now(b, clock_unix_ms(), &now);
    char until[32];

    if (now == NULL)
        printf("epoch        none has begun; is the clock right?\n");
    else
        printf("epoch        %u, used until %s%s; %zu kept\n", (unsigned)now->number,
               admin_time(now->use_until_unix_ms, until, sizeof until), e == OK ? "" : " (OVER)", b->epochs_len);
}

static void print_certificate(uint64_t until_ms)
{
    const uint64_t now = clock_unix_ms();
    char until[32];

    if (until_ms == 0)
        printf("certificate  of the panel pages cannot be read from here\n");
    else
        printf("certificate  of the panel pages, valid until %s%s\n", admin_time(until_ms, until, sizeof until),
               until_ms < now + WARN_DAYS * DAY_MS ? "; renew it: devicescout certificate renew" : "");
}

static void print_table(const struct status *s)
{
    char site[ID_HEX_SIZE];
    const size_t nodes = count_nodes(s);

    printf("site         %s\nbulletin     %u\n", id_text(s->b->site, site), (unsigned)s->b->version);
    print_epoch(s->b);
    for (size_t i = 0; i < s->b->relays_len; i++)
        printf("relay        %s\n", s->b->relays[i].url);
    for (size_t i = 0; i < s->b->scouts_len; i++)
        printf("device scout %s\n", id_text(s->b->scouts[i].node, site));
    printf("panels       https://%s/panel/PRINTER\n", s->panels);
    printf("printers     %zu%s\n", s->printers_len,
           s->printers_len == 0 ? "; register one: devicescout printer add NAME HOST" : "");
    printf("nodes        %zu, and %zu revoked%s\n", nodes, s->b->revoked_len,
           nodes <= s->b->scouts_len ? "; let a workstation in: devicescout invite --for PERSON" : "");
    profile_show_print(s->b);
    print_certificate(s->certificate_until_ms);
}

enum err verb_status(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    int json = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--json]", "Show the site.", args};
    struct status s = {.b = NULL};
    struct admin *a = NULL;
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK || (e = admin_open(config, &a)) != OK ||
        (e = collect(a, &s)) != OK)
        goto out;
    if (json)
        e = print_json(&s);
    else
        print_table(&s);
out:
    node_list_free(&s.nodes);
    free(s.printers);
    free(s.b);
    admin_close(a);
    return e;
}
