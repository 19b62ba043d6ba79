/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: what is forgotten never calls again, timers keep their order, signals end it cleanly. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tests/unit/child.h"

struct world {
    struct loop *loop;
    int pipes[2][2];
    char seen[64]; /* one letter per call, in order */
    uint64_t timer;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL || loop_new(&w->loop) != OK || pipe(w->pipes[0]) != 0 || pipe(w->pipes[1]) != 0)
        return -1;
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;

    loop_free(w->loop);
    for (int i = 0; i < 4; i++)
        close(w->pipes[i / 2][i % 2]);
    free(w);
    return 0;
}

static void see(struct world *w, char what)
{
    size_t n = strlen(w->seen);

    if (n + 1 < sizeof w->seen)
        w->seen[n] = what;
}

static void see_a(void *arg)
{
    see(arg, 'a');
}

static void see_b(void *arg)
{
    see(arg, 'b');
}

static void see_c(void *arg)
{
    see(arg, 'c');
}

static void stop(void *arg)
{
    struct world *w = arg;

    see(w, '.');
    loop_stop(w->loop);
}

static void see_read(void *arg, int fd, uint32_t events)
{
    char byte;

    see(arg, (events & EPOLLIN) != 0 && read(fd, &byte, 1) == 1 ? byte : '!');
}

/* Whichever of the two pipes calls first forgets both: the other's event is in the same batch already. */
static void forget_both(void *arg, int fd, uint32_t events)
{
    struct world *w = arg;

    (void)fd;
    (void)events;
    see(w, 'x');
    loop_forget(w->loop, w->pipes[0][0]);
    loop_forget(w->loop, w->pipes[1][0]);
}

static void see_stale(void *arg, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    see(arg, '!');
}

/* Empty both pipes, forget both and watch both again: the other's old event must not reach its new watch. */
static void swap_both(void *arg, int fd, uint32_t events)
{
    struct world *w = arg;
    char byte;

    forget_both(arg, fd, events);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read(w->pipes[i][0], &byte, 1), 1);
        assert_int_equal(loop_watch(w->loop, w->pipes[i][0], EPOLLIN, see_stale, w), OK);
    }
}

static void a_descriptor_is_not_watched_twice(void **state)
{
    struct world *w = *state;

    assert_int_equal(loop_watch(w->loop, w->pipes[0][0], EPOLLIN, see_read, w), OK);
    assert_int_equal(loop_watch(w->loop, w->pipes[0][0], EPOLLIN, see_read, w), ERR_EXISTS);
    assert_int_equal(loop_watch(w->loop, -1, EPOLLIN, see_read, w), ERR_IO);
    assert_int_equal(loop_watch(w->loop, 1000, EPOLLIN, see_read, w), ERR_IO); /* not open */
    loop_forget(w->loop, w->pipes[0][1]);
    loop_forget(w->loop, -1);
    loop_forget(w->loop, 1 << 20);
}

static void a_forgotten_descriptor_never_calls_even_from_the_same_batch(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(write(w->pipes[i][1], "r", 1), 1);
        assert_int_equal(loop_watch(w->loop, w->pipes[i][0], EPOLLIN, forget_both, w), OK);
    }
    assert_int_equal(loop_after(w->loop, 5, stop, w, NULL), OK);
    assert_int_equal(loop_run(w->loop), OK);
    assert_string_equal(w->seen, "x.");
}

static void an_old_event_does_not_reach_a_new_watch_of_the_same_number(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(write(w->pipes[i][1], "r", 1), 1);
        assert_int_equal(loop_watch(w->loop, w->pipes[i][0], EPOLLIN, swap_both, w), OK);
    }
    assert_int_equal(loop_after(w->loop, 5, stop, w, NULL), OK);
    assert_int_equal(loop_run(w->loop), OK);
    assert_string_equal(w->seen, "x.");
}

static void cancel_c(void *arg)
{
    struct world *w = arg;

    see(w, 'k');
    loop_cancel(w->loop, w->timer);
}

static void a_timer_cancelled_by_another_due_at_once_never_calls(void **state)
{
    struct world *w = *state;

    assert_int_equal(loop_after(w->loop, 1, cancel_c, w, NULL), OK);
    assert_int_equal(loop_after(w->loop, 1, see_c, w, &w->timer), OK);
    assert_int_equal(loop_after(w->loop, 5, stop, w, NULL), OK);
    loop_cancel(w->loop, 999);
    assert_int_equal(loop_run(w->loop), OK);
    assert_string_equal(w->seen, "k.");
}

static void again(void *arg)
{
    struct world *w = arg;

    if (strlen(w->seen) < 40) {
        see(w, 't');
        assert_int_equal(loop_after(w->loop, 0, again, w, NULL), OK);
    }
}

static void a_timer_of_no_time_that_starts_itself_starves_no_descriptor(void **state)
{
    struct world *w = *state;

    assert_int_equal(write(w->pipes[0][1], "r", 1), 1);
    assert_int_equal(loop_watch(w->loop, w->pipes[0][0], EPOLLIN, see_read, w), OK);
    assert_int_equal(loop_after(w->loop, 0, again, w, NULL), OK);
    assert_int_equal(loop_after(w->loop, 20, stop, w, NULL), OK);
    assert_int_equal(loop_run(w->loop), OK);
    assert_non_null(strchr(w->seen, 'r'));
    assert_true(strchr(w->seen, 'r') - w->seen <= 2);
}

