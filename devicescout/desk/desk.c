/* SPDX-License-Identifier: Apache-2.0 */
/* desk: open what a command needs. */
#include "devicescout/desk/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/owner.h"

static enum err ask(void *keyholder, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    return kh_ask(keyholder, op, body, len, answer, answer_len, NULL, 0);
}

enum err desk_open(const char *config, struct desk *out)
{
    const char *state;
    char path[4096];
    enum err e;
    int n;

    *out = (struct desk){.admin = NULL};
    if ((e = admin_open(config, &out->admin)) != OK || (e = people_conf_new(out->admin->conf, &out->people)) != OK)
        return e;
    state = conf_text(out->admin->conf, "state");
    n = snprintf(path, sizeof path, "%s/%s", state, ROSTER_FILE);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_LIMIT;
    if ((e = owner_become(state)) != OK) {
        fprintf(stderr, "%s: not a folder that the device scout works in\n", state);
        return e;
    }
    if ((e = roster_open(path, people_conf_groups(out->people), &out->roster)) != OK) {
        fprintf(stderr, "%s: cannot be opened. Run this as root, or as the device scout's user.\n", path);
        return e;
    }
    people_conf_rules(out->people, &out->prover.rules);
    out->prover.roster = out->roster;
    out->prover.keyholder = ask;
    out->prover.keyholder_arg = out->admin->keyholder;
    return OK;
}

void desk_close(struct desk *d)
{
    roster_close(d->roster);
    people_conf_free(d->people);
    admin_close(d->admin);
    *d = (struct desk){.admin = NULL};
}

void desk_record(struct desk *d, const char *event, const struct audit_fields *fields)
{
    uint8_t body[AUDIT_FIELDS_SIZE + AUDIT_EVENT_SIZE + 4];
    struct wbuf b = wbuf_of(body, sizeof body);

    if (wbuf_text16(&b, event) != OK || wbuf_text16(&b, fields->text) != OK ||
        kh_ask(d->admin->keyholder, KH_AUDIT, b.start, b.len, NULL, NULL, NULL, 0) != OK)
        fprintf(stderr, "This is not in the audit log: the keyholder did not take it.\n");
}

enum err desk_run(int argc, char **argv, const struct desk_errand *errand)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], errand->operand, errand->purpose, args};
    struct desk d = {.admin = NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1 || operands[0][0] == '\0') {
        fprintf(stderr, "%s: %s\n", argv[0], errand->asked);
        return ERR_CONFIG;
    }
    if ((e = desk_open(config, &d)) == OK)
        e = errand->act(&d, operands[0]);
    desk_close(&d);
    return e;
}
