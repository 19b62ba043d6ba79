/* SPDX-License-Identifier: Apache-2.0 */
/* The client against a keyholder that misbehaves: a thread that plays one scripted answer for each connection. */
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "proto/keyholder.h"
#include "tests/unit/hostile.h"
#include "tests/unit/scratch.h"

#define SCRIPT_MAX 4

struct turn {              /* one connection */
    int hang_up_at_once;   /* before anything was read */
    int answers;           /* how many questions are answered before it hangs up; the last may get no answer */
    int swallow;           /* read one question more and hang up without an answer */
    const uint8_t *answer; /* bytes, frame and all */
    size_t answer_len;
};

struct keyholder {
    struct scratch *scratch;
    char path[256];
    int listener;
    pthread_t thread;
    sem_t hung_up; /* once for each connection that it ended */
    struct turn turns[SCRIPT_MAX];
    size_t turns_len;
    size_t asked; /* questions that came whole; read after the thread has ended */
    uint8_t last_op;
};

static int take_question(struct keyholder *k, int fd)
{
    uint8_t head[5] = {0}, rest[256];
    uint32_t len;
    struct rbuf b = rbuf_of(head, 4);

    if (recv(fd, head, 5, MSG_WAITALL) != 5 || rbuf_u32(&b, &len) != OK)
        return 0;
    for (len--; len > 0;) {
        ssize_t n = recv(fd, rest, len < sizeof rest ? len : sizeof rest, 0);

        if (n <= 0)
            return 0;
        len -= (uint32_t)n;
    }
    k->asked++;
    k->last_op = head[4];
    return 1;
}

static void *serve(void *arg)
{
    struct keyholder *k = arg;

    for (size_t i = 0; i < k->turns_len; i++) {
        const struct turn *t = &k->turns[i];
        int fd = accept(k->listener, NULL, NULL);

        for (int n = 0; !t->hang_up_at_once && n < t->answers && take_question(k, fd); n++) {
            if (send(fd, t->answer, t->answer_len, MSG_NOSIGNAL) < 0)
                break;
        }
        if (t->swallow)
            take_question(k, fd);
        close(fd);
        sem_post(&k->hung_up);
    }
    return NULL;
}

static int keyholder_new(void **state)
{
    struct keyholder *k = calloc(1, sizeof *k);
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    if (k == NULL || scratch_new((void **)&k->scratch) != 0)
        return -1;
    if (sem_init(&k->hung_up, 0, 0) != 0)
        return -1;
    scratch_path(k->scratch, "socket", k->path);
    strcpy(a.sun_path, k->path);
    k->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (k->listener < 0 || bind(k->listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(k->listener, 8) != 0)
        return -1;
    *state = k;
    return 0;
}

static int keyholder_free(void **state)
{
    struct keyholder *k = *state;

    close(k->listener);
    sem_destroy(&k->hung_up);
    scratch_free((void **)&k->scratch);
    free(k);
    return 0;
}

static void start(struct keyholder *k, const struct turn *turns, size_t count)
{
    memcpy(k->turns, turns, count * sizeof *turns);
    k->turns_len = count;
    assert_int_equal(pthread_create(&k->thread, NULL, serve, k), 0);
}

/* End the client, then the script: what it saw may be read. */
static void finish(struct keyholder *k, struct kh_client *c)
{
    kh_close(c);
    assert_int_equal(pthread_join(k->thread, NULL), 0);
}

static const uint8_t YES[] = {0, 0, 0, 3, 0, 'o', 'k'};
static const uint8_t NO[] = {0, 0, 0, 7, ERR_REFUSED, 0, 4, 'b', 'u', 's', 'y'};

static void nobody_there_is_said_at_once(void **state)
{
    struct keyholder *k = *state;
    struct kh_client *c = NULL;

    assert_int_equal(unlink(k->path), 0);
    assert_int_equal(kh_connect(k->path, &c), ERR_UNREACHABLE);
    assert_null(c);
}

static void a_path_that_fits_no_socket_is_refused(void **state)
{
    struct kh_client *c = NULL;
    char path[200];

    (void)state;
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(kh_connect(path, &c), ERR_LIMIT);
}

static void answers_that_are_none_are_refused_and_the_connection_given_up(void **state)
{
    static const uint8_t empty[] = {0, 0, 0, 0}, endless[] = {0, 1, 0, 1, 0}, unknown[] = {0, 0, 0, 3, 200, 0, 0},
                         no_sentence[] = {0, 0, 0, 1, ERR_REFUSED},
                         long_sentence[] = {0, 0, 0, 4, ERR_REFUSED, 0, 9, 'x'},
                         two_lines[] = {0, 0, 0, 4, ERR_REFUSED, 0, 1, '\n'};
    const struct {
        const uint8_t *bytes;
        size_t len;
    } bad[] = {{empty, sizeof empty},
               {endless, sizeof endless},
               {unknown, sizeof unknown},
               {no_sentence, sizeof no_sentence},
               {long_sentence, sizeof long_sentence},
               {two_lines, sizeof two_lines}};
    struct keyholder *k = *state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct turn t = {.answers = 1, .answer = bad[i].bytes, .answer_len = bad[i].len};
        struct kh_client *c = NULL;
        uint8_t answer[KH_FRAME_MAX];
        size_t len;

        start(k, &t, 1);
        assert_int_equal(kh_connect(k->path, &c), OK);
        assert_int_equal(kh_ask(c, KH_BULLETIN, NULL, 0, answer, &len, NULL, 0), ERR_PEER);
        finish(k, c);
    }
}

