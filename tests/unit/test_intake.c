/* SPDX-License-Identifier: Apache-2.0 */
/* intake: a relay that repeats, holds back and mixes up cannot bring a job back, and a restart loses none. */
#include "devicescout/jobs/intake.h"

#include "crypto/header.h"
#include "devicescout/jobs/progress.h"
#include "tests/unit/jobs_fixture.h"
#include "tests/unit/played_clock.h"

#define MAX 64

struct stage {
    struct loop *loop;
    struct index *index;
    struct nodes *nodes;
    struct intake *intake;
    struct node *node;
    enum err described;
    const char *owner;
    int describes;
    int closed, told_closed;
    uint8_t sync[MAX][ID_LEN * 64];
    size_t sync_len[MAX], syncs;
    int cancelled, shown, left;
};

static const struct id site = {{42}};

/* A description file here: a real header, then its number and nothing sealed. */
static size_t write_file(uint8_t out[static 256], uint32_t job, uint32_t node, uint32_t number)
{
    const struct job_header h = {.site = site, .job = id_of(job), .node = id_of(node), .epoch = 1};

    header_write(&h, out);
    memcpy(out + HEADER_LEN, &number, sizeof number);
    return HEADER_LEN + sizeof number;
}

static enum err describe(void *arg, const uint8_t *file, size_t len, struct described *out)
{
    struct stage *s = arg;

    s->describes++;
    if (s->described != OK)
        return s->described;
    assert_int_equal(len, HEADER_LEN + 4);
    memset(out, 0, sizeof *out);
    memcpy(&out->number, file + HEADER_LEN, 4);
    snprintf(out->owner, sizeof out->owner, "%s", s->owner);
    out->ticket = ticket_of("a title", 1);
    return OK;
}

static int is_closed(void *arg, struct id job)
{
    struct stage *s = arg;

    (void)job;
    return s->closed;
}

static void tell_closed(void *arg, struct id job, struct id origin)
{
    struct stage *s = arg;

    (void)job, (void)origin;
    s->told_closed++;
}

static enum err send_sync(void *arg, const struct node *node, const uint8_t *body, size_t len, struct id *message)
{
    struct stage *s = arg;

    (void)node;
    memcpy(s->sync[s->syncs], body, len);
    s->sync_len[s->syncs] = len;
    *message = id_of(3000 + (uint32_t)s->syncs++);
    return OK;
}

static void cancel(void *arg, struct id message)
{
    struct stage *s = arg;

    (void)message;
    s->cancelled++;
}

static void changed(void *arg, struct job *j)
{
    struct stage *s = arg;

    (void)j;
    s->shown++;
}

static void leaving(void *arg, struct job *j)
{
    struct stage *s = arg;

    (void)j;
    s->left++;
}

static int make(void **state)
{
    static struct stage s;
    const struct index_limits limits = {100, 100};
    const uint8_t bytes[CERTIFICATE_LEN] = {0};
    const struct certificate c = {.site = site, .node = id_of(100), .roles = ROLE_ORIGIN};
    struct intake_opts opts = {.site = site,
                               .describe = describe,
                               .is_closed = is_closed,
                               .tell_closed = tell_closed,
                               .send_sync = send_sync,
                               .cancel = cancel,
                               .changed = changed,
                               .leaving = leaving,
                               .arg = &s,
                               .retry_ms = 5,
                               .round_ms = 20};

    memset(&s, 0, sizeof s);
    played_clock.step_ms = 1;
    s.owner = "alice";
    if (crypto_start() != OK || loop_new(&s.loop) != OK || index_new(&limits, &s.index) != OK ||
        nodes_new(10, &s.nodes) != OK || nodes_put(s.nodes, bytes, &c, &s.node) != OK)
        return -1;
    opts.loop = s.loop;
    opts.index = s.index;
    opts.nodes = s.nodes;
    s.node->introduced = 1;
    strcpy(s.node->person, "alice");
    *state = &s;
    return intake_new(&opts, &s.intake) == OK ? 0 : -1;
}

static int end(void **state)
{
    struct stage *s = *state;

    intake_free(s->intake);
    index_free(s->index);
    nodes_free(s->nodes);
    loop_free(s->loop);
    return 0;
}

