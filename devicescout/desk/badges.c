/* SPDX-License-Identifier: Apache-2.0 */
/* badges: who has which, and take one away. A badge is named by the first half of its MAC. */
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/desk/desk.h"
#include "devicescout/verbs.h"

static void print_badge(void *arg, const struct roster_badge *b)
{
    char name[ID_HEX_SIZE], when[32];

    roster_badge_name(b, name);
    printf("%s  %-20s  %s  %s\n", name, b->person, admin_time(b->registered_unix_ms, when, sizeof when), b->source);
    ++*(size_t *)arg;
}

static void add_badge(void *arg, const struct roster_badge *b)
{
    char name[ID_HEX_SIZE];

    roster_badge_name(b, name);
    json_array_append_new(arg, json_pack("{s:s, s:s, s:I, s:s}", "id", name, "person", b->person, "registered_unix_ms",
                                         (json_int_t)b->registered_unix_ms, "source", b->source));
}

static enum err list(struct desk *d, const char *person, int json)
{
    json_t *array;
    size_t count = 0;
    enum err e;

    if (!json) {
        if ((e = roster_badges(d->roster, person, print_badge, &count)) == OK && count == 0)
            printf("No badge is registered.\n");
        return e;
    }
    array = json_array();
    if ((e = roster_badges(d->roster, person, add_badge, array)) != OK) {
        json_decref(array);
        return e;
    }
    return admin_print_json(json_pack("{s:o}", "badges", array));
}

enum err verb_badge_list(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    int json = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[PERSON] [--json]", "List registered badges.", args};
    struct desk d = {.admin = NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) == OK && (e = desk_open(config, &d)) == OK)
        e = list(&d, operands[0], json);
    desk_close(&d);
    return e;
}

static enum err revoke(struct desk *d, const char *name)
{
    struct audit_fields fields = {.len = 0};
    struct roster_badge b;
    enum err e;

    if ((e = roster_badge_named(d->roster, NULL, name, &b)) == ERR_NOTFOUND)
        fprintf(stderr, "There is no badge '%s'. See them all: devicescout badge list\n", name);
    if (e != OK || (e = roster_badge_drop(d->roster, b.mac, NULL)) != OK)
        return e;
    audit_fields_put(&fields, "badge", name);
    audit_fields_put(&fields, "person", b.person);
    desk_record(d, "badge_revoked", &fields);
    printf("%s's badge is removed: nobody signs in with it any more.\n", b.person);
    return OK;
}

enum err verb_badge_revoke(int argc, char **argv)
{
    return desk_run(argc, argv,
                    &(struct desk_errand){.operand = "BADGE",
                                          .purpose = "Take a badge away; `badge list` names it.",
                                          .asked = "say which badge",
                                          .act = revoke});
}