static void an_answer_cut_at_any_byte_is_no_answer(void **state)
{
    struct keyholder *k = *state;

    for (size_t cut = 0; cut < sizeof YES; cut++) {
        struct turn t = {.answers = 1, .answer = YES, .answer_len = cut};
        struct kh_client *c = NULL;
        uint8_t answer[KH_FRAME_MAX];
        size_t len;

        start(k, &t, 1);
        assert_int_equal(kh_connect(k->path, &c), OK);
        assert_int_equal(kh_ask(c, KH_BULLETIN, NULL, 0, answer, &len, NULL, 0), ERR_UNREACHABLE);
        finish(k, c);
    }
}

static void a_grant_whose_answer_was_lost_is_not_asked_again(void **state)
{
    struct keyholder *k = *state;
    const struct turn turns[] = {{.swallow = 1}};
    struct kh_client *c = NULL;
    uint8_t answer[KH_FRAME_MAX];
    size_t len;

    start(k, turns, 1);
    assert_int_equal(kh_connect(k->path, &c), OK);
    assert_int_equal(kh_ask(c, KH_GRANT, "body", 4, answer, &len, NULL, 0), ERR_UNREACHABLE);
    finish(k, c);
    assert_int_equal(k->asked, 1);
    assert_int_equal(k->last_op, KH_GRANT);
}

static void a_keyholder_that_was_restarted_between_two_questions_is_found_again(void **state)
{
    struct keyholder *k = *state;
    const struct turn turns[] = {{.answers = 1, .answer = YES, .answer_len = sizeof YES},
                                 {.answers = 1, .answer = YES, .answer_len = sizeof YES}};
    struct kh_client *c = NULL;
    uint8_t answer[KH_FRAME_MAX];
    size_t len;

    start(k, turns, 2);
    assert_int_equal(kh_connect(k->path, &c), OK);
    assert_int_equal(kh_ask(c, KH_BULLETIN, NULL, 0, answer, &len, NULL, 0), OK);
    assert_int_equal(sem_wait(&k->hung_up), 0); /* it was restarted while nobody asked */
    assert_int_equal(kh_ask(c, KH_GRANT, "body", 4, answer, &len, NULL, 0), OK);
    finish(k, c);
    assert_int_equal(k->asked, 2);
}

static void a_refusal_comes_with_its_sentence(void **state)
{
    struct keyholder *k = *state;
    const struct turn turns[] = {{.answers = 3, .answer = NO, .answer_len = sizeof NO}};
    struct kh_client *c = NULL;
    uint8_t answer[KH_FRAME_MAX];
    size_t len = 77;
    char why[64] = "old", tiny[3];

    start(k, turns, 1);
    assert_int_equal(kh_connect(k->path, &c), OK);
    assert_int_equal(kh_ask(c, KH_GRANT, NULL, 0, answer, &len, why, sizeof why), ERR_REFUSED);
    assert_string_equal(why, "busy");
    assert_int_equal(len, 77);
    assert_int_equal(kh_ask(c, KH_GRANT, NULL, 0, answer, &len, tiny, sizeof tiny), ERR_REFUSED);
    assert_string_equal(tiny, "bu");
    assert_int_equal(kh_ask(c, KH_GRANT, NULL, 0, answer, &len, NULL, 0), ERR_REFUSED);
    finish(k, c);
}

static void an_answer_is_handed_over_whole(void **state)
{
    struct keyholder *k = *state;
    const struct turn turns[] = {{.answers = 2, .answer = YES, .answer_len = sizeof YES}};
    static const uint8_t body[KH_FRAME_MAX];
    struct kh_client *c = NULL;
    uint8_t answer[KH_FRAME_MAX];
    size_t len;

    start(k, turns, 1);
    assert_int_equal(kh_connect(k->path, &c), OK);
    assert_int_equal(kh_ask(c, KH_DESCRIBE, body, sizeof body, answer, &len, NULL, 0), ERR_LIMIT);
    assert_int_equal(kh_ask(c, KH_DESCRIBE, body, sizeof body - 1, answer, &len, NULL, 0), OK);
    assert_int_equal(len, 2);
    assert_memory_equal(answer, "ok", 2);
    assert_int_equal(kh_ask(c, KH_CLOSE, NULL, 0, NULL, NULL, NULL, 0), ERR_PEER); /* an answer where none is due */
    finish(k, c);
}

static void a_keyholder_that_says_nothing_is_given_up_after_five_seconds(void **state)
{
    struct keyholder *k = *state; /* the kernel accepts, nobody reads */
    struct kh_client *c = NULL;
    uint8_t answer[KH_FRAME_MAX];
    uint64_t before = clock_mono_us();
    size_t len;

    assert_int_equal(kh_connect(k->path, &c), OK);
    assert_int_equal(kh_ask(c, KH_BULLETIN, NULL, 0, answer, &len, NULL, 0), ERR_TIMEOUT);
    assert_in_range(clock_mono_us() - before, 4900000, 8000000);
    kh_close(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, keyholder_new, keyholder_free)
    const struct CMUnitTest tests[] = {
        TEST(nobody_there_is_said_at_once),
        TEST(a_path_that_fits_no_socket_is_refused),
        TEST(answers_that_are_none_are_refused_and_the_connection_given_up),
        TEST(an_answer_cut_at_any_byte_is_no_answer),
        TEST(a_grant_whose_answer_was_lost_is_not_asked_again),
        TEST(a_keyholder_that_was_restarted_between_two_questions_is_found_again),
        TEST(a_refusal_comes_with_its_sentence),
        TEST(an_answer_is_handed_over_whole),
        TEST(a_keyholder_that_says_nothing_is_given_up_after_five_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
