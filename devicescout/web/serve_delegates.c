/* SPDX-License-Identifier: Apache-2.0 */
/* serve_delegates: who may release for the person who is signed in, and for whom they may. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/task.h"
#include "devicescout/web/web_state.h"

#define LOOKUP_MS 5000

static const char notice[] = "Whoever you name sees the titles of your held jobs and may release them, with the "
                             "password of those that have one, until the day that you choose. They cannot delete them.";

struct delegate_task {
    struct task task; /* first: it is freed as one */
    struct delegates_keyholder keyholder;
    uint8_t authentication;
    char user[DIRECTORY_NAME_MAX + 1]; /* as typed */
    uint64_t until_unix_ms;
    struct id id;
    char touched[PERSON_SIZE]; /* who may do more or less from now on; "": nobody */
    struct delegates_list list;
};

static json_t *part(const struct delegates_list *l, const char *person, int given)
{
    json_t *list = json_array();
    char id[ID_HEX_SIZE];

    for (size_t i = 0; i < l->len; i++) {
        const struct delegation *d = &l->list[i];

        if ((strcmp(d->from, person) == 0) == given &&
            json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "id", id_text(d->id, id), "person",
                                                  given ? d->to : d->from, "until_unix_ms",
                                                  (json_int_t)d->until_unix_ms)) != 0)
            break;
    }
    return list;
}

static const struct {
    enum err e;
    unsigned status;
    const char *code, *text;
} refusals[] = {
    {ERR_NOTFOUND, MHD_HTTP_NOT_FOUND, "no-such-person", "The directory knows nobody of that name."},
    {ERR_EXISTS, MHD_HTTP_UNPROCESSABLE_CONTENT, "delegate-self", "You may release your own jobs already."},
    {ERR_EXPIRED, MHD_HTTP_UNPROCESSABLE_CONTENT, "until-wrong", "The end is past, or later than is allowed here."},
    {ERR_FULL, MHD_HTTP_CONFLICT, "delegates-full", "One of you has as many delegations as a person may have."},
    {ERR_UNSUPPORTED, MHD_HTTP_FORBIDDEN, "delegates-off", "Nobody releases for others here."},
    {ERR_AUTH, MHD_HTTP_FORBIDDEN, "password-wanted", "Please sign in with your password to name somebody."},
    {ERR_UNREACHABLE, MHD_HTTP_SERVICE_UNAVAILABLE, "directory-down", "The directory does not answer."},
};

static void refuse(struct request *r, enum err e)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].e == e) {
            reply_error(r, refusals[i].status, refusals[i].code, refusals[i].text);
            return;
        }
    }
    reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "That could not be done now. Please try again.");
}

static void answer(struct task *t, struct request *r)
{
    struct delegate_task *d = (struct delegate_task *)t;

    if (d->touched[0] != '\0') {
        web_look_delegates(r->web, d->touched);
        events_person(r->web->events, d->touched);
    }
    if (t->result != OK)
        refuse(r, t->result);
    else
        reply_json(r, MHD_HTTP_OK,
                   json_pack("{s:I, s:s, s:o, s:o}", "days_most", (json_int_t)d->list.days_most, "text", notice,
                             "delegates", part(&d->list, t->person, 1), "for", part(&d->list, t->person, 0)));
}

static void run_read(struct task *t)
{
    struct delegate_task *d = (struct delegate_task *)t;

    t->result = delegates_read(&d->keyholder, t->person, &d->list);
    if (t->result != OK)
        t->result = ERR_TIMEOUT; /* the keyholder's trouble, whatever it is; not the directory's */
}

/* Who is meant, as the directory writes it. */
static enum err look_up(const struct delegate_task *d, char person[static PERSON_SIZE])
{
    const struct prover *p = d->task.prover;
    const struct directory_question q = {
        .kind = DIRECTORY_BY_NAME, .name = d->user, .deadline_boot_ms = clock_boot_ms() + LOOKUP_MS};
    struct directory_person found = {.groups = 0};

    switch (p->ask(p->directory, &q, &found)) {
    case DIRECTORY_YES:
        memcpy(person, found.person, PERSON_SIZE);
        return OK;
    case DIRECTORY_NO:
        return ERR_NOTFOUND;
    default:
        return ERR_UNREACHABLE;
    }
}

