/* SPDX-License-Identifier: Apache-2.0 */
/* policy: what the bulletin tells every scout: how long jobs are held, and what the site allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/number.h"
#include "devicescout/verbs.h"

#define HOUR_S         3600
#define RETENTION_MOST (90 * 24)

struct policy {
    const char *config, *retention, *raw, *held_as, *keep, *digits;
    int json;
};

static enum err read_arguments(int argc, char **argv, struct policy *o)
{
    const struct arg args[] = {
        {"retention", "HOURS", "how long a held job is kept", &o->retention, NULL},
        {"raw", "yes|no", "may jobs go to printers unencrypted, on port 9100?", &o->raw, NULL},
        {"held-as", "held|completed", "what clients are shown for a held job", &o->held_as, NULL},
        {"keep", "yes|no", "may people keep a job after it was printed?", &o->keep, NULL},
        {"pin-digits", "N", "least digits of a PIN", &o->digits, NULL},
        {"json", NULL, "print JSON", NULL, &o->json},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0],
                                "[--retention HOURS] [--raw yes|no] [--held-as held|completed] [--keep yes|no]"
                                " [--pin-digits N]",
                                "Change what is named, then show the policy.", args};
    const char *none[1];
    size_t count;

    return args_parse(argc, argv, &usage, none, 0, &count);
}

/* A flag by one of two words. */
static enum err change_flag(const char *option, const char *text, const char *on, const char *off, uint32_t flag,
                            uint32_t *flags)
{
    if (text == NULL)
        return OK;
    if (strcmp(text, on) == 0)
        *flags |= flag;
    else if (strcmp(text, off) == 0)
        *flags &= ~flag;
    else {
        fprintf(stderr, "%s: %s or %s, not '%s'\n", option, on, off, text);
        return ERR_CONFIG;
    }
    return OK;
}

static int changes_something(const struct policy *o)
{
    return o->retention != NULL || o->raw != NULL || o->held_as != NULL || o->keep != NULL || o->digits != NULL;
}

/* b is the bulletin as it is; on OK the answer of a is the next one. */
static enum err change(struct admin *a, const struct policy *o, const struct bulletin *b)
{
    uint32_t hours = 0, digits = b->pin_digits_least, flags = b->flags;
    uint8_t body[9];
    struct wbuf w = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = number_read("--retention", o->retention, 0, 1, RETENTION_MOST, &hours)) != OK ||
        (e = number_read("--pin-digits", o->digits, digits, 4, 16, &digits)) != OK ||
        (e = change_flag("--raw", o->raw, "yes", "no", POLICY_RAW_ALLOWED, &flags)) != OK ||
        (e = change_flag("--held-as", o->held_as, "completed", "held", POLICY_HELD_SHOWN_COMPLETED, &flags)) != OK ||
        (e = change_flag("--keep", o->keep, "yes", "no", POLICY_KEEP_ALLOWED, &flags)) != OK)
        return e;
    if ((e = wbuf_u32(&w, o->retention != NULL ? hours * HOUR_S : b->retention_s)) != OK ||
        (e = wbuf_u32(&w, flags)) != OK || (e = wbuf_u8(&w, (uint8_t)digits)) != OK)
        return e;
    return admin_ask(a, KH_POLICY, body, w.len);
}

static enum err show(const struct policy *o, const struct bulletin *b)
{
    const int raw = (b->flags & POLICY_RAW_ALLOWED) != 0, completed = (b->flags & POLICY_HELD_SHOWN_COMPLETED) != 0,
              keep = (b->flags & POLICY_KEEP_ALLOWED) != 0;

    if (o->json)
        return admin_print_json(json_pack("{s:I, s:b, s:s, s:b, s:i, s:I}", "retention_s", (json_int_t)b->retention_s,
                                          "raw", raw, "held_as", completed ? "completed" : "held", "keep", keep,
                                          "pin_digits", (int)b->pin_digits_least, "bulletin", (json_int_t)b->version));
    printf("retention    %u h\nraw          %s\nheld-as      %s\nkeep         %s\npin-digits   %u\n",
           (unsigned)(b->retention_s / HOUR_S), raw ? "yes" : "no", completed ? "completed" : "held",
           keep ? "yes" : "no", (unsigned)b->pin_digits_least);
    return OK;
}

enum err verb_policy(int argc, char **argv)
{
    struct policy o = {.config = NULL};
    struct bulletin *b = NULL;
    struct admin *a = NULL;
    enum err e;

    if ((e = read_arguments(argc, argv, &o)) != OK || (e = admin_open(o.config, &a)) != OK ||
        (e = admin_bulletin(a, &b)) != OK)
        goto out;
    if (changes_something(&o)) {
        if ((e = change(a, &o, b)) != OK)
            goto out;
        free(b);
        b = NULL;
        if ((e = admin_read_bulletin(a, &b)) != OK)
            goto out;
    }
    e = show(&o, b);
out:
    free(b);
    admin_close(a);
    return e;
}
