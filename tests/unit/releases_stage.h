/* SPDX-License-Identifier: Apache-2.0 */
/* releases_stage: release lines with a keyholder and couriers that are played. */
#ifndef TESTS_UNIT_RELEASES_STAGE_H
#define TESTS_UNIT_RELEASES_STAGE_H

#include "devicescout/jobs/releases.h"
#include "tests/unit/jobs_fixture.h"
#include "tests/unit/played_clock.h"

#define MAX 64

struct stage {
    struct loop *loop;
    struct index *index;
    struct releases *releases;
    enum err granted; /* what the next grants answer */
    int grants;
    size_t options_len;
    int kept;
    char whose[PERSON_SIZE], person[PERSON_SIZE];
    struct id sent[MAX];   /* the nodes that orders went to, */
    struct id orders[MAX]; /* the orders, */
    struct id messages[MAX];
    size_t sent_len;
    struct id cancelled[MAX];
    size_t cancelled_len;
    int hellos_asked;
    int changes;
};

static inline enum err grant(void *arg, const struct grant *g, uint8_t *bytes, size_t *len, struct id *order)
{
    struct stage *s = arg;

    s->options_len = g->options_len;
    s->kept = g->keep;
    memcpy(s->whose, g->whose, sizeof s->whose);
    memcpy(s->person, g->person, sizeof s->person);
    if (s->granted != OK)
        return s->granted;
    *order = id_of(1000 + (uint32_t)s->grants++);
    s->orders[s->sent_len] = *order;
    bytes[0] = 0;
    *len = 1;
    return OK;
}

static inline enum err send(void *arg, struct id node, const uint8_t *bytes, size_t len, struct id *message)
{
    struct stage *s = arg;

    (void)bytes, (void)len;
    *message = id_of(2000 + (uint32_t)s->sent_len);
    s->messages[s->sent_len] = *message;
    s->sent[s->sent_len++] = node;
    return OK;
}

static inline void cancel(void *arg, struct id message)
{
    struct stage *s = arg;

    s->cancelled[s->cancelled_len++] = message;
}

static inline void ask_hello(void *arg, struct id node)
{
    struct stage *s = arg;

    (void)node;
    s->hellos_asked++;
}

static inline void changed(void *arg, struct job *j)
{
    struct stage *s = arg;

    (void)j;
    s->changes++;
}

static inline int make(void **state)
{
    static struct stage s;
    const struct index_limits limits = {1000, 1000};
    struct releases_opts opts = {.grant = grant,
                                 .send = send,
                                 .cancel = cancel,
                                 .ask_hello = ask_hello,
                                 .changed = changed,
                                 .arg = &s,
                                 .answer_ms = 30,
                                 .hello_ms = 20,
                                 .silence_ms = 60,
                                 .standstill_ms = 150,
                                 .turn_ms = 400};

    memset(&s, 0, sizeof s);
    played_clock.step_ms = 1;
    if (loop_new(&s.loop) != OK || index_new(&limits, &s.index) != OK)
        return -1;
    opts.loop = s.loop;
    opts.index = s.index;
    *state = &s;
    return releases_new(&opts, &s.releases) == OK ? 0 : -1;
}

static inline int end(void **state)
{
    struct stage *s = *state;

    releases_free(s->releases);
    index_free(s->index);
    loop_free(s->loop);
    return 0;
}

static const struct printer lobby = {.id = {{1}}, .name = "lobby"}, hall = {.id = {{2}}, .name = "hall"};

static inline enum err release_at(struct stage *s, struct job *j, const struct printer *p)
{
    static const struct options unchanged;

    return releases_ask(
        s->releases,
        &(struct release_ask){
            .job = j, .person = job_person(j), .authentication = BY_PASSWORD, .printer = p, .options = &unchanged});
}

static inline enum release_paper report(struct stage *s, const struct job *j, struct id order, enum job_state state,
                                        enum job_reason reason, int terminal)
{
    const struct report r = {.order = order,
                             .job = j->id,
                             .node = j->origin,
                             .state = (uint8_t)state,
                             .reason = (uint8_t)reason,
                             .terminal = (uint8_t)terminal};

    return releases_report(s->releases, &r);
}

static inline void stop(void *loop)
{
    loop_stop(loop);
}

/* Let this much time go by. */
static inline void pass(struct stage *s, uint64_t ms)
{
    assert_int_equal(loop_after(s->loop, ms, stop, s->loop, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
}

#endif
