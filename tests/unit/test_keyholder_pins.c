/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/cmocka_test.h"
#include "tests/unit/keyholder_fixture.h"

static size_t evaluated; /* how often Argon2 ran for a try */

static enum pin_verdict guess(struct pins *p, const char *person, const char *pin, uint64_t now_ms)
{
    struct pin_try t;
    enum pin_verdict verdict;
    uint64_t wait_ms;

    assert_int_equal(pins_begin_try(p, person, pin, now_ms, &t, &verdict, &wait_ms), OK);
    if (verdict != PIN_RIGHT)
        return verdict;
    evaluated++;
    pin_try_run(&t);
    assert_int_equal(pins_end_try(p, &t, &verdict), OK);
    return verdict;
}

static void set(struct pins *p, const char *person, const char *pin)
{
    struct pin_try t;

    assert_int_equal(pins_begin_set(p, person, pin, &t), OK);
    pin_try_run(&t);
    assert_int_equal(pins_end_set(p, &t), OK);
}

/* As after kill -9: the file is all that is left. */
static void restart(struct site *s, uint64_t now_ms)
{
    pins_free(s->k->pins);
    s->k->pins = NULL;
    assert_int_equal(pins_open(s->k->dirfd, s->k->pepper, now_ms, &s->k->pins), OK);
}

static enum err ask_pin(struct site *s, enum kh_op op, const char *person, const char *pin, const struct id *printer)
{
    uint8_t body[512];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_text16(&b, person), OK);
    if (pin != NULL)
        assert_int_equal(wbuf_text16(&b, pin), OK);
    if (printer != NULL)
        assert_int_equal(wbuf_id(&b, *printer), OK);
    return ask_scout(s, op, body, b.len);
}

static enum pin_verdict check(struct site *s, const char *person, const char *pin)
{
    assert_int_equal(ask_pin(s, KH_PIN_CHECK, person, pin, &s->colour), OK);
    assert_int_equal(s->answer_len, 5);
    return (enum pin_verdict)s->answer[0];
}

static void of_a_hundred_thousand_guesses_ten_are_evaluated(void **state)
{
    struct site *s = *state;
    uint64_t now = 1000000;
    char pin[12];

    set(s->k->pins, "alice", "738215");
    evaluated = 0;
    for (int i = 0; i < 100000; i++) {
        snprintf(pin, sizeof pin, "%06d", i);
        assert_int_not_equal(guess(s->k->pins, "alice", pin, now), PIN_RIGHT);
        now += 3600000; /* however patient */
    }
    assert_int_equal(evaluated, 10);
    assert_int_equal(guess(s->k->pins, "alice", "738215", now), PIN_LOCKED);
}

static void a_restart_between_guesses_gives_no_guess_back(void **state)
{
    struct site *s = *state;
    uint64_t now = 1000000;

    set(s->k->pins, "alice", "738215");
    evaluated = 0;
    for (int i = 0; i < 200; i++) {
        guess(s->k->pins, "alice", "000001", now);
        now += 3600000;
        restart(s, now);
        now += 3600000;
    }
    assert_int_equal(evaluated, 10);
    assert_int_equal(guess(s->k->pins, "alice", "738215", now), PIN_LOCKED);
}

static void a_guess_that_was_killed_before_its_end_is_counted(void **state)
{
    struct site *s = *state;
    struct pin_try t;
    enum pin_verdict verdict;
    uint64_t now = 1000000, wait_ms;

    set(s->k->pins, "alice", "738215");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(pins_begin_try(s->k->pins, "alice", "000001", now, &t, &verdict, &wait_ms), OK);
        assert_int_equal(verdict, PIN_RIGHT); /* may be evaluated */
        now += 3600000;
        restart(s, now);
        now += 3600000;
    }
    assert_int_equal(pins_begin_try(s->k->pins, "alice", "738215", now, &t, &verdict, &wait_ms), OK);
    assert_int_equal(verdict, PIN_LOCKED);
}

