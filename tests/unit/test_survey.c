/* SPDX-License-Identifier: Apache-2.0 */
/* survey: the bulletin's profile follows the registry, and forgets no printer that is only off. */
#include "devicescout/printers/survey.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devicescout/printers/kept.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/scratch.h"

#define PRINTERS 4

static atomic_int off[PRINTERS];

struct stage {
    struct scratch *scratch;
    int state_dir;
    struct loop *loop;
    struct knowledge *knowledge;
    struct survey *survey;
    struct printer printers[PRINTERS];
    size_t len;
    struct bulletin bulletin;
    int said, refusals;
    int (*until)(const struct stage *s);
};

/* Printer n takes medium n; the even ones print in colour. */
static const char *const media[PRINTERS] = {"iso_a4_210x297mm", "iso_a3_297x420mm", "na_letter_8.5x11in",
                                            "iso_a5_148x210mm"};

static enum err look(const struct printer *p, struct abilities *out)
{
    const unsigned n = p->id.b[0];

    *out = (struct abilities){.problem = REASON_PRINTER_UNREACHABLE};
    if (atomic_load(&off[n]))
        return ERR_UNREACHABLE;
    *out = (struct abilities){.formats = " application/pdf ", .copies_max = 1};
    if (n % 2 == 0)
        strcpy(out->colors, " color ");
    return abilities_add(out->media, sizeof out->media, media[n]);
}

static const struct printer *printer_at(void *arg, size_t i)
{
    const struct stage *s = arg;

    return i < s->len ? &s->printers[i] : NULL;
}

static const struct bulletin *bulletin(void *arg)
{
    const struct stage *s = arg;

    return &s->bulletin;
}

static enum err say(void *arg, const uint8_t *profile, size_t len)
{
    struct stage *s = arg;

    if (s->refusals > 0) {
        s->refusals--;
        return ERR_LIMIT;
    }
    s->said++;
    memcpy(s->bulletin.profile, profile, len);
    s->bulletin.profile_len = len;
    return OK;
}

static void changed(void *arg, struct id printer)
{
    struct stage *s = arg;

    survey_learn(s->survey, printer);
}

static void too_long(void *arg)
{
    (void)arg;
    fail_msg("it did not come to pass");
}

static void look_whether_it_is_so(void *arg)
{
    struct stage *s = arg;

    if (s->until(s))
        loop_stop(s->loop);
    else
        assert_int_equal(loop_after(s->loop, 1, look_whether_it_is_so, s, NULL), OK);
}

