/* SPDX-License-Identifier: Apache-2.0 */
/* panels: give a panel or a reader its token, list them, take one back. */
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/desk/desk.h"
#include "devicescout/fleet/kit_print.h"
#include "devicescout/fleet/panel_address.h"
#include "devicescout/people/device_token.h"
#include "devicescout/verbs.h"

/* The page's address with the token behind #, which no browser sends to anybody: its script takes it from there. */
static enum err print_panel(const char *host, const struct roster_device *d, const char *token)
{
    char url[512];
    const int n = snprintf(url, sizeof url, "https://%s/panel/%s#%s", host, d->printer, token);

    if (n < 0 || (size_t)n >= sizeof url)
        return ERR_LIMIT;
    printf("%s\n\nOpen this once on the panel of %s, or have it read the code. It is not shown again.\n"
           "A panel that reaches this machine by another name wants --host NAME:PORT.\n\n",
           url, d->printer);
    return qr_print(url);
}

struct wish {
    const char *kind, *printer, *label, *host;
    int quiet;
};

static enum err add(struct desk *desk, const struct wish *w)
{
    struct roster_device d = {.added_unix_ms = clock_unix_ms()};
    struct audit_fields fields = {.len = 0};
    char token[DEVICE_TOKEN_SIZE], name[DEVICE_NAME_SIZE], own[PANEL_ADDRESS_SIZE];
    const char *const host = w->host != NULL ? w->host : panel_address(desk->admin->conf, own);
    struct printer p;
    enum err e;

    if ((e = admin_printer(desk->admin, w->printer, &p)) != OK)
        return e;
    snprintf(d.kind, sizeof d.kind, "%s", w->kind);
    snprintf(d.printer, sizeof d.printer, "%s", p.name);
    snprintf(d.label, sizeof d.label, "%s", w->label);
    if ((e = device_token_new(desk->roster, &d, token)) != OK)
        return e;
    device_name(&d, name);
    audit_fields_put(&fields, "panel", name);
    audit_fields_put(&fields, "kind", d.kind);
    audit_fields_put(&fields, "printer", d.printer);
    desk_record(desk, "panel_added", &fields);
    if (w->quiet || strcmp(w->kind, DEVICE_READER) == 0)
        e = printf("%s\n", token) > 0 ? OK : ERR_IO;
    else
        e = print_panel(host, &d, token);
    if (!w->quiet && strcmp(w->kind, DEVICE_READER) == 0) /* beside the token, which may go into a file */
        fprintf(
            stderr,
            "Keep that in a file on the reader's computer; it is not shown again. With the site's ca.crt beside it:\n"
            "  devicescout reader --server https://%s --token-file FILE --ca ca.crt\n",
            host);
    secret_wipe(token, sizeof token);
    return e;
}

static enum err add_verb(int argc, char **argv, const char *kind, const char *purpose)
{
    const char *config = NULL, *label = "", *host = NULL, *operands[2] = {NULL, NULL};
    int quiet = 0;
    const struct arg args[] = {
        {"label", "TEXT", "a note for the list", &label, NULL},
        {"host", "HOST:PORT", "how panels reach this device scout; the name in its certificate", &host, NULL},
        {"token-only", NULL, "print nothing but the token", NULL, &quiet},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "PRINTER [--label TEXT] [--host HOST:PORT] [--token-only]", purpose, args};
    struct desk d = {.admin = NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1) {
        fprintf(stderr, "%s: say at which printer\n", argv[0]);
        return ERR_CONFIG;
    }
    if ((e = desk_open(config, &d)) == OK)
        e = add(&d, &(struct wish){.kind = kind, .printer = operands[0], .label = label, .host = host, .quiet = quiet});
    desk_close(&d);
    return e;
}

enum err verb_panel_add(int argc, char **argv)
{
    return add_verb(argc, argv, DEVICE_PANEL, "Give a panel its token: shown once, as an address and as a QR code.");
}

enum err verb_reader_add(int argc, char **argv)
{
    return add_verb(argc, argv, DEVICE_READER, "Give a card reader's computer its token for `devicescout reader`.");
}

static void print_device(void *arg, const struct roster_device *d)
{
    char name[DEVICE_NAME_SIZE], when[32];

    device_name(d, name);
    printf("%s  %-6s  %-20s  %s  %s\n", name, d->kind, d->printer, admin_time(d->added_unix_ms, when, sizeof when),
           d->label);
    ++*(size_t *)arg;
}

enum err verb_panel_list(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "", "List panels and readers that have a token.", args};
    struct desk d = {.admin = NULL};
    size_t count = 0, devices = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) == OK && (e = desk_open(config, &d)) == OK &&
        (e = roster_devices(d.roster, print_device, &devices)) == OK && devices == 0)
        printf("No panel has a token. Give one: devicescout panel add PRINTER\n");
    desk_close(&d);
    return e;
}

static enum err take_back(struct desk *d, const char *name)
{
    struct audit_fields fields = {.len = 0};
    struct roster_device device;
    enum err e;

    if ((e = device_named(d->roster, name, &device)) == ERR_NOTFOUND)
        fprintf(stderr, "There is no panel '%s'. See them all: devicescout panel list\n", name);
    if (e != OK || (e = roster_device_drop(d->roster, device.hash)) != OK)
        return e;
    audit_fields_put(&fields, "panel", name);
    audit_fields_put(&fields, "printer", device.printer);
    desk_record(d, "panel_removed", &fields);
    printf("The %s at %s is refused from now on.\n", device.kind, device.printer);
    return OK;
}

enum err verb_panel_remove(int argc, char **argv)
{
    return desk_run(argc, argv,
                    &(struct desk_errand){.operand = "PANEL",
                                          .purpose = "Take a panel's or reader's token back; `panel list` names it.",
                                          .asked = "say which panel",
                                          .act = take_back});
}
