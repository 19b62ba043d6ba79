/* SPDX-License-Identifier: Apache-2.0 */
/* serve_people: what a person who is signed in does about their own badges and PIN. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicescout/people/proof_pin.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/task.h"
#include "devicescout/web/web_state.h"

static void add_badge(void *arg, const struct roster_badge *b)
{
    char name[ID_HEX_SIZE];

    roster_badge_name(b, name);
    json_array_append_new(arg, json_pack("{s:s, s:I, s:s}", "id", name, "registered_unix_ms",
                                         (json_int_t)b->registered_unix_ms, "source", b->source));
}

static int has_people(struct request *r)
{
    if (r->web->opts.prover != NULL)
        return 1;
    reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
    return 0;
}

static void roster_answers_not(struct request *r)
{
    reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "The list of badges cannot be read now.");
}

void serve_badges(struct request *r)
{
    json_t *list = json_array();

    if (!has_people(r)) {
        json_decref(list);
        return;
    }
    if (roster_badges(r->web->opts.prover->roster, r->session->person, add_badge, list) != OK) {
        json_decref(list);
        roster_answers_not(r);
        return;
    }
    reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "badges", list));
}

static void record(struct request *r, const char *event, const char *person, const char *badge)
{
    const struct web_opts *o = &r->web->opts;
    struct audit_fields fields = {.len = 0};

    if (o->audit == NULL)
        return;
    audit_fields_put(&fields, "by", r->session->person);
    audit_fields_put(&fields, "person", person);
    audit_fields_put(&fields, "badge", badge);
    o->audit(o->arg, event, &fields);
}

void serve_badges_of(struct request *r)
{
    const char *person;
    json_t *list;

    if (!has_people(r))
        return;
    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s}", "person", &person) != 0 || person[0] == '\0' ||
        strlen(person) >= PERSON_SIZE || !text_is_clean(person, strlen(person))) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "person is wanted, a name as the directory writes it.");
        return;
    }
    list = json_array();
    if (roster_badges(r->web->opts.prover->roster, person, add_badge, list) != OK) {
        json_decref(list);
        roster_answers_not(r);
        return;
    }
    record(r, "badges_listed", person, NULL);
    reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "badges", list));
}

/* Whoever holds the badge that its person has just given up, other than that person here. */
struct leaving {
    const struct session *stays;
    const uint8_t *badge;
};

static int is_another_by_badge(const void *arg, const struct session *s)
{
    const struct leaving *l = arg;

    return s->number != l->stays->number && memcmp(s->badge, l->badge, sizeof s->badge) == 0;
}

static int may_take_any(const struct session *s)
{
    return s->may_administer && s->authentication == BY_PASSWORD;
}

void serve_badge_delete(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    /* Their own; an administrator's, everybody's. */
    const char *whose = may_take_any(r->session) ? NULL : r->session->person;
    struct roster_badge b;
    enum err e;

    if (!has_people(r))
        return;
    if ((e = roster_badge_named(o->prover->roster, whose, r->parameter, &b)) == OK)
        e = roster_badge_drop(o->prover->roster, b.mac, b.person);
    if (e != OK && e != ERR_NOTFOUND) {
        roster_answers_not(r);
        return;
    }
    if (e == ERR_NOTFOUND) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-badge", "You have no such badge.");
        return;
    }
    sessions_end_if(o->sessions, is_another_by_badge, &(struct leaving){r->session, b.mac});
    record(r, strcmp(b.person, r->session->person) == 0 ? "badge_removed" : "badge_revoked", b.person, r->parameter);
    reply_json(r, MHD_HTTP_OK, json_object());
}

static void set_pin(struct task *t)
{
    t->result = proof_pin_set(t->prover, t->person, t->pin);
}

static void pin_is_set(struct task *t, struct request *r)
{
    switch (t->result) {
    case OK:
        /* Who signed in with the PIN that was, knows it no longer. */
        sessions_end_if(r->web->opts.sessions, session_is_by_pin_of, t->person);
        reply_json(r, MHD_HTTP_OK, json_object());
        break;
    case ERR_LIMIT:
        reply_error(r, MHD_HTTP_UNPROCESSABLE_CONTENT, "pin-length", "That PIN has too few or too many digits.");
        break;
    case ERR_FORMAT:
        reply_error(r, MHD_HTTP_UNPROCESSABLE_CONTENT, "pin-not-digits", "A PIN is made of digits.");
        break;
    case ERR_REFUSED:
        reply_error(r, MHD_HTTP_UNPROCESSABLE_CONTENT, "pin-trivial", "That PIN is too easily guessed.");
        break;
    default:
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "The PIN could not be kept. Please try again.");
    }
}

void serve_pin(struct request *r)
{
    struct task *t;
    const char *pin;

    if (!has_people(r))
        return;
    /* Who has found a badge and seen its PIN typed must not be able to make both their own. */
    if (r->session->authentication != BY_PASSWORD) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "password-wanted", "Please sign in with your password to set a PIN.");
        return;
    }
    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s}", "pin", &pin) != 0 || strlen(pin) >= sizeof t->pin) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "pin is wanted, a text of digits.");
        return;
    }
    if ((t = calloc(1, sizeof *t)) != NULL) {
        t->prover = r->web->opts.prover;
        t->run = set_pin;
        t->end = pin_is_set;
        snprintf(t->person, sizeof t->person, "%s", r->session->person);
        snprintf(t->pin, sizeof t->pin, "%s", pin);
    }
    if (t == NULL || task_start(t, r) != OK)
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too many people are signing in.");
}