static void run_until(struct stage *s, int (*until)(const struct stage *s))
{
    uint64_t timer;

    s->until = until;
    assert_int_equal(loop_after(s->loop, 20000, too_long, s, &timer), OK);
    assert_int_equal(loop_after(s->loop, 0, look_whether_it_is_so, s, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
    loop_cancel(s->loop, timer);
}

static void start(struct stage *s)
{
    const struct knowledge_opts knowledge = {
        .loop = s->loop, .look = look, .fresh_ms = 1, .valid_ms = 60000, .changed = changed, .arg = s};
    struct survey_opts opts = {.loop = s->loop,
                               .state_dir = s->state_dir,
                               .printer_at = printer_at,
                               .bulletin = bulletin,
                               .say = say,
                               .arg = s,
                               .tick_ms = 1,
                               .round_ms = 20,
                               .say_again_ms = 5};

    assert_int_equal(knowledge_new(&knowledge, &s->knowledge), OK);
    opts.knowledge = s->knowledge;
    assert_int_equal(survey_new(&opts, &s->survey), OK);
}

static void end(struct stage *s)
{
    survey_free(s->survey);
    s->survey = NULL;
    knowledge_free(s->knowledge);
}

static void restart(struct stage *s)
{
    end(s);
    start(s);
}

static int set_up(void **state)
{
    struct stage *s = calloc(1, sizeof *s);

    if (s == NULL || scratch_new((void **)&s->scratch) != 0 || loop_new(&s->loop) != OK)
        return -1;
    s->state_dir = open(s->scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (unsigned i = 0; i < PRINTERS; i++) {
        s->printers[i] = (struct printer){.id = {{(uint8_t)i, 9}}, .protocol = DELIVERY_IPPS, .uri = "ipps://p/"};
        atomic_store(&off[i], 0);
    }
    start(s);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    char command[128];

    end(s);
    loop_free(s->loop);
    close(s->state_dir);
    snprintf(command, sizeof command, "rm -rf -- %s/" KEPT_DIR, s->scratch->path);
    if (system(command) != 0 || scratch_free((void **)&s->scratch) != 0)
        return -1;
    free(s);
    return 0;
}

static struct profile current(const struct stage *s)
{
    struct profile p;

    profile_of(&s->bulletin, &p);
    return p;
}

static int has(const struct stage *s, unsigned n)
{
    const struct profile p = current(s);

    return s->bulletin.profile_len > 0 && profile_has_word(p.media, p.media_len, media[n]);
}

static int has_first_two(const struct stage *s)
{
    return has(s, 0) && has(s, 1);
}
static int has_only_second(const struct stage *s)
{
    return has(s, 1) && !has(s, 0);
}
static int has_third(const struct stage *s)
{
    return has(s, 2);
}
static int has_not_first(const struct stage *s)
{
    return !has(s, 0);
}
static int is_usual(const struct stage *s)
{
    return current(s).media_len > PRINTERS;
}
static int was_asked_often(const struct stage *s)
{
    static int ticks;

    return knowledge_asking(s->knowledge) == 0 && ++ticks > 200;
}

static void all_printers_of_a_site_make_one_bulletin_and_the_same_again_none(void **state)
{
    struct stage *s = *state;

    s->len = 2;
    run_until(s, has_first_two);
    run_until(s, was_asked_often);
    assert_int_equal(s->said, 1);
    assert_int_equal(current(s).features, PROFILE_COLOR);
    assert_int_equal(current(s).media_len, 2);
}

static void a_removed_printer_leaves_the_profile_and_no_file(void **state)
{
    struct stage *s = *state;
    int dir;
    struct profile p;

    s->len = 2;
    run_until(s, has_first_two);
    s->printers[0] = s->printers[1];
    s->len = 1;
    run_until(s, has_only_second);
    assert_int_equal(current(s).features, 0);
    assert_int_equal(kept_open(s->state_dir, &dir), OK);
    assert_int_equal(kept_read(dir, (struct id){{0, 9}}, &p), ERR_NOTFOUND);
    assert_int_equal(kept_read(dir, (struct id){{1, 9}}, &p), OK);
    close(dir);
    s->len = 0;
    run_until(s, is_usual);
}

static void a_printer_that_is_off_still_counts_also_after_a_restart(void **state)
{
    struct stage *s = *state;

    s->len = 2;
    run_until(s, has_first_two);
    atomic_store(&off[0], 1);
    restart(s);
    s->len = 3;
    run_until(s, has_third);
    assert_true(has_first_two(s));
}

static void a_printer_that_never_answered_takes_nothing_away(void **state)
{
    struct stage *s = *state;

    s->len = 2;
    run_until(s, has_first_two);
    end(s);
    atomic_store(&off[0], 1);
    assert_int_equal(unlinkat(s->state_dir, KEPT_DIR "/00090000000000000000000000000000", 0), 0);
    start(s);
    s->len = 3;
    run_until(s, has_third);
    assert_true(has_first_two(s));
}

static void printers_of_which_nothing_is_known_leave_what_is_usual(void **state)
{
    struct stage *s = *state;

    s->len = 2;
    atomic_store(&off[0], 1);
    atomic_store(&off[1], 1);
    run_until(s, was_asked_often);
    assert_int_equal(s->said, 0);
}

static void a_raw_printer_counts_where_the_site_allows_it(void **state)
{
    struct stage *s = *state;

    s->printers[0].protocol = DELIVERY_RAW;
    s->len = 2;
    run_until(s, has_only_second);
    s->bulletin.flags = POLICY_RAW_ALLOWED;
    run_until(s, has_first_two);
    s->bulletin.flags = 0;
    run_until(s, has_not_first);
}

static void a_refused_profile_is_said_again(void **state)
{
    struct stage *s = *state;

    s->len = 2;
    s->refusals = 3;
    run_until(s, has_first_two);
    assert_int_equal(s->said, 1);
    assert_int_equal(s->refusals, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_printers_of_a_site_make_one_bulletin_and_the_same_again_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_removed_printer_leaves_the_profile_and_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_printer_that_is_off_still_counts_also_after_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_printer_that_never_answered_takes_nothing_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(printers_of_which_nothing_is_known_leave_what_is_usual, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_raw_printer_counts_where_the_site_allows_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_profile_is_said_again, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