static enum err announce(struct stage *s, uint32_t job, uint32_t number, uint64_t sequence)
{
    uint8_t file[256];

    return intake_announce(s->intake, s->node, file, write_file(file, job, 100, number), sequence);
}

/* A list in one part that answers the last sync; it names the jobs up to a 0, each with description number 1. */
static enum err list(struct stage *s, uint64_t sequence, const uint32_t *jobs)
{
    struct list l = {.parts = 1};
    uint8_t file[256];

    memcpy(l.nonce.b, s->sync[s->syncs - 1], ID_LEN);
    for (; jobs[l.count] != 0; l.count++) {
        l.jobs[l.count].job = id_of(jobs[l.count]);
        l.jobs[l.count].digest = digest_of(file, write_file(file, jobs[l.count], 100, 1));
    }
    return intake_list(s->intake, s->node, &l, sequence);
}

static void stop(void *loop)
{
    loop_stop(loop);
}

static void pass(struct stage *s, uint64_t ms)
{
    assert_int_equal(loop_after(s->loop, ms, stop, s->loop, NULL), OK);
    assert_int_equal(loop_run(s->loop), OK);
}

static int is_shown(struct stage *s, uint32_t job)
{
    const struct job *j = index_find(s->index, id_of(job));

    return j != NULL && j->confirmed;
}

/* The node is known and has said what it holds: nothing. */
static void be_synced(struct stage *s)
{
    intake_sync(s->intake, s->node);
    assert_int_equal(list(s, 10, (uint32_t[]){0}), OK);
}

static void nothing_is_shown_before_the_node_has_said_what_it_holds(void **state)
{
    struct stage *s = *state;

    intake_sync(s->intake, s->node);
    assert_int_equal(announce(s, 1, 1, 5), OK);
    pass(s, 5);
    assert_false(is_shown(s, 1));
    assert_int_equal(list(s, 6, (uint32_t[]){1, 0}), OK);
    pass(s, 5);
    assert_true(is_shown(s, 1));
    assert_int_equal(s->cancelled, 1); /* the sync is not repeated any more */
}

static void an_old_announcement_that_a_relay_repeats_brings_nothing_back(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    assert_int_equal(announce(s, 1, 1, 9), OK); /* older than the list, which did not name it */
    assert_null(index_find(s->index, id_of(1)));
    assert_int_equal(announce(s, 1, 1, 11), OK);
    assert_true(is_shown(s, 1));
}

static void an_announcement_behind_its_own_gone_brings_nothing_back(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    intake_gone(s->intake, id_of(1));
    assert_int_equal(announce(s, 1, 1, 11), OK);
    assert_null(index_find(s->index, id_of(1)));
}

static void a_job_that_is_closed_is_not_shown_and_its_origin_is_told(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    s->described = ERR_REPLAY;
    assert_int_equal(announce(s, 1, 1, 11), ERR_REPLAY);
    assert_int_equal(s->told_closed, 1);
    s->described = OK;
    s->closed = 1;
    assert_int_equal(announce(s, 2, 1, 12), OK);
    assert_null(index_find(s->index, id_of(2)));
}

static void another_name_on_a_persons_node_is_refused(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    s->owner = "bob";
    assert_int_equal(announce(s, 1, 1, 11), ERR_REFUSED);
    assert_null(index_find(s->index, id_of(1)));
    s->node->person[0] = '\0'; /* a shared node: the account decides */
    assert_int_equal(announce(s, 1, 1, 12), OK);
    assert_string_equal(job_person(index_find(s->index, id_of(1))), "bob");
}

static void a_description_of_another_node_or_site_is_refused(void **state)
{
    struct stage *s = *state;
    uint8_t file[256];
    size_t len = write_file(file, 1, 101, 1);

    be_synced(s);
    assert_int_equal(intake_announce(s->intake, s->node, file, len, 11), ERR_REFUSED);
    len = write_file(file, 1, 100, 1);
    file[12] ^= 1; /* the site id */
    assert_int_equal(intake_announce(s->intake, s->node, file, len, 12), ERR_REFUSED);
    assert_int_equal(intake_announce(s->intake, s->node, file, 20, 13), ERR_FORMAT);
    assert_int_equal(s->describes, 0);
}

