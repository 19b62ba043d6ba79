/* SPDX-License-Identifier: Apache-2.0 */
/* pins: take a person's PIN away, and end what it has opened; or let a person try again who was guessed at. */
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/buf.h"
#include "devicescout/desk/desk.h"
#include "devicescout/people/proof_pin.h"
#include "devicescout/verbs.h"

static enum err clear(struct desk *d, const char *person)
{
    struct audit_fields fields = {.len = 0};
    enum err e;

    if ((e = proof_pin_clear(&d->prover, person)) != OK ||
        (e = roster_wish(d->roster, ROSTER_PIN_GONE, person)) != OK) {
        fprintf(stderr, "The PIN is not cleared: %s\n", err_text(e));
        return e;
    }
    audit_fields_put(&fields, "person", person);
    desk_record(d, "pin_cleared", &fields);
    printf("%s has no PIN now, and whoever signed in with it is signed out.\n", person);
    return OK;
}

static enum err unlock(struct desk *d, const char *person)
{
    struct audit_fields fields = {.len = 0};
    enum err e;

    if ((e = roster_wish(d->roster, ROSTER_UNLOCK, person)) != OK) {
        fprintf(stderr, "Nothing is unlocked: %s\n", err_text(e));
        return e;
    }
    audit_fields_put(&fields, "person", person);
    desk_record(d, "person_unlocked", &fields);
    printf("Wrong guesses at %s count no more.\n", person);
    return OK;
}

static enum err obey(int argc, char **argv, const char *purpose, enum err (*act)(struct desk *d, const char *person))
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "PERSON", purpose, args};
    struct desk d = {.admin = NULL};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1 || operands[0][0] == '\0' || strlen(operands[0]) >= PERSON_SIZE ||
        !text_is_clean(operands[0], strlen(operands[0]))) {
        fprintf(stderr, "%s: say whose, as the directory writes it\n", argv[0]);
        return ERR_CONFIG;
    }
    if ((e = desk_open(config, &d)) == OK)
        e = act(&d, operands[0]);
    desk_close(&d);
    return e;
}

enum err verb_pin_clear(int argc, char **argv)
{
    return obey(argc, argv, "Take a person's PIN away, locked or not.", clear);
}

enum err verb_unlock(int argc, char **argv)
{
    return obey(argc, argv, "Let a person sign in again at whom somebody has guessed.", unlock);
}
