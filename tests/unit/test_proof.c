/* SPDX-License-Identifier: Apache-2.0 */
/* proof: a directory and a keyholder that are played, and a real roster. */
#include "devicescout/people/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "tests/unit/cmocka_test.h"

#define HOUR_MS (UINT64_C(60) * 60 * 1000)

enum verdict { RIGHT, WRONG, TOO_SOON, LOCKED, NONE };

struct stage {
    char folder[64], path[128];
    struct roster *roster;
    struct registrations *registrations;
    struct prover prover;
    /* What the directory says of alice: */
    enum directory_outcome says;
    char identity[DIRECTORY_ID_SIZE];
    uint64_t groups;
    int asked;
    /* What the keyholder says: */
    uint8_t pin;
    int cleared, unlocked, ended, is_away;
    struct proven out;
};

static enum directory_outcome ask(void *directory, const struct directory_question *q, struct directory_person *p)
{
    struct stage *s = directory;

    s->asked++;
    *p = (struct directory_person){.groups = 0};
    if (s->says != DIRECTORY_YES)
        return s->says;
    if (strcmp(q->name, "alice") != 0 || (q->kind == DIRECTORY_PASSWORD && strcmp(q->password, "right") != 0))
        return DIRECTORY_NO;
    strcpy(p->person, "alice");
    strcpy(p->identity, s->identity);
    p->groups = s->groups;
    return DIRECTORY_YES;
}

/* alice has two: bob may release for her, and she for carol. */
static enum err delegations_write(uint8_t *answer, size_t *answer_len)
{
    static const struct delegation both[] = {
        {.id = {{1}}, .from = "alice", .to = "bob", .since_unix_ms = 1, .until_unix_ms = 2},
        {.id = {{2}}, .from = "carol", .to = "alice", .since_unix_ms = 1, .until_unix_ms = 2}};
    struct wbuf b = wbuf_of(answer, KH_FRAME_MAX);
    enum err e;

    if ((e = wbuf_u32(&b, 31)) != OK || (e = wbuf_u16(&b, 2)) != OK || (e = delegation_write(&both[0], &b)) != OK ||
        (e = delegation_write(&both[1], &b)) != OK)
        return e;
    *answer_len = b.len;
    return OK;
}

static enum err keyholder(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len)
{
    struct stage *s = arg;

    switch (op) {
    case KH_BADGE_MAC:
        memset(answer, 0, ROSTER_MAC_LEN);
        memcpy(answer, body, len < ROSTER_MAC_LEN ? len : ROSTER_MAC_LEN);
        *answer_len = ROSTER_MAC_LEN;
        return OK;
    case KH_PIN_CHECK:
        memset(answer, 0, 5);
        answer[0] = s->pin;
        answer[4] = s->pin == TOO_SOON ? 8 : 0;
        *answer_len = 5;
        return OK;
    case KH_PIN_LOOK:
        answer[0] = s->pin == WRONG ? RIGHT : s->pin;
        answer[1] = 6;
        *answer_len = 2;
        return OK;
    case KH_PIN_CLEAR:
        s->cleared += !s->is_away;
        return s->is_away ? ERR_UNREACHABLE : OK;
    case KH_DELEGATIONS:
        return delegations_write(answer, answer_len);
    case KH_UNDELEGATE:
        s->ended++;
        return s->ended == 1 ? OK : ERR_NOTFOUND;
    case KH_PIN_UNLOCK:
        s->unlocked++;
        return OK;
    default:
        return ERR_UNSUPPORTED;
    }
}

static uint64_t printer_groups(void *arg, const char *printer)
{
    (void)arg;
    return strcmp(printer, "closed") == 0 ? 2 : 0;
}

