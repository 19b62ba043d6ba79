/* SPDX-License-Identifier: Apache-2.0 */
/* delegations: who releases for whom, and end it. People make them themselves, at a panel, after typing a password. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/desk/desk.h"
#include "devicescout/people/delegates.h"
#include "devicescout/verbs.h"

static enum err ask(void *admin, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    struct admin *a = admin;
    const enum err e = admin_ask(a, op, body, len);

    if (e == OK && answer != NULL) {
        memcpy(answer, a->answer, a->answer_len);
        *answer_len = a->answer_len;
    }
    return e;
}

static void print_one(const struct delegation *d)
{
    char id[ID_HEX_SIZE], when[32];

    printf("%s  %s lets %s release until %s\n", id_text(d->id, id), d->from, d->to,
           admin_time(d->until_unix_ms, when, sizeof when));
}

static enum err print_json(const struct delegates_list *list)
{
    json_t *array = json_array();
    char id[ID_HEX_SIZE];

    for (size_t i = 0; i < list->len; i++) {
        const struct delegation *d = &list->list[i];

        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:I}", "id", id_text(d->id, id), "from", d->from, "to",
                                               d->to, "until_unix_ms", (json_int_t)d->until_unix_ms));
    }
    return admin_print_json(json_pack("{s:I, s:o}", "days_most", (json_int_t)list->days_most, "delegations", array));
}

static enum err list(struct admin *a, const char *person, int json)
{
    struct delegates_list *all = calloc(1, sizeof *all);
    enum err e = ERR_NOMEM;

    if (all == NULL)
        goto out;
    if ((e = delegates_read(&(struct delegates_keyholder){.ask = ask, .arg = a}, person, all)) != OK)
        goto out;
    if (json) {
        e = print_json(all);
        goto out;
    }
    if (all->len == 0)
        printf("%s releases for nobody, and nobody for %s.\n", person, person);
    for (size_t i = 0; i < all->len; i++)
        print_one(&all->list[i]);
out:
    free(all);
    return e;
}

static enum err end(struct desk *d, const char *name)
{
    struct id id;
    enum err e;

    if (id_read(name, &id) != OK) {
        fprintf(stderr, "'%s' is no delegation. See a person's: devicescout delegation list PERSON\n", name);
        return ERR_CONFIG;
    }
    if ((e = delegates_end(&(struct delegates_keyholder){.ask = ask, .arg = d->admin}, id, "")) == OK)
        printf("It has ended: the next release is refused.\n");
    return e;
}

enum err verb_delegation_list(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    int json = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "PERSON [--json]", "Show for whom a person releases, and who for them.", args};
    struct admin *a = NULL;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1 || operands[0][0] == '\0') {
        fprintf(stderr, "%s: say whose\n", argv[0]);
        return ERR_CONFIG;
    }
    if ((e = admin_open(config, &a)) == OK)
        e = list(a, operands[0], json);
    admin_close(a);
    return e;
}

enum err verb_delegation_end(int argc, char **argv)
{
    return desk_run(argc, argv,
                    &(struct desk_errand){.operand = "DELEGATION",
                                          .purpose = "End one; `delegation list` names it.",
                                          .asked = "say which",
                                          .act = end});
}
