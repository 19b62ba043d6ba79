/* SPDX-License-Identifier: Apache-2.0 */
/* The whole table, state by event: what stands here twice must be changed twice. */
#include "proto/jobstate.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

static const struct {
    enum job_state from;
    enum job_event event;
    enum job_state to;
} EDGES[] = {
    {JOB_RECEIVING, EV_UPLOAD_ENDED, JOB_HELD},
    {JOB_RECEIVING, EV_CANCELED, JOB_CANCELED},
    {JOB_HELD, EV_ORDER_ACCEPTED, JOB_ORDERED},
    {JOB_HELD, EV_PRINTED, JOB_DELIVERED},
    {JOB_HELD, EV_CANCELED, JOB_CANCELED},
    {JOB_HELD, EV_EXPIRED, JOB_EXPIRED},
    {JOB_ORDERED, EV_FIRST_BYTE, JOB_DELIVERING},
    {JOB_ORDERED, EV_PRINTED, JOB_DELIVERED},
    {JOB_ORDERED, EV_NOT_PRINTED, JOB_FAILED},
    {JOB_ORDERED, EV_OUTCOME_LOST, JOB_UNKNOWN},
    {JOB_ORDERED, EV_CANCELED, JOB_CANCELED},
    {JOB_DELIVERING, EV_PRINTED, JOB_DELIVERED},
    {JOB_DELIVERING, EV_NOT_PRINTED, JOB_FAILED},
    {JOB_DELIVERING, EV_OUTCOME_LOST, JOB_UNKNOWN},
    {JOB_ORDERED, EV_KEPT, JOB_HELD},
    {JOB_DELIVERING, EV_KEPT, JOB_HELD},
    {JOB_DELIVERING, EV_CANCELED, JOB_CANCELED},
    {JOB_FAILED, EV_ORDER_ACCEPTED, JOB_ORDERED},
    {JOB_FAILED, EV_PRINTED, JOB_DELIVERED},
    {JOB_FAILED, EV_CANCELED, JOB_CANCELED},
    {JOB_FAILED, EV_EXPIRED, JOB_EXPIRED},
    {JOB_UNKNOWN, EV_ORDER_ACCEPTED, JOB_ORDERED},
    {JOB_UNKNOWN, EV_PRINTED, JOB_DELIVERED},
    {JOB_UNKNOWN, EV_CANCELED, JOB_CANCELED},
    {JOB_UNKNOWN, EV_EXPIRED, JOB_EXPIRED},
};

static enum job_state expected(enum job_state from, enum job_event event)
{
    for (size_t i = 0; i < sizeof EDGES / sizeof *EDGES; i++) {
        if (EDGES[i].from == from && EDGES[i].event == event)
            return EDGES[i].to;
    }
    return JOB_NONE;
}

static void each_event_leads_where_the_table_says_or_nowhere(void **state)
{
    (void)state;
    for (unsigned from = 0; from <= JOB_STATE_COUNT; from++) {
        for (unsigned event = 0; event <= JOB_EVENT_COUNT; event++) {
            enum job_state s = (enum job_state)from, to = expected(s, (enum job_event)event);

            assert_int_equal(jobstate_move(&s, (enum job_event)event, "j"), to == JOB_NONE ? ERR_STATE : OK);
            assert_int_equal(s, to == JOB_NONE ? from : to);
        }
    }
}

static void nothing_leads_out_of_a_final_state(void **state)
{
    (void)state;
    for (unsigned from = 0; from < JOB_STATE_COUNT; from++) {
        int leads_out = 0;

        for (unsigned event = 0; event < JOB_EVENT_COUNT; event++)
            leads_out |= expected((enum job_state)from, (enum job_event)event) != JOB_NONE;
        assert_int_equal(jobstate_is_final((enum job_state)from), from != JOB_NONE && !leads_out);
    }
}

static void held_failed_and_unknown_jobs_may_be_ordered(void **state)
{
    (void)state;
    for (unsigned s = 0; s <= JOB_STATE_COUNT; s++)
        assert_int_equal(jobstate_may_order((enum job_state)s), s == JOB_HELD || s == JOB_FAILED || s == JOB_UNKNOWN);
}

static void each_state_and_reason_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < JOB_STATE_COUNT; i++) {
        assert_true(strlen(jobstate_name((enum job_state)i)) > 0);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(jobstate_name((enum job_state)i), jobstate_name((enum job_state)k));
    }
    for (unsigned i = 0; i < JOB_REASON_COUNT; i++) {
        const char *text = jobreason_text((enum job_reason)i);

        assert_true(i == REASON_NONE || text[strlen(text) - 1] == '.'); /* a sentence */
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(jobreason_name((enum job_reason)i), jobreason_name((enum job_reason)k));
    }
    assert_string_equal(jobstate_name(JOB_STATE_COUNT), "invalid");
    assert_string_equal(jobreason_name(JOB_REASON_COUNT), "invalid");
    assert_string_equal(jobreason_text(JOB_REASON_COUNT), "");
    assert_string_equal(jobstate_name(JOB_HELD), "held");
    assert_string_equal(jobreason_name(REASON_PRINTER_UNREACHABLE), "printer-unreachable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_leads_where_the_table_says_or_nowhere),
        cmocka_unit_test(nothing_leads_out_of_a_final_state),
        cmocka_unit_test(held_failed_and_unknown_jobs_may_be_ordered),
        cmocka_unit_test(each_state_and_reason_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