static void guesses_at_once_count_as_many(void **state)
{
    struct site *s = *state;
    struct pin_try tries[16];
    enum pin_verdict verdict;
    uint64_t wait_ms;
    size_t begun = 0;

    set(s->k->pins, "alice", "738215");
    for (int i = 0; i < 16; i++) {
        assert_int_equal(pins_begin_try(s->k->pins, "alice", "000001", 1000000, &tries[begun], &verdict, &wait_ms), OK);
        begun += verdict == PIN_RIGHT;
    }
    assert_int_equal(begun, 3); /* two are free, after the third one waits */
    assert_int_equal(verdict, PIN_WAIT);
    assert_int_equal(wait_ms, 1000);
    for (size_t i = 0; i < begun; i++) {
        pin_try_run(&tries[i]);
        assert_int_equal(pins_end_try(s->k->pins, &tries[i], &verdict), OK);
        assert_int_equal(verdict, PIN_WRONG);
    }
}

static void a_restart_does_not_shorten_the_wait(void **state)
{
    struct site *s = *state;
    uint64_t now = 1000000;

    set(s->k->pins, "alice", "738215");
    for (int i = 0; i < 7; i++, now += 3600000)
        guess(s->k->pins, "alice", "000001", now);
    restart(s, now);
    assert_int_equal(guess(s->k->pins, "alice", "738215", now + 15999), PIN_WAIT);
    assert_int_equal(guess(s->k->pins, "alice", "738215", now + 16000), PIN_RIGHT);
}

static void a_try_at_a_pin_that_was_changed_meanwhile_is_wrong(void **state)
{
    struct site *s = *state;
    struct pin_try t;
    enum pin_verdict verdict;
    uint64_t wait_ms;

    set(s->k->pins, "alice", "738215");
    assert_int_equal(pins_begin_try(s->k->pins, "alice", "738215", 1000000, &t, &verdict, &wait_ms), OK);
    pin_try_run(&t);
    set(s->k->pins, "alice", "915264");
    assert_int_equal(pins_end_try(s->k->pins, &t, &verdict), OK);
    assert_int_equal(verdict, PIN_WRONG);
    assert_int_equal(guess(s->k->pins, "alice", "915264", 1000000), PIN_RIGHT);
}

static void a_disk_that_does_not_count_evaluates_nothing(void **state)
{
    struct site *s = *state;
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
    struct rlimit before;
    struct pin_try t;
    enum pin_verdict verdict;
    uint64_t wait_ms;

    set(s->k->pins, "alice", "738215");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(pins_begin_try(s->k->pins, "alice", "738215", 1000000, &t, &verdict, &wait_ms), ERR_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    /* and what failed once is not taken for whole again */
    assert_int_equal(pins_begin_try(s->k->pins, "alice", "738215", 1000000, &t, &verdict, &wait_ms), ERR_IO);
    restart(s, 1000000);
    assert_int_equal(guess(s->k->pins, "alice", "738215", 1000000), PIN_RIGHT);
}

static void a_damaged_slot_lets_nobody_in(void **state)
{
    struct site *s = *state;
    int fd;

    set(s->k->pins, "alice", "738215");
    set(s->k->pins, "bob", "738215");
    fd = openat(s->k->dirfd, PINS_FILE, O_RDWR);
    assert_int_equal(pwrite(fd, "\0", 1, 2 + 1), 1);
    assert_int_equal(pwrite(fd, "x", 1, 60), 1);
    close(fd);
    restart(s, 1000000);
    assert_int_equal(guess(s->k->pins, "alice", "738215", 1000000), PIN_NONE);
    assert_int_equal(guess(s->k->pins, "bob", "738215", 1000000), PIN_RIGHT);
    set(s->k->pins, "alice", "915264");
    restart(s, 1000000);
    assert_int_equal(guess(s->k->pins, "alice", "915264", 1000000), PIN_RIGHT);
}

static void the_file_tells_no_name_and_no_pin(void **state)
{
    struct site *s = *state;
    uint8_t bytes[4096];
    struct stat st;
    ssize_t len;
    int fd;

    set(s->k->pins, "alice", "738215");
    fd = openat(s->k->dirfd, PINS_FILE, O_RDONLY);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    len = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_int_equal(len, 256);
    assert_null(memmem(bytes, (size_t)len, "alice", 5));
    assert_null(memmem(bytes, (size_t)len, "738215", 6));
}

static void easily_guessed_pins_are_refused(void **state)
{
    static const char *const easy[] = {"000000", "123456", "654321", "890123", "121212", "123123",
                                       "112233", "998877", "1111",   "4321",   "7878",   "01234567"};
    static const char *const fine[] = {"738215", "1357", "100000", "112234", "123457"};

    (void)state;
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++)
        assert_int_equal(pin_check_new(easy[i], 4), ERR_REFUSED);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_int_equal(pin_check_new(fine[i], 4), OK);
    assert_int_equal(pin_check_new("7382", 6), ERR_LIMIT);
    assert_int_equal(pin_check_new("73821573821573821", 6), ERR_LIMIT);
    assert_int_equal(pin_check_new("73a215", 6), ERR_FORMAT);
    assert_int_equal(pin_check_new("", 0), ERR_REFUSED);
}