static void run_add(struct task *t)
{
    struct delegate_task *d = (struct delegate_task *)t;
    char to[PERSON_SIZE];

    if ((t->result = look_up(d, to)) != OK)
        return;
    t->result = delegates_add(&d->keyholder, t->person, to, d->until_unix_ms, d->authentication);
    if (t->result == ERR_UNREACHABLE)
        t->result = ERR_TIMEOUT;
    if (t->result != OK)
        return;
    memcpy(d->touched, to, sizeof d->touched);
    run_read(t);
}

static const struct delegation *find(const struct delegates_list *l, struct id id)
{
    for (size_t i = 0; i < l->len; i++) {
        if (id_equal(l->list[i].id, id))
            return &l->list[i];
    }
    return NULL;
}

static void run_end(struct task *t)
{
    struct delegate_task *d = (struct delegate_task *)t;
    const struct delegation *found;

    run_read(t);
    if (t->result != OK)
        return;
    if ((found = find(&d->list, d->id)) == NULL) {
        t->result = ERR_NOTFOUND;
        return;
    }
    memcpy(d->touched, found->to, sizeof d->touched);
    if ((t->result = delegates_end(&d->keyholder, d->id, t->person)) == OK)
        run_read(t);
}

/* Only names that nobody has are guesses. */
static void answer_add(struct task *t, struct request *r)
{
    if (t->result != ERR_NOTFOUND)
        tries_take_back(r->web->look_ups, t->person);
    answer(t, r);
}

static void no_such_delegate(struct request *r)
{
    reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-delegate", "You have no such delegation.");
}

static void answer_end(struct task *t, struct request *r)
{
    if (t->result == ERR_NOTFOUND)
        no_such_delegate(r);
    else
        answer(t, r);
}

/* NULL: the answer is set. */
static struct delegate_task *new_task(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    struct delegate_task *d = NULL;

    if (o->delegates == NULL || o->prover == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
        return NULL;
    }
    if ((d = calloc(1, sizeof *d)) == NULL) {
        refuse(r, ERR_NOMEM);
        return NULL;
    }
    d->keyholder = o->delegates_keyholder;
    d->authentication = r->session->authentication;
    d->task.prover = o->prover;
    d->task.end = answer;
    snprintf(d->task.person, sizeof d->task.person, "%s", r->session->person);
    return d;
}

static void start(struct delegate_task *d, struct request *r, void (*run)(struct task *t))
{
    d->task.run = run;
    if (task_start(&d->task, r) != OK)
        refuse(r, ERR_NOMEM); /* too much waits already */
}

void serve_delegates(struct request *r)
{
    struct delegate_task *d = new_task(r);

    if (d != NULL)
        start(d, r, run_read);
}

static int read_wish(struct request *r, struct delegate_task *d)
{
    const char *user;
    json_int_t until;

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s, s:I}", "user", &user, "until_unix_ms", &until) != 0 ||
        user[0] == '\0' || strlen(user) >= sizeof d->user || until < 0) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "user is wanted, a name, and until_unix_ms, a time.");
        return 0;
    }
    snprintf(d->user, sizeof d->user, "%s", user);
    d->until_unix_ms = (uint64_t)until;
    return 1;
}

/* Each name that is typed is a question to the directory. */
static int may_ask(struct request *r)
{
    uint64_t wait_ms;

    if (tries_begin(r->web->look_ups, r->session->person, clock_boot_ms(), &wait_ms) == OK)
        return 1;
    reply_json(r, MHD_HTTP_TOO_MANY_REQUESTS,
               json_pack("{s:s, s:s, s:I}", "error", "too-often", "text", "Too many tries. Please wait a moment.",
                         "wait_s", (json_int_t)((wait_ms + 999) / 1000)));
    return 0;
}

void serve_delegate_add(struct request *r)
{
    struct delegate_task *d = new_task(r);

    if (d == NULL)
        return;
    /* The keyholder says so too; here it costs no question to the directory. */
    if (d->authentication != BY_PASSWORD)
        refuse(r, ERR_AUTH);
    else if (read_wish(r, d) && may_ask(r)) {
        d->task.end = answer_add;
        start(d, r, run_add);
        return;
    }
    free(d);
}

void serve_delegate_end(struct request *r)
{
    struct delegate_task *d = new_task(r);

    if (d == NULL)
        return;
    if (id_read(r->parameter, &d->id) != OK) {
        no_such_delegate(r);
        free(d);
        return;
    }
    d->task.end = answer_end;
    start(d, r, run_end);
}
