/* SPDX-License-Identifier: Apache-2.0 */
/* add: register a printer: look at it, show it, ask, pin. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "crypto/secret.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/printers/look.h"
#include "devicescout/verbs.h"

struct add {
    const char *config, *place, *language, *name;
    struct look look;
    int yes, raw, json;
};

static enum err check_names(const char *program, const struct add *o)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    if (strlen(o->name) >= PRINTER_NAME_SIZE || o->name[0] == '\0' || o->name[strspn(o->name, allowed)] != '\0') {
        fprintf(stderr, "%s: a printer's name is up to 63 letters, digits, - and _: it stands in the panel's address\n",
                program);
        return ERR_CONFIG;
    }
    if (o->place != NULL && strlen(o->place) >= PRINTER_PLACE_SIZE) {
        fprintf(stderr, "--place: at most %d bytes\n", PRINTER_PLACE_SIZE - 1);
        return ERR_CONFIG;
    }
    if (o->raw != (o->language != NULL) || (o->language != NULL && strlen(o->language) >= PRINTER_LANGUAGE_SIZE)) {
        fprintf(stderr, "%s: --raw goes with --language pdf, pwg-raster, pcl or postscript\n", program);
        return ERR_CONFIG;
    }
    return OK;
}

static enum err read_arguments(int argc, char **argv, struct add *o)
{
    const struct arg args[] = {
        {"place", "TEXT", "where it stands, for the panel", &o->place, NULL},
        {"yes", NULL, "believe the certificate that it shows", NULL, &o->yes},
        {"raw", NULL, "unencrypted, on port 9100", NULL, &o->raw},
        {"language", "NAME", "what a raw printer takes: pdf, pwg-raster, pcl, postscript", &o->language, NULL},
        {"json", NULL, "print JSON", NULL, &o->json},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "NAME HOST|URI [--place TEXT] [--yes] [--raw --language NAME]",
                                "Find the printer, show its certificate, pin it and register the printer.", args};
    const char *operands[3] = {NULL, NULL, NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 2, &count)) != OK)
        return e;
    if (count != 2) {
        fprintf(stderr, "%s: say its name here and its host: %s NAME HOST\n", argv[0], argv[0]);
        return ERR_CONFIG;
    }
    o->name = operands[0];
    if ((e = target_read(operands[1], &o->look.target)) != OK || (e = check_names(argv[0], o)) != OK)
        return e;
    if (o->look.target.raw && !o->raw) {
        fprintf(stderr, "%s: socket:// is unencrypted; say that you mean it: --raw --language NAME\n", argv[0]);
        return ERR_CONFIG;
    }
    if (o->raw && o->look.target.port == 0)
        o->look.target.port = TARGET_PORT_RAW;
    return OK;
}

static enum err look_at(struct add *o)
{
    FILE *const to = o->json ? stderr : stdout;
    enum err e;

    if (o->raw)
        return look_raw(&o->look.target);
    if ((e = look_tls(&o->look)) != OK)
        return e;
    look_print_tls(&o->look, to);
    fflush(to);
    if (!o->yes && !admin_confirm("Is this the printer's own certificate? Compare the pin at its panel or web page.")) {
        fprintf(stderr, "Nothing was registered.\n");
        return ERR_REFUSED;
    }
    if ((e = look_ipp(&o->look, o->name)) == OK)
        look_print_ipp(&o->look, to);
    return e;
}

static enum err fill(const struct add *o, struct printer *p)
{
    *p = (struct printer){.protocol = o->raw ? DELIVERY_RAW : DELIVERY_IPPS};
    secret_random(p->id.b, ID_LEN);
    snprintf(p->name, sizeof p->name, "%s", o->name);
    snprintf(p->place, sizeof p->place, "%s", o->place != NULL ? o->place : "");
    snprintf(p->language, sizeof p->language, "%s", o->language != NULL ? o->language : "");
    if (!o->raw)
        memcpy(p->pin, o->look.tls.pin, PIN_LEN);
    return target_uri(&o->look.target, o->raw ? "socket" : "ipps", p->uri);
}

static enum err enter(struct admin *a, const struct printer *p)
{
    uint8_t body[1024];
    struct wbuf w = wbuf_of(body, sizeof body);
    enum err e = printer_write(p, &w);

    if (e != OK) {
        fprintf(stderr, "This cannot be registered: %s\n", err_text(e));
        return ERR_CONFIG;
    }
    return admin_ask(a, KH_PRINTER_ADD, body, w.len);
}

static enum err show(const struct add *o, const struct printer *p)
{
    if (o->json && o->raw)
        return admin_print_json(look_printer_json(p));
    if (o->json)
        return admin_print_json(json_pack("{s:o, s:o, s:o}", "registered", look_printer_json(p), "certificate",
                                          look_tls_json(&o->look), "ipp", look_ipp_json(&o->look)));
    printf("Registered as %s, %s.%s\nNext, for the panel that stands there: devicescout panel add %s%s%s\n", p->name,
           p->uri, o->raw ? " Whoever is on the network between can read what is printed there." : "", p->name,
           o->config != NULL ? " --config " : "", o->config != NULL ? o->config : "");
    return OK;
}

enum err verb_printer_add(int argc, char **argv)
{
    struct add o = {.config = NULL};
    struct admin *a = NULL;
    struct printer p;
    enum err e;

    if ((e = read_arguments(argc, argv, &o)) != OK || (e = admin_open(o.config, &a)) != OK || (e = look_at(&o)) != OK ||
        (e = fill(&o, &p)) != OK || (e = enter(a, &p)) != OK)
        goto out;
    e = show(&o, &p);
out:
    admin_close(a);
    return e;
}