static void the_sockets_take_and_check_pins(void **state)
{
    struct site *s = *state;
    char *log;

    assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "123456", NULL), ERR_REFUSED);
    assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "7382", NULL), ERR_LIMIT); /* the policy says six */
    assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "738 15", NULL), ERR_FORMAT);
    assert_int_equal(ask_pin(s, KH_PIN_SET, "", "738215", NULL), ERR_FORMAT);
    assert_int_equal(check(s, "alice", "738215"), PIN_NONE);
    assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "738215", NULL), OK);
    assert_int_equal(check(s, "alice", "738216"), PIN_WRONG);
    assert_int_equal(check(s, "Alice", "738215"), PIN_NONE);
    assert_int_equal(check(s, "alice", "738215"), PIN_RIGHT);
    reopen(s);
    assert_int_equal(check(s, "alice", "738215"), PIN_RIGHT);
    assert_int_equal(ask_pin(s, KH_PIN_CLEAR, "alice", NULL, NULL), OK);
    assert_int_equal(check(s, "alice", "738215"), PIN_NONE);
    assert_int_equal(ask_pin(s, KH_PIN_CLEAR, "bob", NULL, NULL), ERR_NOTFOUND);
    log = audit_text(s);
    assert_null(strstr(log, "738215"));
    assert_null(strstr(log, "738216"));
    assert_non_null(strstr(log, "pin_set person=alice"));
    assert_non_null(strstr(log, "why=pin-wrong person=alice"));
    free(log);
}

static void the_admin_socket_checks_no_pins(void **state)
{
    struct site *s = *state;

    assert_int_equal(ask_admin(s, KH_PIN_CHECK, NULL, 0), ERR_REFUSED);
    assert_int_equal(ask_admin(s, KH_PIN_SET, NULL, 0), ERR_REFUSED);
    assert_int_equal(ask_admin(s, KH_PIN_UNLOCK, NULL, 0), ERR_REFUSED);
}

static void only_an_unlock_helps_after_ten_wrong_ones(void **state)
{
    struct site *s = *state;
    uint64_t now = 1000000;

    set(s->k->pins, "alice", "738215");
    for (int i = 0; i < 9; i++, now += 3600000)
        assert_int_equal(guess(s->k->pins, "alice", "000001", now), PIN_WRONG);
    assert_int_equal(guess(s->k->pins, "alice", "000001", now), PIN_LOCKED); /* said with the tenth */
    assert_int_equal(check(s, "alice", "738215"), PIN_LOCKED);
    assert_int_equal(ask_pin(s, KH_PIN_LOOK, "alice", NULL, NULL), OK);
    assert_int_equal(s->answer[0], PIN_LOCKED);
    assert_int_equal(s->answer[1], 6);
    assert_int_equal(ask_pin(s, KH_PIN_CLEAR, "alice", NULL, NULL), OK);
    assert_int_equal(check(s, "alice", "738215"), PIN_NONE);
    assert_int_equal(ask_pin(s, KH_PIN_UNLOCK, "alice", NULL, NULL), OK);
    assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "738215", NULL), OK);
    assert_int_equal(check(s, "alice", "738215"), PIN_RIGHT);
}

