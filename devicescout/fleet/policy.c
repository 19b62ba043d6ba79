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

/* What is allowed or not: an option of two words each. */
static const struct {
    const char *option, *on, *off;
    uint32_t flag;
} switches[] = {{"raw", "yes", "no", POLICY_RAW_ALLOWED},
                {"held-as", "completed", "held", POLICY_HELD_SHOWN_COMPLETED},
                {"keep", "yes", "no", POLICY_KEEP_ALLOWED},
                {"postscript", "yes", "no", POLICY_POSTSCRIPT_ALLOWED},
                {"any-format", "yes", "no", POLICY_ANY_FORMAT_ALLOWED}};
#define SWITCHES (sizeof switches / sizeof *switches)
enum { RAW, HELD_AS, KEEP, POSTSCRIPT, ANY_FORMAT };

struct policy {
    const char *config, *retention, *digits;
    const char *switches[SWITCHES];
    int json;
};

static enum err read_arguments(int argc, char **argv, struct policy *o)
{
    const struct arg args[] = {
        {"retention", "HOURS", "how long a held job is kept", &o->retention, NULL},
        {"raw", "yes|no", "may jobs go to printers unencrypted, on port 9100?", &o->switches[RAW], NULL},
        {"held-as", "held|completed", "what clients are shown for a held job", &o->switches[HELD_AS], NULL},
        {"keep", "yes|no", "may people keep a job after it was printed?", &o->switches[KEEP], NULL},
        {"postscript", "yes|no", "may documents be PostScript, a program?", &o->switches[POSTSCRIPT], NULL},
        {"any-format", "yes|no", "may documents be of a format nobody knows?", &o->switches[ANY_FORMAT], NULL},
        {"pin-digits", "N", "least digits of a PIN", &o->digits, NULL},
        {"json", NULL, "print JSON", NULL, &o->json},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0],
                                "[--retention HOURS] [--raw yes|no] [--held-as held|completed] [--keep yes|no]"
                                " [--postscript yes|no] [--any-format yes|no] [--pin-digits N]",
                                "Change what is named, then show the policy.", args};
    const char *none[1];
    size_t count;

    return args_parse(argc, argv, &usage, none, 0, &count);
}

static enum err change_flag(size_t i, const char *text, uint32_t *flags)
{
    if (text == NULL)
        return OK;
    if (strcmp(text, switches[i].on) == 0)
        *flags |= switches[i].flag;
    else if (strcmp(text, switches[i].off) == 0)
        *flags &= ~switches[i].flag;
    else {
        fprintf(stderr, "--%s: %s or %s, not '%s'\n", switches[i].option, switches[i].on, switches[i].off, text);
        return ERR_CONFIG;
    }
    return OK;
}

static int changes_something(const struct policy *o)
{
    int changes = o->retention != NULL || o->digits != NULL;

    for (size_t i = 0; i < SWITCHES; i++)
        changes = changes || o->switches[i] != NULL;
    return changes;
}

/* b is the bulletin as it is; on OK the answer of a is the next one. */
static enum err change(struct admin *a, const struct policy *o, const struct bulletin *b)
{
    uint32_t hours = 0, digits = b->pin_digits_least, flags = b->flags;
    uint8_t body[9];
    struct wbuf w = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = number_read("--retention", o->retention, 0, 1, RETENTION_MOST, &hours)) != OK ||
        (e = number_read("--pin-digits", o->digits, digits, 4, 16, &digits)) != OK)
        return e;
    for (size_t i = 0; i < SWITCHES; i++) {
        if ((e = change_flag(i, o->switches[i], &flags)) != OK)
            return e;
    }
    if ((e = wbuf_u32(&w, o->retention != NULL ? hours * HOUR_S : b->retention_s)) != OK ||
        (e = wbuf_u32(&w, flags)) != OK || (e = wbuf_u8(&w, (uint8_t)digits)) != OK)
        return e;
    return admin_ask(a, KH_POLICY, body, w.len);
}

static int is_on(const struct bulletin *b, size_t i)
{
    return (b->flags & switches[i].flag) != 0;
}

static const char *word(const struct bulletin *b, size_t i)
{
    return is_on(b, i) ? switches[i].on : switches[i].off;
}

static enum err show(const struct policy *o, const struct bulletin *b)
{
    if (o->json)
        return admin_print_json(json_pack(
            "{s:I, s:b, s:s, s:b, s:b, s:b, s:i, s:I}", "retention_s", (json_int_t)b->retention_s, "raw", is_on(b, RAW),
            "held_as", word(b, HELD_AS), "keep", is_on(b, KEEP), "postscript", is_on(b, POSTSCRIPT), "any_format",
            is_on(b, ANY_FORMAT), "pin_digits", (int)b->pin_digits_least, "bulletin", (json_int_t)b->version));
    printf("retention    %u h\n", (unsigned)(b->retention_s / HOUR_S));
    for (size_t i = 0; i < SWITCHES; i++)
        printf("%-12s %s\n", switches[i].option, word(b, i));
    printf("pin-digits   %u\n", (unsigned)b->pin_digits_least);
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