static void timers_call_in_the_order_of_their_times(void **state)
{
    struct world *w = *state;
    uint64_t start, timers[5] = {0};

    do { /* once more if the machine stalled in between: then they are due in another order */
        for (size_t i = 0; i < 5; i++)
            loop_cancel(w->loop, timers[i]);
        start = clock_boot_ms();
        assert_int_equal(loop_after(w->loop, UINT64_MAX, see_a, w, &timers[0]), OK); /* in 292 years */
        assert_int_equal(loop_after(w->loop, 15, stop, w, &timers[1]), OK);
        assert_int_equal(loop_after(w->loop, 10, see_c, w, &timers[2]), OK);
        assert_int_equal(loop_after(w->loop, 1, see_a, w, &timers[3]), OK);
        assert_int_equal(loop_after(w->loop, 5, see_b, w, &timers[4]), OK);
        assert_true(timers[1] > timers[0] && timers[0] > 0);
    } while (clock_boot_ms() - start >= 4);
    assert_int_equal(loop_run(w->loop), OK);
    assert_string_equal(w->seen, "abc.");
    assert_true(clock_boot_ms() - start >= 15);
}

static void a_thousand_timers_in_any_order_call_in_theirs(void **state)
{
    struct world *w = *state;
    uint64_t numbers[1000];

    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(loop_after(w->loop, i * 7919 % 1000 / 100, i % 2 ? see_a : see_b, w, &numbers[i]), OK);
    for (size_t i = 1; i < 1000; i += 2) /* all that would call see_a */
        loop_cancel(w->loop, numbers[i]);
    for (size_t i = 20; i < 1000; i += 2)
        loop_cancel(w->loop, numbers[i]);
    assert_int_equal(loop_after(w->loop, 12, stop, w, NULL), OK);
    assert_int_equal(loop_run(w->loop), OK);
    assert_string_equal(w->seen, "bbbbbbbbbb.");
}

static void stop_from_a_post(void *arg)
{
    stop(arg);
}

static void *post_from_a_thread(void *arg)
{
    struct world *w = arg;
    intptr_t bad = 0;

    bad += loop_post(w->loop, see_a, w) != OK;
    bad += loop_post(w->loop, see_b, w) != OK;
    bad += loop_post(w->loop, see_c, w) != OK;
    bad += loop_post(w->loop, stop_from_a_post, w) != OK;
    bad += loop_post(w->loop, see_a, w) != OK; /* dropped: the loop has stopped */
    return (void *)bad;
}

static void calls_posted_by_another_thread_come_in_order_and_end_with_the_loop(void **state)
{
    struct world *w = *state;
    pthread_t thread;
    void *bad;

    assert_int_equal(pthread_create(&thread, NULL, post_from_a_thread, w), 0);
    assert_int_equal(loop_run(w->loop), OK);
    assert_int_equal(pthread_join(thread, &bad), 0);
    assert_null(bad);
    assert_string_equal(w->seen, "abc.");
}

/* In a child: SIGHUP calls, SIGPIPE does not kill, the named signal ends the loop. Exit 0 if all of it held. */
static int receive_signals(void *arg)
{
    int ending = *(int *)arg;
    struct world w = {0};

    if (loop_new(&w.loop) != OK || loop_signals(w.loop, see_a, &w) != OK)
        return 1;
    if (loop_signals(w.loop, see_a, &w) != ERR_EXISTS)
        return 2;
    raise(SIGPIPE);
    raise(SIGHUP);
    raise(ending);
    if (loop_run(w.loop) != OK)
        return 3;
    loop_free(w.loop);
    return strcmp(w.seen, "a") == 0 ? 0 : 4; /* SIGHUP is number 1 and comes first */
}

static void sigterm_and_sigint_end_the_loop_and_sighup_does_not(void **state)
{
    (void)state;
    assert_int_equal(child_exit(receive_signals, &(int){SIGTERM}), 0);
    assert_int_equal(child_exit(receive_signals, &(int){SIGINT}), 0);
}

static int receive_hup(void *arg)
{
    struct world w = {0};

    if (loop_new(&w.loop) != OK || loop_signals(w.loop, arg != NULL ? see_a : NULL, &w) != OK)
        return 1;
    raise(SIGHUP);
    if (loop_after(w.loop, 5, stop, &w, NULL) != OK || loop_run(w.loop) != OK)
        return 2;
    loop_free(w.loop);
    return strcmp(w.seen, arg != NULL ? "a." : ".") == 0 ? 0 : 3;
}

static void sighup_calls_its_function_or_is_ignored(void **state)
{
    (void)state;
    assert_int_equal(child_exit(receive_hup, "with a function"), 0);
    assert_int_equal(child_exit(receive_hup, NULL), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_new, world_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_descriptor_is_not_watched_twice),
        IN_WORLD(a_forgotten_descriptor_never_calls_even_from_the_same_batch),
        IN_WORLD(an_old_event_does_not_reach_a_new_watch_of_the_same_number),
        IN_WORLD(a_timer_cancelled_by_another_due_at_once_never_calls),
        IN_WORLD(a_timer_of_no_time_that_starts_itself_starves_no_descriptor),
        IN_WORLD(timers_call_in_the_order_of_their_times),
        IN_WORLD(a_thousand_timers_in_any_order_call_in_theirs),
        IN_WORLD(calls_posted_by_another_thread_come_in_order_and_end_with_the_loop),
        cmocka_unit_test(sigterm_and_sigint_end_the_loop_and_sighup_does_not),
        cmocka_unit_test(sighup_calls_its_function_or_is_ignored),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