static void one_printer_has_its_own_limit(void **state)
{
    struct site *s = *state;
    size_t wrong = 0;

    for (int i = 0; i < 12; i++) { /* right ones do not count */
        if (i == 0)
            assert_int_equal(ask_pin(s, KH_PIN_SET, "alice", "738215", NULL), OK);
        assert_int_equal(check(s, "alice", "738215"), PIN_RIGHT);
    }
    for (int i = 0; i < 200; i++) {
        char person[32];

        snprintf(person, sizeof person, "person-%d", i);
        wrong += check(s, person, "738215") == PIN_NONE;
    }
    assert_int_equal(wrong, KEEPER_PIN_PRINTER_MINUTE);
    assert_int_equal(check(s, "alice", "738215"), PIN_WAIT);
    assert_true(s->answer[4] > 0); /* seconds */
    assert_int_equal(ask_pin(s, KH_PIN_CHECK, "alice", "738215", &s->mono), OK);
    assert_int_equal(s->answer[0], PIN_RIGHT);
}

static enum err ask_badge(struct site *s, const void *uid, size_t len)
{
    uint8_t body[128];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_bytes16(&b, uid, len), OK);
    return ask_scout(s, KH_BADGE_MAC, body, b.len);
}

static void a_badge_has_one_mac_and_a_minute_has_its_limit(void **state)
{
    struct site *s = *state;
    uint8_t first[BADGE_MAC_LEN];

    assert_int_equal(ask_badge(s, "", 0), ERR_FORMAT);
    assert_int_equal(ask_badge(s, "0123456789012345678901234567890123456789012345678901234567890123456789", 65),
                     ERR_FORMAT);
    assert_int_equal(ask_badge(s, "\x04\xa1\xb2\xc3", 4), OK);
    assert_int_equal(s->answer_len, BADGE_MAC_LEN);
    memcpy(first, s->answer, sizeof first);
    assert_int_equal(ask_badge(s, "\x04\xa1\xb2\xc4", 4), OK);
    assert_memory_not_equal(first, s->answer, sizeof first);
    reopen(s);
    assert_int_equal(ask_badge(s, "\x04\xa1\xb2\xc3", 4), OK);
    assert_memory_equal(first, s->answer, sizeof first);
    for (int i = 0; i < KEEPER_BADGES_MINUTE - 1; i++)
        assert_int_equal(ask_badge(s, &i, sizeof i), OK);
    assert_int_equal(ask_badge(s, "\x04\xa1\xb2\xc3", 4), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_a_hundred_thousand_guesses_ten_are_evaluated, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_restart_between_guesses_gives_no_guess_back, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_guess_that_was_killed_before_its_end_is_counted, site_new, site_free),
        cmocka_unit_test_setup_teardown(guesses_at_once_count_as_many, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_restart_does_not_shorten_the_wait, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_try_at_a_pin_that_was_changed_meanwhile_is_wrong, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_disk_that_does_not_count_evaluates_nothing, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_damaged_slot_lets_nobody_in, site_new, site_free),
        cmocka_unit_test_setup_teardown(the_file_tells_no_name_and_no_pin, site_new, site_free),
        cmocka_unit_test(easily_guessed_pins_are_refused),
        cmocka_unit_test_setup_teardown(the_sockets_take_and_check_pins, site_new, site_free),
        cmocka_unit_test_setup_teardown(the_admin_socket_checks_no_pins, site_new, site_free),
        cmocka_unit_test_setup_teardown(only_an_unlock_helps_after_ten_wrong_ones, site_new, site_free),
        cmocka_unit_test_setup_teardown(one_printer_has_its_own_limit, site_new, site_free),
        cmocka_unit_test_setup_teardown(a_badge_has_one_mac_and_a_minute_has_its_limit, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