static void a_keyholder_that_is_away_makes_the_courier_send_again(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    s->described = ERR_UNREACHABLE;
    assert_int_equal(announce(s, 1, 1, 11), ERR_UNREACHABLE);
    assert_null(index_find(s->index, id_of(1)));
    s->described = OK;
    assert_int_equal(announce(s, 1, 1, 11), OK);
    assert_true(is_shown(s, 1));
}

static void a_stranger_waits_until_its_hello_has_come(void **state)
{
    struct stage *s = *state;

    s->node->introduced = 0;
    assert_int_equal(announce(s, 1, 1, 1), ERR_STATE);
}

static void a_list_with_another_nonce_says_nothing(void **state)
{
    struct stage *s = *state;
    struct list l = {.nonce = {{1}}, .parts = 1};

    be_synced(s);
    assert_int_equal(announce(s, 1, 1, 11), OK);
    assert_int_equal(intake_list(s->intake, s->node, &l, 12), ERR_STALE); /* no sync is open */
    intake_sync(s->intake, s->node);
    assert_int_equal(intake_list(s->intake, s->node, &l, 12), ERR_STALE);
    assert_true(is_shown(s, 1));
}

static void parts_that_do_not_fit_together_are_refused(void **state)
{
    struct stage *s = *state;
    struct list l = {.parts = 2};

    intake_sync(s->intake, s->node);
    memcpy(l.nonce.b, s->sync[0], ID_LEN);
    l.part = 2;
    assert_int_equal(intake_list(s->intake, s->node, &l, 1), ERR_FORMAT);
    l.part = 0;
    assert_int_equal(intake_list(s->intake, s->node, &l, 1), OK);
    assert_int_equal(intake_list(s->intake, s->node, &l, 1), ERR_STALE);
    l.part = 1;
    l.parts = 3;
    assert_int_equal(intake_list(s->intake, s->node, &l, 2), ERR_FORMAT);
    l.parts = 2;
    assert_false(s->node->synced);
    assert_int_equal(intake_list(s->intake, s->node, &l, 2), OK);
    assert_true(s->node->synced);
}

static void parts_of_two_answers_to_one_sync_are_not_put_together(void **state)
{
    struct stage *s = *state;
    struct list l = {.parts = 2};

    intake_sync(s->intake, s->node);
    memcpy(l.nonce.b, s->sync[0], ID_LEN);
    assert_int_equal(intake_list(s->intake, s->node, &l, 10), OK); /* the next part is lost, and the sync repeated */
    l.part = 1;
    l.parts = 3;
    assert_int_equal(intake_list(s->intake, s->node, &l, 21), OK); /* the list has grown meanwhile */
    l.part = 0;
    assert_int_equal(intake_list(s->intake, s->node, &l, 20), OK);
    l.part = 1;
    l.parts = 2;
    assert_int_equal(intake_list(s->intake, s->node, &l, 11), ERR_STALE); /* late, of the first answer */
    assert_false(s->node->synced);
    l.part = 2;
    l.parts = 3;
    assert_int_equal(intake_list(s->intake, s->node, &l, 22), OK);
    assert_true(s->node->synced);
}

static void what_a_list_does_not_name_is_gone(void **state)
{
    struct stage *s = *state;

    be_synced(s);
    assert_int_equal(announce(s, 1, 1, 11), OK);
    assert_int_equal(announce(s, 2, 1, 12), OK);
    intake_sync(s->intake, s->node);
    assert_int_equal(announce(s, 3, 1, 15), OK); /* after the list was made */
    assert_int_equal(list(s, 14, (uint32_t[]){2, 0}), OK);
    pass(s, 5);
    assert_false(is_shown(s, 1));
    assert_true(is_shown(s, 2));
    assert_true(is_shown(s, 3));
    assert_int_equal(s->left, 1);
}

