/* SPDX-License-Identifier: Apache-2.0 */
/* audit_show: print the audit log, or those of its lines that are asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/args.h"
#include "devicescout/fleet/audit_json.h"
#include "devicescout/fleet/audit_pages.h"
#include "devicescout/fleet/audit_text.h"
#include "devicescout/fleet/number.h"
#include "devicescout/verbs.h"

struct show {
    int json, raw;
    uint64_t since_unix_ms, until_unix_ms;
    const char *event, *person; /* NULL: any */
};

/* "sign_in" is "scout.sign_in" too. */
static int is_event(const char *event, const char *asked)
{
    const char *dot = strchr(event, '.');

    return strcmp(event, asked) == 0 || (dot != NULL && strcmp(dot + 1, asked) == 0);
}

/* Whoever did it, or to whom it was done. */
static int is_about(const struct audit_entry *e, const char *person)
{
    static const char *const keys[] = {"person", "owner", "whose", "account", "by", "from", "to"};
    struct audit_walk w;
    struct audit_field f;

    audit_walk_start(&w, e);
    while (audit_walk_next(&w, &f)) {
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            if (strcmp(f.key, keys[i]) == 0 && strcasecmp(f.value, person) == 0)
                return 1;
        }
    }
    return 0;
}

static int is_asked_for(const struct show *s, const struct audit_entry *e)
{
    return e->unix_ms >= s->since_unix_ms && e->unix_ms < s->until_unix_ms &&
           (s->event == NULL || is_event(e->event, s->event)) && (s->person == NULL || is_about(e, s->person));
}

static enum err print_json(const struct audit_entry *e)
{
    char *text = audit_json(e);
    const int done = text != NULL && puts(text) != EOF;

    free(text);
    return done ? OK : ERR_IO;
}

static enum err show_line(void *arg, const char *line, size_t len)
{
    const struct show *s = arg;
    struct audit_entry e;

    if (audit_chain_fields(line, len, &e) != OK) {
        fprintf(stderr, "The next line is not one: --raw prints it, and devicescout audit verify says more.\n");
        return ERR_FORMAT;
    }
    if (!is_asked_for(s, &e))
        return OK;
    if (s->raw)
        return printf("%.*s\n", (int)len, line) < 0 ? ERR_IO : OK;
    return s->json ? print_json(&e) : audit_text_print(&e);
}

static enum err print_raw(void *arg, const char *line, size_t len)
{
    (void)arg;
    return printf("%.*s\n", (int)len, line) < 0 ? ERR_IO : OK;
}

/* A day, or a time on it as audit_time() prints it, seconds and what is behind them left out or not. */
static enum err time_read(const char *option, const char *text, uint64_t *out)
{
    static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%d%n%H:%M", "%Y-%m-%d%n%H:%M:%S", "%Y-%m-%dT%H:%M",
                                          "%Y-%m-%dT%H:%M:%S"};

    for (size_t i = 0; text != NULL && i < sizeof formats / sizeof *formats; i++) {
        struct tm tm = {.tm_sec = 0};
        const char *end = strptime(text, formats[i], &tm);
        char *behind = NULL;
        const double part = end != NULL && *end == '.' ? strtod(end, &behind) : 0;

        end = behind != NULL ? behind : end;
        if (end == NULL || (*end != '\0' && strcmp(end, "Z") != 0))
            continue;
        *out = (uint64_t)timegm(&tm) * 1000 + (uint64_t)(part * 1000 + 0.5);
        return OK;
    }
    if (text == NULL)
        return OK;
    fprintf(stderr, "%s: a time is written 2026-11-20 or \"2026-11-20 18:02:39\", in UTC\n", option);
    return ERR_CONFIG;
}

enum err verb_audit_show(int argc, char **argv)
{
    const char *config = NULL, *from_text = NULL, *since = NULL, *until = NULL, *none[1];
    struct show s = {.until_unix_ms = UINT64_MAX};
    const struct arg args[] = {
        {"since", "TIME", "lines from this time on: 2026-11-20, \"2026-11-20 18:02\"; UTC", &since, NULL},
        {"until", "TIME", "lines before this time", &until, NULL},
        {"event", "EVENT", "lines of this event: grant, sign_in_refused", &s.event, NULL},
        {"person", "NAME", "lines in which this person did something, or had it done", &s.person, NULL},
        {"from", "NUMBER", "begin with this line; 1", &from_text, NULL},
        {"json", NULL, "print one JSON object a line", NULL, &s.json},
        {"raw", NULL, "print the lines of the chain as they stand, with their hashes", NULL, &s.raw},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--since TIME] [--until TIME] [--event EVENT] [--person NAME] [--json|--raw]",
                                "Print the audit log. What a value holds that is not to be seen is percent-encoded.",
                                args};
    struct admin *a = NULL;
    uint32_t from;
    size_t count;
    enum err e;
    int all;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK ||
        (e = number_read("--from", from_text, 1, 1, UINT32_MAX, &from)) != OK ||
        (e = time_read("--since", since, &s.since_unix_ms)) != OK ||
        (e = time_read("--until", until, &s.until_unix_ms)) != OK || (e = admin_open(config, &a)) != OK)
        goto out;
    all = s.raw && since == NULL && until == NULL && s.event == NULL && s.person == NULL;
    e = audit_pages_read(a, from, all ? print_raw : show_line, &s);
out:
    admin_close(a);
    return e;
}
