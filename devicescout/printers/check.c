/* SPDX-License-Identifier: Apache-2.0 */
/* check: look at a registered printer again. trust: accept the key that it shows now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/printers/look.h"
#include "devicescout/verbs.h"

struct check {
    const char *config, *name; /* name may be NULL for check: all */
    int yes, json;
};

static enum err read_check(int argc, char **argv, struct check *o)
{
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &o->json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[NAME] [--json]",
                                "Ask the printer, or all, again; exit 1 when one is not as it was registered.", args};
    const char *operands[2] = {NULL, NULL};
    size_t count = 0;
    const enum err e = args_parse(argc, argv, &usage, operands, 1, &count);

    o->name = count > 0 ? operands[0] : NULL;
    return e;
}

/* What became of one printer. */
struct finding {
    struct look look;
    int same; /* the pinned key */
    enum err e;
};

static void examine(const struct printer *p, struct finding *f)
{
    *f = (struct finding){.same = 1};
    if ((f->e = target_read(p->uri, &f->look.target)) != OK)
        return;
    if (p->protocol == DELIVERY_RAW) {
        f->e = look_raw(&f->look.target);
        return;
    }
    if ((f->e = look_tls(&f->look)) != OK)
        return;
    f->same = memcmp(f->look.tls.pin, p->pin, PIN_LEN) == 0;
    f->e = f->same ? look_ipp(&f->look, p->name) : ERR_AUTH; /* nothing is asked of somebody else's key */
}

static json_t *finding_json(const struct printer *p, const struct finding *f)
{
    json_t *o = json_pack("{s:o, s:s, s:b}", "registered", look_printer_json(p), "result",
                          f->e == OK ? "ok" : err_name(f->e), "same_key", f->same);

    if (o != NULL && f->look.tls.version[0] != '\0')
        json_object_set_new(o, "certificate", look_tls_json(&f->look));
    if (o != NULL && f->look.ipp.state[0] != '\0')
        json_object_set_new(o, "ipp", look_ipp_json(&f->look));
    return o;
}

static void print_finding(const struct printer *p, const struct finding *f)
{
    printf("%s, %s: %s\n", p->name, p->uri, f->e == OK ? "as registered" : "NOT as registered");
    if (f->look.tls.version[0] != '\0')
        look_print_tls(&f->look, stdout);
    if (f->look.ipp.state[0] != '\0')
        look_print_ipp(&f->look, stdout);
    if (!f->same)
        printf("  The certificate has changed; nothing is delivered there. If that is right: devicescout printer trust "
               "%s\n",
               p->name);
}

static enum err check_all(const struct printer *list, size_t len, const struct check *o)
{
    json_t *array = o->json ? json_array() : NULL;
    enum err worst = OK, e;

    for (size_t i = 0; i < len; i++) {
        struct finding f;

        examine(&list[i], &f);
        if (f.e != OK)
            worst = f.e == ERR_CONFIG ? ERR_FORMAT : f.e;
        if (o->json)
            json_array_append_new(array, finding_json(&list[i], &f));
        else
            print_finding(&list[i], &f);
    }
    if (o->json && (e = admin_print_json(json_pack("{s:o}", "printers", array))) != OK)
        return e;
    return worst;
}

enum err verb_printer_check(int argc, char **argv)
{
    struct check o = {.config = NULL};
    struct printer *list = NULL, one;
    struct admin *a = NULL;
    size_t len = 0;
    enum err e;

    if ((e = read_check(argc, argv, &o)) != OK || (e = admin_open(o.config, &a)) != OK)
        goto out;
    if (o.name != NULL)
        e = admin_printer(a, o.name, &one);
    else
        e = admin_printers(a, &list, &len);
    if (e == OK)
        e = o.name != NULL ? check_all(&one, 1, &o) : check_all(list, len, &o);
out:
    free(list);
    admin_close(a);
    return e;
}

static enum err read_trust(int argc, char **argv, struct check *o)
{
    const struct arg args[] = {{"yes", NULL, "accept it without a question", NULL, &o->yes},
                               {"json", NULL, "print JSON", NULL, &o->json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "NAME [--yes] [--json]",
                                "Show the pinned and the present certificate, and pin the present one.", args};
    const char *operands[2] = {NULL, NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1) {
        fprintf(stderr, "%s: say which printer\n", argv[0]);
        return ERR_CONFIG;
    }
    o->name = operands[0];
    return OK;
}

static enum err enter_pin(struct admin *a, const struct printer *p, const uint8_t pin[static PIN_LEN])
{
    uint8_t body[ID_LEN + PIN_LEN];

    memcpy(body, p->id.b, ID_LEN);
    memcpy(body + ID_LEN, pin, PIN_LEN);
    return admin_ask(a, KH_PRINTER_TRUST, body, sizeof body);
}

/* Old and new, side by side, before anything changes. */
static enum err confirm(const struct check *o, const struct printer *p, const struct look *l)
{
    FILE *const to = o->json ? stderr : stdout;
    char old[2 * PIN_LEN + 1];

    hex_write(p->pin, PIN_LEN, old);
    fprintf(to, "%s is pinned to the key\n  old pin    %s\n", p->name, old);
    look_print_tls(l, to);
    fflush(to);
    if (o->yes || admin_confirm("Is the present certificate the printer's own?"))
        return OK;
    fprintf(stderr, "The old pin stays.\n");
    return ERR_REFUSED;
}

enum err verb_printer_trust(int argc, char **argv)
{
    struct check o = {.config = NULL};
    struct finding f;
    struct admin *a = NULL;
    struct printer p;
    enum err e;

    if ((e = read_trust(argc, argv, &o)) != OK || (e = admin_open(o.config, &a)) != OK ||
        (e = admin_printer(a, o.name, &p)) != OK)
        goto out;
    if (p.protocol == DELIVERY_RAW) {
        fprintf(stderr, "%s is a raw printer: it shows no certificate.\n", p.name);
        e = ERR_REFUSED;
        goto out;
    }
    examine(&p, &f);
    if (f.same) { /* also when it could not be looked at, which examine() has said */
        e = f.e;
        if (e == OK && !o.json)
            printf("%s shows the certificate that is pinned; there is nothing to accept.\n", p.name);
        goto show;
    }
    if ((e = confirm(&o, &p, &f.look)) != OK || (e = look_ipp(&f.look, p.name)) != OK ||
        (e = enter_pin(a, &p, f.look.tls.pin)) != OK)
        goto out;
    memcpy(p.pin, f.look.tls.pin, PIN_LEN);
    if (!o.json)
        printf("%s is pinned to the new key.\n", p.name);
show:
    if (e == OK && o.json)
        e = admin_print_json(look_printer_json(&p));
out:
    admin_close(a);
    return e;
}
