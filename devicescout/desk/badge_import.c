/* SPDX-License-Identifier: Apache-2.0 */
/* badge_import: badges of another system, from a CSV file: PERSON,CARD a line, the card as a reader would type it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/buf.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/desk/desk.h"
#include "devicescout/verbs.h"

#define LINE_MAX_LEN 512

struct import {
    struct desk desk;
    const char *path;
    size_t line, taken, there, refused;
};

/* What stands between commas, without quotes and blanks around it. */
static char *field(char **rest)
{
    char *start = *rest != NULL ? *rest + strspn(*rest, " \t\"") : NULL;
    char *comma = start != NULL ? strpbrk(start, ",;") : NULL;

    if (start == NULL)
        return NULL;
    *rest = comma != NULL ? comma + 1 : NULL;
    if (comma != NULL)
        *comma = '\0';
    for (size_t len = strlen(start); len > 0 && strchr(" \t\"\r\n", start[len - 1]) != NULL; len--)
        start[len - 1] = '\0';
    return start;
}

static void refuse(struct import *i, const char *why)
{
    i->refused++;
    fprintf(stderr, "%s:%zu: %s\n", i->path, i->line, why);
}

static void take(struct import *i, char *text)
{
    char *rest = text, *person = field(&rest), *card = field(&rest);
    struct roster_badge b = {.registered_unix_ms = clock_unix_ms(), .source = "import"}, is;
    enum err e;

    if (person == NULL || person[0] == '\0' || person[0] == '#')
        return; /* an empty line, or a comment */
    if (card == NULL || strlen(person) >= sizeof b.person || !text_is_clean(person, strlen(person))) {
        refuse(i, "a line is PERSON,CARD");
        return;
    }
    memcpy(b.person, person, strlen(person));
    if ((e = proof_badge_mac(&i->desk.prover, card, b.mac)) == ERR_FORMAT || e == ERR_LIMIT) {
        refuse(i, e == ERR_FORMAT ? "no card; see: devicescout badge convert TEXT"
                                  : "no card, or more than the 12,000 that the keyholder takes in a minute");
        return;
    }
    if (e == OK && roster_badge_find(i->desk.roster, b.mac, &is) == OK && strcmp(is.person, b.person) == 0) {
        i->there++;
        return;
    }
    if (e == OK)
        e = roster_badge_put(i->desk.roster, &b);
    if (e == OK)
        i->taken++;
    else
        refuse(i, e == ERR_EXISTS ? "the card is another person's already"
                  : e == ERR_FULL ? "that person has 16 badges already"
                                  : err_text(e));
}

static enum err import(struct import *i, FILE *f)
{
    struct audit_fields fields = {.len = 0};
    char text[LINE_MAX_LEN];

    while (fgets(text, sizeof text, f) != NULL) {
        i->line++;
        take(i, text);
    }
    secret_wipe(text, sizeof text);
    if (i->taken > 0) {
        audit_fields_put_number(&fields, "count", i->taken);
        desk_record(&i->desk, "badges_imported", &fields);
    }
    printf("%zu badges taken, %zu were there already, %zu lines refused.\n", i->taken, i->there, i->refused);
    return i->refused == 0 ? OK : ERR_FORMAT;
}

enum err verb_badge_import(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "FILE.csv", "Register badges from lines PERSON,CARD; - reads standard input.",
                                args};
    struct import i = {.line = 0};
    size_t count = 0;
    FILE *f;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        return e;
    if (count != 1) {
        fprintf(stderr, "%s: say which file\n", argv[0]);
        return ERR_CONFIG;
    }
    i.path = operands[0];
    /* Before the desk: the list may be for root's eyes. */
    if ((f = strcmp(operands[0], "-") == 0 ? stdin : fopen(operands[0], "re")) == NULL) {
        fprintf(stderr, "%s: cannot be read\n", operands[0]);
        return ERR_CONFIG;
    }
    if ((e = desk_open(config, &i.desk)) == OK)
        e = import(&i, f);
    desk_close(&i.desk);
    if (f != stdin)
        fclose(f);
    return e;
}
