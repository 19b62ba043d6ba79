/* SPDX-License-Identifier: Apache-2.0 */
/* serve_accessories: panels and card readers, for administrators: which there are, one more, one less. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/people/device_token.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

#define NETWORK_READER "network-reader"

static void add_device(void *arg, const struct roster_device *d)
{
    char name[DEVICE_NAME_SIZE];

    device_name(d, name);
    json_array_append_new(arg, json_pack("{s:s, s:s, s:s, s:s, s:I}", "id", name, "kind", d->kind, "printer",
                                         d->printer, "label", d->label, "added_unix_ms", (json_int_t)d->added_unix_ms));
}

/* Those of the configuration file have no token: their address is who they are. */
static void add_network_readers(const struct web_opts *o, json_t *list)
{
    const char *item;

    for (size_t i = 0; o->network_reader != NULL && (item = o->network_reader(o->arg, i)) != NULL; i++) {
        const char *equals = strchr(item, '=');

        if (equals != NULL)
            json_array_append_new(list, json_pack("{s:n, s:s, s:s, s:s%}", "id", "kind", NETWORK_READER, "printer",
                                                  equals + 1, "label", item, (size_t)(equals - item)));
    }
}

static int has_roster(struct request *r)
{
    if (r->web->opts.roster != NULL)
        return 1;
    reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
    return 0;
}

static void not_now(struct request *r)
{
    reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "The list of panels cannot be read now.");
}

static void record(struct request *r, const char *event, const struct roster_device *d)
{
    const struct web_opts *o = &r->web->opts;
    struct audit_fields fields = {.len = 0};
    char name[DEVICE_NAME_SIZE];

    if (o->audit == NULL)
        return;
    device_name(d, name);
    audit_fields_put(&fields, "by", r->session->person);
    audit_fields_put(&fields, "panel", name);
    audit_fields_put(&fields, "kind", d->kind);
    audit_fields_put(&fields, "printer", d->printer);
    o->audit(o->arg, event, &fields);
}

void serve_accessories(struct request *r)
{
    json_t *list;

    if (!has_roster(r))
        return;
    list = json_array();
    if (roster_devices(r->web->opts.roster, add_device, list) != OK) {
        json_decref(list);
        not_now(r);
        return;
    }
    add_network_readers(&r->web->opts, list);
    reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "accessories", list));
}

/* 1 when d is filled from the body. */
static int read_wish(struct request *r, struct roster_device *d)
{
    const struct web_opts *o = &r->web->opts;
    const char *kind, *printer, *label = "";

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s, s:s, s?s}", "kind", &kind, "printer", &printer, "label",
                       &label) != 0 ||
        (strcmp(kind, DEVICE_PANEL) != 0 && strcmp(kind, DEVICE_READER) != 0) || strlen(label) >= sizeof d->label ||
        (label[0] != '\0' && !text_is_clean(label, strlen(label)))) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json",
                    "kind is wanted, panel or reader, and printer; label is a short text.");
        return 0;
    }
    if (o->printer(o->arg, printer) == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return 0;
    }
    snprintf(d->kind, sizeof d->kind, "%s", kind);
    snprintf(d->printer, sizeof d->printer, "%s", printer);
    snprintf(d->label, sizeof d->label, "%s", label);
    return 1;
}

void serve_accessory_add(struct request *r)
{
    struct roster_device d = {.added_unix_ms = clock_unix_ms()};
    char token[DEVICE_TOKEN_SIZE], name[DEVICE_NAME_SIZE];

    if (!has_roster(r) || !read_wish(r, &d))
        return;
    if (device_token_new(r->web->opts.roster, &d, token) != OK) {
        not_now(r);
        return;
    }
    device_name(&d, name);
    record(r, "panel_added", &d);
    reply_json(r, MHD_HTTP_CREATED, json_pack("{s:s, s:s}", "id", name, "token", token));
    secret_wipe(token, sizeof token);
}

static int stands_on(const void *arg, const struct session *s)
{
    return memcmp(s->panel, arg, sizeof s->panel) == 0;
}

void serve_accessory_remove(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    struct roster_device d;
    enum err e;

    if (!has_roster(r))
        return;
    if ((e = device_named(o->roster, r->parameter, &d)) == OK)
        e = roster_device_drop(o->roster, d.hash);
    if (e != OK && e != ERR_NOTFOUND) {
        not_now(r);
        return;
    }
    if (e == ERR_NOTFOUND) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-accessory", "There is no such panel or reader.");
        return;
    }
    record(r, "panel_removed", &d);
    reply_json(r, MHD_HTTP_OK, json_object());
    sessions_end_if(o->sessions, stands_on, d.hash); /* this one too, when it stands here */
    swipes_panels_changed(r->web);
}
