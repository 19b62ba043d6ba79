/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of a shared queue at the device scout; nodes, sign-ins and the link are played here. */
#include "devicescout/questions.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/nodekeys.h"
#include "devicescout/jobs/nodes.h"
#include "proto/question.h"
#include "tests/unit/cmocka_test.h"

#define FLOOD 10000

static struct {
    struct scout scout;
    struct questions *questions;
    struct node node;
    size_t started, answers;
    uint64_t last;
    signin_fn *fn;
    void *arg;
    link_ack_fn *on_ack;
    void *on_ack_arg;
} w;

static const struct id MESSAGE = {{1}};

struct node *nodes_find(struct nodes *n, struct id id)
{
    (void)n;
    return id_equal(id, w.node.peer.node) ? &w.node : NULL;
}

enum err signin_start(struct signin *s, const struct proof *p, signin_fn *fn, void *arg, uint64_t *number)
{
    (void)s, (void)p;
    w.started++;
    w.fn = fn;
    w.arg = arg;
    *number = ++w.last;
    return OK;
}

void signin_forget(struct signin *s, uint64_t number)
{
    (void)s, (void)number;
}

enum err link_send(struct link *l, const struct link_peer *to, enum message_type type, const uint8_t *body, size_t len,
                   link_ack_fn *on_ack, void *arg, struct id *out)
{
    (void)l, (void)to, (void)type, (void)body, (void)len;
    w.answers++;
    w.on_ack = on_ack; /* a test acknowledges it, or does not */
    w.on_ack_arg = arg;
    *out = MESSAGE;
    return OK;
}

void link_cancel(struct link *l, struct id message)
{
    (void)l, (void)message;
}

static int make(void **state)
{
    (void)state;
    if (crypto_start() != OK)
        return -1;
    memset(&w, 0, sizeof w);
    w.node = (struct node){.peer.node = {{5}}, .introduced = 1, .roles = ROLE_ORIGIN};
    w.scout.site_id = (struct id){{4}};
    if (node_keys_new(&w.scout.keys) != OK || loop_new(&w.scout.loop) != OK)
        return -1;
    return questions_new(&w.scout, &w.questions) == OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    questions_free(w.questions);
    loop_free(w.scout.loop);
    node_keys_free(w.scout.keys);
    return 0;
}

/* A question of this node's, as it comes from the node that is played. */
static enum err ask(struct id site, struct id node)
{
    struct question *q = secret_new(sizeof *q);
    uint8_t plain[QUESTION_LEN], body[QUESTION_BODY_LEN];
    struct message m = {.type = MSG_QUESTION, .sender = w.node.peer.node, .body = body, .body_len = sizeof body};
    size_t len = 0;

    assert_non_null(q);
    q->site = site;
    q->node = node;
    strcpy(q->address, "192.0.2.7");
    strcpy(q->name, "alice");
    strcpy(q->password, "spring2026");
    assert_int_equal(question_write(q, plain), OK);
    secret_random(body, ID_LEN);
    assert_int_equal(envelope_seal(w.scout.keys->box_public, plain, sizeof plain, body + ID_LEN, &len), OK);
    assert_int_equal(len, QUESTION_SEALED_LEN);
    secret_free(q);
    return questions_take(w.questions, &m, &w.node.peer);
}

static enum err ask_for_itself(void)
{
    return ask(w.scout.site_id, w.node.peer.node);
}

static void a_node_that_never_acknowledges_holds_no_more_than_its_share_of_memory(void **state)
{
    size_t taken = 0;

    (void)state;
    for (int i = 0; i < FLOOD; i++) {
        const size_t before = w.started;
        const enum err e = ask_for_itself();

        assert_true(e == OK || e == ERR_LIMIT);
        taken += e == OK;
        if (w.started > before)
            w.fn(w.arg, &(struct proven){.outcome = PROOF_NO});
    }
    assert_in_range(taken, QUESTIONS_MAX, 2 * QUESTIONS_MAX);
    assert_int_equal(w.answers, taken);
    w.node.peer.node = (struct id){{6}}; /* another one is heard */
    assert_int_equal(ask_for_itself(), OK);
}

static void a_question_that_was_caught_elsewhere_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ask(w.scout.site_id, (struct id){{6}}), ERR_REFUSED);
    assert_int_equal(ask((struct id){{3}}, w.node.peer.node), ERR_REFUSED);
    assert_int_equal(w.started, 0);
    assert_int_equal(ask_for_itself(), OK); /* the control */
    assert_int_equal(w.started, 1);
}

static void a_node_of_one_persons_asks_for_nobody(void **state)
{
    (void)state;
    strcpy(w.node.person, "alice");
    assert_int_equal(ask_for_itself(), ERR_REFUSED);
    w.node.person[0] = '\0';
    w.node.roles = ROLE_DELIVER;
    assert_int_equal(ask_for_itself(), ERR_REFUSED);
    w.node.roles = ROLE_ORIGIN;
    w.node.introduced = 0;
    assert_int_equal(ask_for_itself(), ERR_STATE);
    assert_int_equal(w.started, 0);
}

static void guesses_of_a_node_for_whomever_are_slowed_down_and_right_ones_are_not(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(ask_for_itself(), OK);
        w.fn(w.arg, &(struct proven){.outcome = PROOF_YES, .person = "alice"});
        w.on_ack(w.on_ack_arg, MESSAGE, OK);
    }
    assert_int_equal(w.started, 100);
    for (int i = 0; i < 100; i++) {
        const size_t before = w.started;

        assert_int_equal(ask_for_itself(), OK);
        if (w.started > before)
            w.fn(w.arg, &(struct proven){.outcome = PROOF_NO});
        w.on_ack(w.on_ack_arg, MESSAGE, OK);
    }
    assert_in_range(w.started, 160, 162);
    assert_int_equal(w.answers, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_node_that_never_acknowledges_holds_no_more_than_its_share_of_memory, make,
                                        end),
        cmocka_unit_test_setup_teardown(a_question_that_was_caught_elsewhere_is_refused, make, end),
        cmocka_unit_test_setup_teardown(a_node_of_one_persons_asks_for_nobody, make, end),
        cmocka_unit_test_setup_teardown(guesses_of_a_node_for_whomever_are_slowed_down_and_right_ones_are_not, make,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