static int make(void **state)
{
    struct stage *s = calloc(1, sizeof *s);

    if (s == NULL || crypto_start() != OK)
        return -1;
    log_start("test", LOG_ERROR_);
    strcpy(s->folder, "/tmp/latchkey-test-XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        return -1;
    snprintf(s->path, sizeof s->path, "%s/roster", s->folder);
    strcpy(s->identity, "first");
    s->prover = (struct prover){
        .rules = {.badge = {.facility_code = -1}, .name_pin = 1, .cache_ms = HOUR_MS, .printer_groups = printer_groups},
        .ask = ask,
        .directory = s,
        .keyholder = keyholder,
        .keyholder_arg = s};
    *state = s;
    if (roster_open(s->path, "", &s->roster) != OK || registrations_new(&s->registrations) != OK)
        return -1;
    s->prover.roster = s->roster;
    s->prover.registrations = s->registrations;
    return 0;
}

static int end(void **state)
{
    struct stage *s = *state;
    char command[160];

    roster_close(s->roster);
    registrations_free(s->registrations);
    snprintf(command, sizeof command, "rm -rf -- %s", s->folder);
    if (system(command) != 0)
        return -1;
    free(s);
    return 0;
}

static enum proof_outcome show(struct stage *s, const struct proof *p)
{
    const struct proof_gate open = {.fn = NULL};

    proof_check(&s->prover, p, &open, &s->out);
    return s->out.outcome;
}

static enum proof_outcome password(struct stage *s, const char *handle)
{
    struct proof p = {.kind = PROOF_PASSWORD, .name = "alice", .password = "right", .printer = "lobby", .address = "a"};

    strcpy(p.registration, handle);
    return show(s, &p);
}

static enum proof_outcome badge(struct stage *s, const char *pin)
{
    struct proof p = {.kind = PROOF_BADGE, .badge = "04a1b2c3", .printer = "lobby", .address = "a"};

    strcpy(p.pin, pin);
    return show(s, &p);
}

/* alice has the badge, and is in the roster. */
static void registered(struct stage *s)
{
    char handle[ID_HEX_SIZE];

    assert_int_equal(badge(s, ""), PROOF_BADGE_UNKNOWN);
    strcpy(handle, s->out.registration);
    assert_int_equal(password(s, handle), PROOF_YES);
    assert_true(s->out.registered);
}

static void a_right_pin_does_not_help_who_has_left_the_directory(void **state)
{
    struct stage *s = *state;

    registered(s);
    s->says = DIRECTORY_NO;
    assert_int_equal(badge(s, "738215"), PROOF_NO);
    s->says = DIRECTORY_DOWN; /* nor does its absence bring them back */
    assert_int_equal(badge(s, "738215"), PROOF_DOWN);
}

static void without_the_directory_a_badge_goes_on_for_a_while_and_a_password_does_not(void **state)
{
    struct stage *s = *state;
    const struct directory_person long_ago = {.person = "alice", .identity = "first"};

    registered(s);
    s->says = DIRECTORY_DOWN;
    assert_int_equal(badge(s, "738215"), PROOF_YES);
    assert_int_equal(s->out.authentication, BY_BADGE_PIN);
    assert_int_equal(password(s, ""), PROOF_DOWN);
    assert_int_equal(roster_gone(s->roster, "alice"), OK);
    assert_int_equal(roster_saw(s->roster, &long_ago, clock_unix_ms() - HOUR_MS - 1), OK);
    assert_int_equal(badge(s, "738215"), PROOF_DOWN);
}

static void a_clock_that_was_set_back_lets_nobody_in(void **state)
{
    struct stage *s = *state;
    const struct directory_person tomorrow = {.person = "alice", .identity = "first"};

    registered(s);
    assert_int_equal(roster_gone(s->roster, "alice"), OK);
    assert_int_equal(roster_saw(s->roster, &tomorrow, clock_unix_ms() + 24 * HOUR_MS), OK);
    s->says = DIRECTORY_DOWN;
    assert_int_equal(badge(s, "738215"), PROOF_DOWN);
}

static void a_new_account_with_an_old_name_inherits_neither_badge_nor_pin_nor_delegates(void **state)
{
    struct stage *s = *state;

    registered(s);
    assert_int_equal(s->cleared + s->ended, 0);
    strcpy(s->identity, "second");
    assert_int_equal(password(s, ""), PROOF_YES);
    assert_int_equal(s->cleared, 1);
    assert_int_equal(s->ended, 2); /* what has just ended by itself is no failure */
    assert_int_equal(badge(s, "738215"), PROOF_BADGE_UNKNOWN);
    assert_int_equal(password(s, ""), PROOF_YES);
    assert_int_equal(s->cleared, 1); /* once */
}

static void while_what_an_old_account_left_cannot_be_cleared_its_name_signs_nobody_in(void **state)
{
    struct stage *s = *state;

    registered(s);
    strcpy(s->identity, "second");
    s->is_away = 1;
    assert_int_equal(password(s, ""), PROOF_DOWN);
    assert_int_equal(password(s, ""), PROOF_DOWN);
    s->is_away = 0;
    assert_int_equal(password(s, ""), PROOF_YES);
    assert_int_equal(s->cleared, 1);
}

static void a_badge_is_one_persons(void **state)
{
    struct stage *s = *state;
    struct roster_badge b = {.person = "bob", .source = "import"};
    char handle[ID_HEX_SIZE];

    assert_int_equal(badge(s, ""), PROOF_BADGE_UNKNOWN);
    strcpy(handle, s->out.registration);
    assert_int_equal(proof_badge_mac(&s->prover, "04a1b2c3", b.mac), OK);
    assert_int_equal(roster_badge_put(s->roster, &b), OK); /* bob was faster */
    assert_int_equal(password(s, handle), PROOF_YES);
    assert_false(s->out.registered);
}

static void a_wrong_pin_a_locked_one_and_none_are_told_apart_for_a_badge_only(void **state)
{
    struct stage *s = *state;
    const struct proof by_name = {.kind = PROOF_NAME_PIN, .name = "alice", .pin = "738215", .printer = "lobby"};
    static const struct {
        uint8_t verdict;
        enum proof_outcome badge, name;
    } cases[] = {{WRONG, PROOF_NO, PROOF_NO},
                 {TOO_SOON, PROOF_TOO_OFTEN, PROOF_TOO_OFTEN},
                 {LOCKED, PROOF_PIN_LOCKED, PROOF_NO},
                 {NONE, PROOF_PIN_NONE, PROOF_NO},
                 {RIGHT, PROOF_YES, PROOF_YES}};

    registered(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->pin = cases[i].verdict;
        assert_int_equal(badge(s, "738215"), cases[i].badge);
        assert_int_equal(show(s, &by_name), cases[i].name);
    }
    assert_int_equal(s->out.authentication, BY_NAME_PIN);
    s->prover.rules.name_pin = 0;
    assert_int_equal(show(s, &by_name), PROOF_NO);
}

static void a_badge_alone_is_the_sites_choice(void **state)
{
    struct stage *s = *state;

    registered(s);
    assert_int_equal(badge(s, ""), PROOF_PIN_WANTED);
    s->prover.rules.badge_alone = 1;
    assert_int_equal(badge(s, ""), PROOF_YES);
    assert_int_equal(s->out.authentication, BY_BADGE);
    s->pin = WRONG; /* a PIN that is shown all the same must be right */
    assert_int_equal(badge(s, "000001"), PROOF_NO);
}

static void groups_limit_use_printers_and_administration(void **state)
{
    struct stage *s = *state;
    struct proof p = {.kind = PROOF_PASSWORD, .name = "alice", .password = "right", .printer = "closed"};

    s->prover.rules.use_groups = 1;
    assert_int_equal(password(s, ""), PROOF_NOT_HERE);
    s->groups = 1;
    assert_int_equal(password(s, ""), PROOF_YES);
    assert_false(s->out.may_administer); /* no group is named: nobody */
    s->prover.rules.admin_groups = 4;
    assert_int_equal(password(s, ""), PROOF_YES);
    assert_false(s->out.may_administer);
    assert_int_equal(show(s, &p), PROOF_NOT_HERE);
    s->groups = 1 | 2 | 4;
    assert_int_equal(show(s, &p), PROOF_YES);
    assert_true(s->out.may_administer);
}

static void groups_of_another_configuration_are_not_believed(void **state)
{
    struct stage *s = *state;

    s->groups = 1;
    registered(s);
    roster_close(s->roster);
    assert_int_equal(roster_open(s->path, "cn=others\n", &s->roster), OK);
    s->prover.roster = s->roster;
    s->says = DIRECTORY_DOWN;
    assert_int_equal(badge(s, "738215"), PROOF_DOWN);
}

/* From a shared queue: a computer sends passwords by itself, and must do nothing for who has the badge and guesses. */
static enum proof_outcome printing(struct stage *s, const char *handle)
{
    struct proof p = {.kind = PROOF_PRINTING, .name = "alice", .password = "right", .address = "a"};

    strcpy(p.registration, handle);
    return show(s, &p);
}

static void printing_from_afar_unlocks_no_pin_and_registers_no_badge(void **state)
{
    struct stage *s = *state;
    char handle[ID_HEX_SIZE];

    assert_int_equal(badge(s, ""), PROOF_BADGE_UNKNOWN);
    memcpy(handle, s->out.registration, sizeof handle);
    assert_int_equal(printing(s, handle), PROOF_YES);
    assert_string_equal(s->out.person, "alice");
    assert_int_equal(s->out.authentication, BY_PASSWORD);
    assert_int_equal(s->unlocked, 0);
    assert_false(s->out.registered);
    assert_int_equal(badge(s, ""), PROOF_BADGE_UNKNOWN);
}

static void who_may_not_print_may_not_from_afar_and_printers_groups_are_for_the_panel(void **state)
{
    struct stage *s = *state;

    s->prover.rules.use_groups = 1;
    assert_int_equal(printing(s, ""), PROOF_NOT_HERE);
    assert_string_equal(s->out.person, "");
    s->groups = 1;
    assert_int_equal(printing(s, ""), PROOF_YES);
    s->says = DIRECTORY_DOWN;
    assert_int_equal(printing(s, ""), PROOF_DOWN);
}

static void a_password_unlocks_the_pin(void **state)
{
    struct stage *s = *state;

    assert_int_equal(password(s, ""), PROOF_YES);
    assert_int_equal(s->unlocked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_right_pin_does_not_help_who_has_left_the_directory, make, end),
        cmocka_unit_test_setup_teardown(without_the_directory_a_badge_goes_on_for_a_while_and_a_password_does_not, make,
                                        end),
        cmocka_unit_test_setup_teardown(a_clock_that_was_set_back_lets_nobody_in, make, end),
        cmocka_unit_test_setup_teardown(a_new_account_with_an_old_name_inherits_neither_badge_nor_pin_nor_delegates,
                                        make, end),
        cmocka_unit_test_setup_teardown(while_what_an_old_account_left_cannot_be_cleared_its_name_signs_nobody_in, make,
                                        end),
        cmocka_unit_test_setup_teardown(a_badge_is_one_persons, make, end),
        cmocka_unit_test_setup_teardown(a_wrong_pin_a_locked_one_and_none_are_told_apart_for_a_badge_only, make, end),
        cmocka_unit_test_setup_teardown(a_badge_alone_is_the_sites_choice, make, end),
        cmocka_unit_test_setup_teardown(groups_limit_use_printers_and_administration, make, end),
        cmocka_unit_test_setup_teardown(groups_of_another_configuration_are_not_believed, make, end),
        cmocka_unit_test_setup_teardown(a_password_unlocks_the_pin, make, end),
        cmocka_unit_test_setup_teardown(printing_from_afar_unlocks_no_pin_and_registers_no_badge, make, end),
        cmocka_unit_test_setup_teardown(who_may_not_print_may_not_from_afar_and_printers_groups_are_for_the_panel, make,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
