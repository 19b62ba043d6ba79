/* SPDX-License-Identifier: Apache-2.0 */
/* invite: let a workstation in by a code, and take codes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/number.h"
#include "devicescout/verbs.h"

#define HOUR_MS   (UINT64_C(60) * 60 * 1000)
#define USES_MOST 20000
#define YEAR_H    8760

struct invite {
    const char *config, *person, *hours_text, *uses_text;
    int shared, deliver;
    uint32_t hours, uses;
};

static enum err read_invite(int argc, char **argv, struct invite *o)
{
    const struct arg args[] = {
        {"for", "PERSON", "every job of that computer is this person's", &o->person, NULL},
        {"shared", NULL, "a computer or print server that many use", NULL, &o->shared},
        {"deliver", NULL, "it may deliver for computers that are switched off", NULL, &o->deliver},
        {"hours", "N", "how long the code is good; 24", &o->hours_text, NULL},
        {"uses", "N", "for how many computers; 1", &o->uses_text, NULL},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "--for PERSON | --shared [--deliver] [--hours N] [--uses N]",
                                "Print a one-time code for `printscout enroll` on standard output.", args};
    const char *none[1];
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK)
        return e;
    if ((o->person != NULL) == o->shared) {
        fprintf(stderr, "%s: say whose computer it is: --for PERSON or --shared\n", argv[0]);
        return ERR_CONFIG;
    }
    if ((e = number_read("--uses", o->uses_text, 1, 1, USES_MOST, &o->uses)) != OK)
        return e;
    return number_read("--hours", o->hours_text, 24, 1, YEAR_H, &o->hours);
}

/* The id that `withdraw` and `nodes` name a code by. Public, unlike the code. */
static enum err code_id(const char *text, char out[static 2 * CODE_ID_LEN + 1])
{
    struct { /* secret_new */
        struct invitation invitation;
        struct join_keys keys;
    } *s = secret_new(sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        return e;
    if ((e = invitation_read(text, &s->invitation)) == OK &&
        (e = join_derive(s->invitation.secret, s->invitation.site, &s->keys)) == OK)
        hex_write(s->keys.code_id, CODE_ID_LEN, out);
    secret_free(s);
    return e;
}

static enum err show_code(const struct invite *o, const uint8_t *answer, size_t len)
{
    struct rbuf b = rbuf_of(answer, len);
    char text[CODE_TEXT_MAX], id[2 * CODE_ID_LEN + 1], until[32];
    enum err e;

    if ((e = rbuf_text16(&b, text, sizeof text)) == OK && (e = code_id(text, id)) == OK) {
        printf("%s\n", text);
        fprintf(stderr,
                "\nOn the workstation: printscout enroll, then paste the code. It is good for %u computer%s until %s.\n"
                "Whoever has the code can be that computer. Take it back: devicescout withdraw %s\n",
                (unsigned)o->uses, o->uses == 1 ? "" : "s",
                admin_time(clock_unix_ms() + o->hours * HOUR_MS, until, sizeof until), id);
    }
    explicit_bzero(text, sizeof text);
    return e;
}

enum err verb_invite(int argc, char **argv)
{
    struct invite o = {.config = NULL};
    uint8_t body[2 + PERSON_SIZE + 1 + 4 + 4];
    struct wbuf b = wbuf_of(body, sizeof body);
    struct admin *a = NULL;
    enum err e;

    if ((e = read_invite(argc, argv, &o)) != OK || (e = admin_open(o.config, &a)) != OK)
        goto out;
    if (wbuf_text16(&b, o.person != NULL ? o.person : "") != OK ||
        wbuf_u8(&b, (uint8_t)(ROLE_ORIGIN | (o.deliver ? ROLE_DELIVER : 0))) != OK || wbuf_u32(&b, o.hours) != OK ||
        wbuf_u32(&b, o.uses) != OK) {
        fprintf(stderr, "%s: the person's name is too long\n", argv[0]);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_ask(a, KH_INVITE, body, b.len)) == OK)
        e = show_code(&o, a->answer, a->answer_len);
out:
    admin_close(a);
    return e;
}

enum err verb_withdraw(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "CODE-ID",
                                "End a code and revoke every node that came by it. `invite` and `nodes` show the id.",
                                args};
    uint8_t id[CODE_ID_LEN];
    struct admin *a = NULL;
    struct rbuf b;
    uint16_t revoked = 0;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        goto out;
    if (count != 1 || hex_read(operands[0], id, sizeof id) != OK) {
        fprintf(stderr, "%s: say which code, by its id of 16 hex digits\n", argv[0]);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_open(config, &a)) != OK || (e = admin_ask(a, KH_WITHDRAW, id, sizeof id)) != OK)
        goto out;
    b = rbuf_of(a->answer, a->answer_len);
    if ((e = rbuf_u16(&b, &revoked)) == OK)
        printf("The code is withdrawn; %u node%s revoked.\n", (unsigned)revoked, revoked == 1 ? " is" : "s are");
out:
    admin_close(a);
    return e;
}
