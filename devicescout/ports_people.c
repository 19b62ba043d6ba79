/* SPDX-License-Identifier: Apache-2.0 */
/* ports_people: the parts of people/, made as the configuration says. */
#include "devicescout/ports.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define SESSIONS_MAX        4096
#define SESSIONS_PERSON_MAX 8
/* Nobody stands at a printer for longer; and groups and the directory's word count for so long at most. */
#define SESSION_LONGEST_MS   (60 * 60 * 1000)
#define DIRECTORY_THREADS    8
#define SIGN_INS_WAITING_MAX 256
/* A person hears within six seconds whatever the directory does. */
#define SIGN_IN_ANSWER_MS 5500
#define SIGN_IN_REFUSE_MS 700

void ports_audit(void *scout, const char *event, const struct audit_fields *fields)
{
    struct scout *s = scout;
    uint8_t body[AUDIT_FIELDS_SIZE + AUDIT_EVENT_SIZE + 4];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = wbuf_text16(&b, event)) == OK && (e = wbuf_text16(&b, fields->text)) == OK)
        e = kh_ask(s->keyholder, KH_AUDIT, b.start, b.len, NULL, NULL, NULL, 0);
    if (e != OK)
        log_warn("audit_failed", "event=%s why=%s", event, err_name(e));
}

/* On the loop's own connection: behind another thread's PIN the loop would stand still. */
static enum err ask_on_loop(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    struct scout *s = arg;

    return s->keyholder == NULL ? ERR_UNREACHABLE : kh_ask(s->keyholder, op, body, len, answer, answer_len, NULL, 0);
}

static void session_ended(void *arg, const struct session *x)
{
    struct scout *s = arg;

    if (s->web != NULL)
        web_session_ended(s->web, x);
}

static enum directory_outcome ask_directory(void *directory, const struct directory_question *q,
                                            struct directory_person *person)
{
    return directory_ask(directory, q, person);
}

static void check(void *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out)
{
    proof_check(prover, p, gate, out);
}

static enum err make_directory(struct scout *s)
{
    struct directory_opts opts;
    enum err e;

    if ((e = people_conf_new(s->conf, &s->people_conf)) != OK)
        return e;
    people_conf_directory(s->people_conf, &opts);
    return directory_new(&opts, &s->directory);
}

static enum err make_prover(struct scout *s)
{
    char path[4096];
    const int n = snprintf(path, sizeof path, "%s/%s", conf_text(s->conf, "state"), ROSTER_FILE);
    enum err e;

    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_LIMIT;
    if ((e = roster_open(path, people_conf_groups(s->people_conf), &s->roster)) != OK ||
        (e = registrations_new(&s->registrations)) != OK ||
        (e = lines_new(conf_text(s->conf, "scout-socket"), &s->lines)) != OK)
        return e;
    s->prover = (struct prover){.roster = s->roster,
                                .registrations = s->registrations,
                                .ask = ask_directory,
                                .directory = s->directory,
                                .keyholder = lines_ask,
                                .keyholder_arg = s->lines};
    people_conf_rules(s->people_conf, &s->prover.rules);
    if (s->prover.rules.badge_alone)
        log_warn("badge_alone", "why=a badge can be copied and then signs in as its person%s",
                 strcmp(conf_text(s->conf, "fast-release"), "no") != 0 ? ", and prints what that person has" : "");
    return OK;
}

enum err ports_make_people(struct scout *s)
{
    const struct sessions_opts sessions = {.max = SESSIONS_MAX,
                                           .person_max = SESSIONS_PERSON_MAX,
                                           .idle_ms = (uint64_t)conf_number(s->conf, "session-idle-s") * 1000,
                                           .longest_ms = SESSION_LONGEST_MS,
                                           .ended = session_ended,
                                           .arg = s};
    enum err e;

    if ((e = make_directory(s)) != OK || (e = make_prover(s)) != OK ||
        (e = sessions_new(&sessions, &s->sessions)) != OK ||
        (e = delegates_new(&(struct delegates_keyholder){.ask = ask_on_loop, .arg = s}, &s->delegates)) != OK)
        return e;
    if ((e = workers_new(s->loop, DIRECTORY_THREADS, SIGN_INS_WAITING_MAX, &s->workers)) != OK)
        return e;
    return signin_new(&(struct signin_opts){.loop = s->loop,
                                            .workers = s->workers,
                                            .check = check,
                                            .prover = &s->prover,
                                            .roster = s->roster,
                                            .answer_within_ms = SIGN_IN_ANSWER_MS,
                                            .refuse_after_ms = SIGN_IN_REFUSE_MS,
                                            .audit = ports_audit,
                                            .arg = s},
                      &s->signin);
}
