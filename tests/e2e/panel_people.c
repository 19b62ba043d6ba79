/* SPDX-License-Identifier: Apache-2.0 */
/* panel_people: see panel_people.h. PINs stand here in the clear, as nowhere else. */
#include "panel_people.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "devicescout/keyholder/pins.h"

#define DIGITS_LEAST 6

static struct person {
    const char *name, *display;
    uint64_t groups;
    char pin[PIN_SIZE];
    unsigned wrong;
    uint64_t wait_until_ms;
} people[] = {{.name = "alice", .display = "Alice Adams", .groups = 1, .pin = "738215"},
              {.name = "bob", .display = "Bob (O'Neil) *", .groups = 1},
              {.name = "carol", .display = "Carol Çelik", .groups = 1, .pin = "738215"},
              {.name = "dave", .display = "Dave Dunn", .groups = 2}};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* workers ask at the same time */

static struct person *find(const char *name)
{
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        if (strcmp(people[i].name, name) == 0)
            return &people[i];
    }
    return NULL;
}

static enum directory_outcome ask_directory(void *arg, const struct directory_question *q, struct directory_person *p)
{
    const struct person *who = find(q->name);
    char password[DIRECTORY_NAME_MAX + 16];

    (void)arg;
    *p = (struct directory_person){.groups = 0};
    if (strcmp(q->name, "down") == 0)
        return DIRECTORY_DOWN;
    if (who == NULL || q->kind == DIRECTORY_BY_CARD)
        return DIRECTORY_NO;
    snprintf(password, sizeof password, "%s-password", who->name);
    snprintf(p->person, sizeof p->person, "%s", who->name);
    snprintf(p->identity, sizeof p->identity, "identity-of-%s", who->name);
    snprintf(p->display, sizeof p->display, "%s", who->display);
    p->groups = who->groups;
    if (q->gate != NULL && q->gate(q->gate_arg, who->name) != OK)
        return DIRECTORY_TOO_OFTEN;
    return q->kind == DIRECTORY_PASSWORD && strcmp(q->password, password) != 0 ? DIRECTORY_NO : DIRECTORY_YES;
}

static enum pin_verdict look(const struct person *who)
{
    return who->pin[0] == '\0' ? PIN_NONE : who->wrong >= PLAYED_TRIES_MAX ? PIN_LOCKED : PIN_RIGHT;
}

static enum pin_verdict try_pin(struct person *who, const char *pin, uint32_t *wait_s)
{
    const uint64_t now = clock_boot_ms();

    if (look(who) != PIN_RIGHT)
        return look(who);
    if (now < who->wait_until_ms) {
        *wait_s = (uint32_t)((who->wait_until_ms - now + 999) / 1000);
        return PIN_WAIT;
    }
    if (strcmp(who->pin, pin) == 0) {
        who->wrong = 0;
        return PIN_RIGHT;
    }
    if (++who->wrong >= PLAYED_FREE_TRIES)
        who->wait_until_ms = now + PLAYED_WAIT_S * 1000;
    return look(who) == PIN_LOCKED ? PIN_LOCKED : PIN_WRONG;
}

static enum err set_pin(struct person *who, const char *pin)
{
    const enum err e = pin_check_new(pin, DIGITS_LEAST);

    if (e != OK)
        return e;
    snprintf(who->pin, sizeof who->pin, "%s", pin);
    who->wrong = 0;
    return OK;
}

static enum err about_pin(enum kh_op op, struct person *who, struct rbuf *in, struct wbuf *out)
{
    char pin[PROOF_PIN_MAX + 1];
    uint32_t wait_s = 0;
    enum pin_verdict verdict;
    enum err e = OK;

    switch (op) {
    case KH_PIN_SET:
        return (e = rbuf_text16(in, pin, sizeof pin)) != OK ? e : set_pin(who, pin);
    case KH_PIN_CHECK:
        if ((e = rbuf_text16(in, pin, sizeof pin)) != OK)
            return e;
        verdict = try_pin(who, pin, &wait_s);
        return (e = wbuf_u8(out, (uint8_t)verdict)) != OK ? e : wbuf_u32(out, wait_s);
    case KH_PIN_LOOK:
        return (e = wbuf_u8(out, (uint8_t)look(who))) != OK ? e : wbuf_u8(out, DIGITS_LEAST);
    case KH_PIN_UNLOCK:
        who->wrong = 0;
        who->wait_until_ms = 0;
        return OK;
    default:
        return ERR_UNSUPPORTED;
    }
}

/* A badge's number stands for its own MAC. */
static enum err badge_mac(struct rbuf *in, struct wbuf *out)
{
    uint8_t mac[ROSTER_MAC_LEN] = {0};
    const uint8_t *uid;
    size_t len;
    enum err e;

    if ((e = rbuf_bytes16(in, sizeof mac, &uid, &len)) != OK)
        return e;
    memcpy(mac, uid, len);
    return wbuf_copy(out, mac, sizeof mac);
}

static enum err ask_keyholder(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer,
                              size_t *answer_len)
{
    uint8_t unused[64];
    struct rbuf in = rbuf_of(body, len);
    struct wbuf out = wbuf_of(answer != NULL ? answer : unused, answer != NULL ? KH_FRAME_MAX : sizeof unused);
    char name[PERSON_SIZE];
    enum err e;

    (void)arg;
    pthread_mutex_lock(&lock);
    if (op == KH_BADGE_MAC)
        e = badge_mac(&in, &out);
    else if ((e = rbuf_text16(&in, name, sizeof name)) == OK)
        e = find(name) != NULL ? about_pin(op, find(name), &in, &out) : ERR_NOTFOUND;
    pthread_mutex_unlock(&lock);
    if (answer_len != NULL)
        *answer_len = out.len;
    return e;
}

static enum err give_badge(struct roster *r, const char *person, const uint8_t uid[static 4])
{
    struct roster_badge b = {.registered_unix_ms = clock_unix_ms() - 86400000};

    memcpy(b.mac, uid, 4);
    snprintf(b.person, sizeof b.person, "%s", person);
    snprintf(b.source, sizeof b.source, "%s", "import");
    return roster_badge_put(r, &b);
}

enum err panel_people_start(const char *roster_file, int badge_alone, struct prover *out)
{
    struct roster *roster = NULL;
    struct registrations *registrations = NULL;
    enum err e;

    (void)unlink(roster_file);
    if ((e = roster_open(roster_file, "printers", &roster)) != OK || (e = registrations_new(&registrations)) != OK ||
        (e = give_badge(roster, "alice", (const uint8_t *)"\x04\xa1\xb2\xc3")) != OK ||
        (e = give_badge(roster, "bob", (const uint8_t *)"\x04\xb0\xb0\xb0")) != OK)
        return e;
    *out = (struct prover){.rules = {.badge = {.format = BADGE_HEX, .facility_code = -1},
                                     .badge_alone = badge_alone,
                                     .name_pin = 1,
                                     .use_groups = 1},
                           .roster = roster,
                           .registrations = registrations,
                           .ask = ask_directory,
                           .keyholder = ask_keyholder};
    return OK;
}

void panel_people_check(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out)
{
    proof_check(prover, p, gate, out);
}
