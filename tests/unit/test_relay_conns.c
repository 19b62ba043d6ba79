/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: neither strangers nor one node can use them up. Deadlines are tried on the running relay. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/conns.h"
#include "tests/unit/cmocka_test.h"

#define MAX 64

struct world {
    struct loop *loop;
    struct conns *conns;
    struct conn *all[MAX];
    int ends[MAX][2]; /* ours, and what stands for the client */
    size_t len;
};

static const struct id SITE = {{1}}, OTHER_SITE = {{2}}, ALICE = {{3}}, BOB = {{4}};
static struct world world;

static int set_up(void **state)
{
    world = (struct world){0};
    *state = &world;
    return loop_new(&world.loop) == OK && conns_new(world.loop, MAX, &world.conns) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < world.len; i++) {
        conns_remove(world.conns, world.all[i]);
        close(world.ends[i][0]);
        close(world.ends[i][1]);
    }
    conns_free(world.conns);
    loop_free(world.loop);
    return 0;
}

static struct conn *come(struct world *w)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, w->ends[w->len]), 0);
    w->all[w->len] = conns_add(w->conns, w->ends[w->len][0]);
    assert_non_null(w->all[w->len]);
    return w->all[w->len++];
}

/* Does the client see that it was shut out? */
static int is_cut(const struct world *w, size_t i)
{
    char byte;

    return read(w->ends[i][1], &byte, 1) == 0;
}

static void when_too_many_strangers_are_here_the_oldest_goes(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < MAX / 4; i++)
        come(w);
    assert_false(is_cut(w, 0));
    come(w);
    assert_true(is_cut(w, 0));
    assert_false(is_cut(w, 1));
    come(w);
    assert_true(is_cut(w, 1));
}

static void a_known_client_is_not_cut_for_strangers(void **state)
{
    struct world *w = *state;
    struct conn *known = come(w);

    conns_trust(w->conns, known, SITE, ALICE);
    conns_enter(w->conns, known, CONN_REQUEST);
    conns_enter(w->conns, known, CONN_IDLE);
    for (size_t i = 0; i < MAX / 2; i++)
        come(w);
    assert_false(is_cut(w, 0));
    assert_true(is_cut(w, 1));
}

static void a_stranger_gains_no_time_by_sending_headers(void **state)
{
    struct world *w = *state;
    struct conn *first = come(w);
    uint64_t due = first->due_boot_ms;

    conns_enter(w->conns, first, CONN_REQUEST);
    conns_enter(w->conns, first, CONN_WAITING);
    assert_int_equal(first->phase, CONN_STRANGER);
    assert_int_equal(first->due_boot_ms, due);
}

static void when_one_node_has_too_many_its_oldest_goes_and_nobody_elses(void **state)
{
    struct world *w = *state;

    conns_trust(w->conns, come(w), SITE, BOB);
    conns_trust(w->conns, come(w), OTHER_SITE, ALICE);
    for (size_t i = 0; i < CONNS_PER_OWNER; i++) {
        struct conn *c = come(w);

        conns_trust(w->conns, c, SITE, ALICE);
        conns_trust(w->conns, c, SITE, ALICE);
        conns_enter(w->conns, c, CONN_WAITING);
    }
    assert_false(is_cut(w, 2));
    conns_trust(w->conns, come(w), SITE, ALICE);
    assert_true(is_cut(w, 2));
    assert_false(is_cut(w, 0));
    assert_false(is_cut(w, 1));
    assert_false(is_cut(w, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(when_too_many_strangers_are_here_the_oldest_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_known_client_is_not_cut_for_strangers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stranger_gains_no_time_by_sending_headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_one_node_has_too_many_its_oldest_goes_and_nobody_elses, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
