/* SPDX-License-Identifier: Apache-2.0 */
/* knowledge: nobody waits for a printer, and none is asked too often. */
#include "devicescout/printers/knowledge.h"

#include <stdatomic.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static atomic_int asked;
static atomic_int is_off;

static enum err look(const struct printer *p, struct abilities *out)
{
    (void)p;
    atomic_fetch_add(&asked, 1);
    *out = (struct abilities){.formats = " application/pdf "};
    if (atomic_load(&is_off)) {
        *out = (struct abilities){.problem = REASON_PRINTER_UNREACHABLE};
        return ERR_UNREACHABLE;
    }
    return OK;
}

struct stage {
    struct loop *loop;
    struct knowledge *knowledge;
    struct printer printer;
};

static void stop(void *arg, struct id printer)
{
    struct stage *s = arg;

    assert_true(id_equal(printer, s->printer.id));
    loop_stop(s->loop);
}

static void too_long(void *arg)
{
    (void)arg;
    fail_msg("no answer came");
}

static void make(struct stage *s, uint64_t fresh_ms, uint64_t valid_ms)
{
    *s = (struct stage){.printer = {.id = {{7}}, .uri = "ipps://localhost:1/ipp/print", .protocol = DELIVERY_IPPS}};
    atomic_store(&asked, 0);
    atomic_store(&is_off, 0);
    assert_int_equal(loop_new(&s->loop), OK);
    assert_int_equal(loop_after(s->loop, 20000, too_long, s, NULL), OK);
    assert_int_equal(
        knowledge_new(
            &(struct knowledge_opts){
                .loop = s->loop, .look = look, .fresh_ms = fresh_ms, .valid_ms = valid_ms, .changed = stop, .arg = s},
            &s->knowledge),
        OK);
}

static void end(struct stage *s)
{
    knowledge_free(s->knowledge);
    loop_free(s->loop);
}

static void nothing_is_known_at_first_and_the_answer_comes_by_itself(void **state)
{
    struct stage s;
    const struct abilities *a;

    (void)state;
    make(&s, 60000, 600000);
    assert_null(knowledge_of(s.knowledge, &s.printer));
    assert_null(knowledge_of(s.knowledge, &s.printer));
    assert_int_equal(loop_run(s.loop), OK);
    a = knowledge_of(s.knowledge, &s.printer);
    assert_non_null(a);
    assert_string_equal(a->formats, " application/pdf ");
    assert_int_equal(atomic_load(&asked), 1);
    end(&s);
}

static void a_printer_that_went_off_keeps_what_it_can_and_has_a_problem(void **state)
{
    struct stage s;
    const struct abilities *a;

    (void)state;
    make(&s, 0, 600000);
    assert_null(knowledge_of(s.knowledge, &s.printer));
    assert_int_equal(loop_run(s.loop), OK);
    atomic_store(&is_off, 1);
    assert_non_null(knowledge_of(s.knowledge, &s.printer));
    assert_int_equal(loop_run(s.loop), OK);
    a = knowledge_of(s.knowledge, &s.printer);
    assert_string_equal(a->formats, " application/pdf ");
    assert_int_equal(a->problem, REASON_PRINTER_UNREACHABLE);
    end(&s);
}

static void another_key_or_place_makes_it_another_printer(void **state)
{
    struct stage s;

    (void)state;
    make(&s, 60000, 600000);
    assert_null(knowledge_of(s.knowledge, &s.printer));
    assert_int_equal(loop_run(s.loop), OK);
    s.printer.pin[0] ^= 1;
    assert_null(knowledge_of(s.knowledge, &s.printer));
    end(&s);
}

static void an_answer_that_is_too_old_is_none(void **state)
{
    struct stage s;

    (void)state;
    make(&s, 60000, 0);
    assert_null(knowledge_of(s.knowledge, &s.printer));
    assert_int_equal(loop_run(s.loop), OK);
    assert_null(knowledge_of(s.knowledge, &s.printer));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first_and_the_answer_comes_by_itself),
        cmocka_unit_test(a_printer_that_went_off_keeps_what_it_can_and_has_a_problem),
        cmocka_unit_test(another_key_or_place_makes_it_another_printer),
        cmocka_unit_test(an_answer_that_is_too_old_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