static void restored_jobs_are_shown_when_listed_and_only_then(void **state)
{
    struct stage *s = *state;
    uint8_t file[256];
    struct job row = {.origin = id_of(100), .number = 1, .state = JOB_FAILED};

    for (uint32_t i = 1; i <= 40; i++) {
        row.id = id_of(i);
        row.description = file;
        row.description_len = write_file(file, i, 100, 1);
        intake_restore(s->intake, &row);
    }
    pass(s, 5);
    assert_int_equal(s->describes, 0);
    intake_sync(s->intake, s->node);
    assert_int_equal(list(s, 5, (uint32_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 0}),
                     OK);
    pass(s, 20);
    assert_int_equal(s->describes, 20);
    assert_int_equal(index_count(s->index), 20);
    assert_true(is_shown(s, 20));
    assert_int_equal(index_find(s->index, id_of(20))->state, JOB_FAILED);
}

static void a_restored_job_that_was_kept_is_not_counted_again(void **state)
{
    struct stage *s = *state;
    const struct job row = {.id = id_of(1),
                            .origin = id_of(100),
                            .number = 1,
                            .description = (uint8_t *)(uintptr_t) "d",
                            .description_len = 1,
                            .state = JOB_HELD,
                            .reason = REASON_KEPT,
                            .order = id_of(7)};
    const struct report again = {
        .job = id_of(1), .order = id_of(7), .state = JOB_HELD, .reason = REASON_KEPT, .terminal = 1};
    struct job *j;

    intake_restore(s->intake, &row);
    j = index_find(s->index, id_of(1));
    assert_int_equal(progress_take(j, &again, 1), ERR_STALE);
    assert_int_equal(j->state, JOB_HELD);
    assert_int_equal(j->reason, REASON_KEPT);
}

static void restored_jobs_wait_for_the_keyholder(void **state)
{
    struct stage *s = *state;
    uint8_t file[256];
    struct job row = {.id = id_of(1), .origin = id_of(100), .number = 1, .state = JOB_HELD, .description = file};

    row.description_len = write_file(file, 1, 100, 1);
    intake_restore(s->intake, &row);
    s->described = ERR_TIMEOUT;
    intake_sync(s->intake, s->node);
    assert_int_equal(list(s, 5, (uint32_t[]){1, 0}), OK);
    pass(s, 3);
    assert_false(is_shown(s, 1));
    s->described = OK;
    pass(s, 20);
    assert_true(is_shown(s, 1));
}

static void what_is_listed_and_not_known_is_asked_for_once_more(void **state)
{
    struct stage *s = *state;

    intake_sync(s->intake, s->node);
    assert_int_equal(s->sync_len[0], ID_LEN); /* a bare one */
    assert_int_equal(list(s, 5, (uint32_t[]){1, 2, 0}), OK);
    assert_int_equal(announce(s, 1, 1, 6), OK); /* it was on its way */
    pass(s, 40);
    assert_int_equal(s->syncs, 2);
    assert_int_equal(s->sync_len[1], 2 * ID_LEN);
    assert_memory_equal(s->sync[1] + ID_LEN, id_of(2).b, ID_LEN);
    assert_int_equal(announce(s, 2, 1, 7), OK);
    assert_int_equal(list(s, 8, (uint32_t[]){1, 2, 0}), OK);
    pass(s, 5);
    assert_true(is_shown(s, 1) && is_shown(s, 2));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, end)
    const struct CMUnitTest tests[] = {
        T(nothing_is_shown_before_the_node_has_said_what_it_holds),
        T(an_old_announcement_that_a_relay_repeats_brings_nothing_back),
        T(an_announcement_behind_its_own_gone_brings_nothing_back),
        T(a_job_that_is_closed_is_not_shown_and_its_origin_is_told),
        T(another_name_on_a_persons_node_is_refused),
        T(a_description_of_another_node_or_site_is_refused),
        T(a_keyholder_that_is_away_makes_the_courier_send_again),
        T(a_stranger_waits_until_its_hello_has_come),
        T(a_list_with_another_nonce_says_nothing),
        T(parts_that_do_not_fit_together_are_refused),
        T(parts_of_two_answers_to_one_sync_are_not_put_together),
        T(what_a_list_does_not_name_is_gone),
        T(restored_jobs_are_shown_when_listed_and_only_then),
        T(restored_jobs_wait_for_the_keyholder),
        T(a_restored_job_that_was_kept_is_not_counted_again),
        T(what_is_listed_and_not_known_is_asked_for_once_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
