/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/join.h"

#include <ctype.h>

#include "crypto/derive.h"
#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static const uint8_t SECRET[CODE_SECRET_LEN] = "sixteen secrets";

static struct invitation invitation_of(const struct fixture *f)
{
    struct invitation i = {
        .site = f->site, .bulletin_least = 7, .relay_url = "https://relay.example:4322", .relay_pin = {1, 2, 3}};

    memcpy(i.secret, SECRET, sizeof SECRET);
    return i;
}

static void a_slip_in_any_character_of_a_code_is_noticed(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct invitation i = invitation_of(*state), read;
    char text[CODE_TEXT_MAX];

    assert_int_equal(invitation_write(&i, text), OK);
    for (size_t at = 0; text[at] != '\0'; at++) {
        char saved = text[at];

        if (saved == '-')
            continue;
        for (const char *d = digits; *d != '\0'; d++) {
            text[at] = *d;
            assert_int_equal(invitation_read(text, &read), *d == saved ? OK : ERR_FORMAT);
        }
        text[at] = '1'; /* no digit at all */
        assert_int_equal(invitation_read(text, &read), ERR_FORMAT);
        text[at] = saved;
    }
}

static void a_code_cut_anywhere_or_with_characters_swapped_is_noticed(void **state)
{
    struct invitation i = invitation_of(*state), read;
    char text[CODE_TEXT_MAX], copy[CODE_TEXT_MAX + 1];
    size_t len;

    assert_int_equal(invitation_write(&i, text), OK);
    len = strlen(text);
    for (size_t at = 0; at < len; at++) {
        strcpy(copy, text);
        copy[at] = '\0';
        assert_int_equal(invitation_read(copy, &read), ERR_FORMAT);
        strcpy(copy, text);
        if (at > 0 && copy[at] != copy[at - 1] && copy[at] != '-' && copy[at - 1] != '-') {
            char c = copy[at];

            copy[at] = copy[at - 1];
            copy[at - 1] = c;
            assert_int_equal(invitation_read(copy, &read), ERR_FORMAT);
        }
    }
    strcpy(copy, text);
    strcat(copy, "A");
    assert_int_equal(invitation_read(copy, &read), ERR_FORMAT);
}

static void a_code_for_a_relay_without_tls_is_not_written(void **state)
{
    struct invitation i = invitation_of(*state);
    char text[CODE_TEXT_MAX];

    strcpy(i.relay_url, "http://relay.example");
    assert_int_equal(invitation_write(&i, text), ERR_FORMAT);
}

static void a_code_may_be_typed_in_lower_case_and_pasted_with_line_breaks(void **state)
{
    struct invitation i = invitation_of(*state), read;
    char text[CODE_TEXT_MAX], typed[2 * CODE_TEXT_MAX] = " \n";
    size_t len = 2;

    assert_int_equal(invitation_write(&i, text), OK);
    for (const char *c = text; *c != '\0'; c++) {
        typed[len] = (char)tolower((unsigned char)*c);
        if (*c == '-')
            typed[len] = len % 2 == 0 ? '\n' : ' ';
        len++;
    }
    typed[len++] = '\n';
    assert_int_equal(invitation_read(typed, &read), OK);
    assert_memory_equal(read.secret, SECRET, sizeof SECRET);
    assert_true(id_equal(read.site, i.site));
    assert_int_equal(read.bulletin_least, 7);
    assert_memory_equal(read.relay_pin, i.relay_pin, PIN_LEN);
    assert_string_equal(read.relay_url, i.relay_url);
}

static void the_longest_code_fits(void **state)
{
    struct invitation i = invitation_of(*state), read;
    char text[CODE_TEXT_MAX];

    memset(i.relay_url + 8, 'r', RELAY_URL_SIZE - 9);
    assert_int_equal(invitation_write(&i, text), OK);
    assert_int_equal(invitation_read(text, &read), OK);
    assert_string_equal(read.relay_url, i.relay_url);
}

static void code_key_and_token_differ_and_depend_on_the_site(void **state)
{
    struct fixture *f = *state;
    struct join_keys k, other;
    uint8_t hash[32];

    assert_int_equal(join_derive(SECRET, f->site, &k), OK);
    assert_memory_not_equal(k.code_key, k.token, KEY_LEN);
    assert_int_equal(derive_sha256(&(struct piece){k.token, KEY_LEN}, 1, hash), OK);
    assert_memory_equal(k.door, hash, DOOR_LEN);
    assert_memory_equal(k.code_id, hash, CODE_ID_LEN);
    assert_int_equal(join_derive(SECRET, fixture_id('o'), &other), OK);
    assert_memory_not_equal(k.code_key, other.code_key, KEY_LEN);
    assert_memory_not_equal(k.token, other.token, KEY_LEN);
}

static size_t request_of(const struct fixture *f, const struct join_keys *k, uint8_t out[static JOIN_REQUEST_LEN])
{
    struct join_request r = {.site = f->site, .nonce = {1, 2, 3}};
    struct wbuf b = wbuf_of(out, JOIN_REQUEST_LEN);

    memcpy(r.code_id, k->code_id, CODE_ID_LEN);
    memcpy(r.sign_public, f->courier->sign_public, KEY_LEN);
    memcpy(r.box_public, f->courier->box_public, KEY_LEN);
    assert_int_equal(join_request_write(&r, k->code_key, &b), OK);
    return b.len;
}

static enum err read_request(void *arg, const uint8_t *bytes, size_t len)
{
    const struct join_keys *k = arg;
    struct join_request r;
    enum err e = join_request_read(bytes, len, &r);

    return e != OK ? e : join_request_check(bytes, len, k->code_key);
}

static void a_join_request_damaged_anywhere_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[JOIN_REQUEST_LEN];
    struct join_keys k;

    assert_int_equal(join_derive(SECRET, f->site, &k), OK);
    assert_int_equal(request_of(f, &k, bytes), JOIN_REQUEST_LEN);
    each_cut_is_refused(read_request, &k, bytes, sizeof bytes);
    each_flip_is_refused(read_request, &k, bytes, sizeof bytes);
}

static void who_knows_the_token_but_not_the_code_cannot_ask_to_join(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[JOIN_REQUEST_LEN];
    struct join_keys k, guessed;

    assert_int_equal(join_derive(SECRET, f->site, &k), OK);
    guessed = k;
    memcpy(guessed.code_key, k.token, KEY_LEN);
    request_of(f, &guessed, bytes);
    assert_int_equal(join_request_check(bytes, sizeof bytes, k.code_key), ERR_AUTH);
}

static enum err read_answer(void *arg, const uint8_t *bytes, size_t len)
{
    return join_answer_read(bytes, len, arg);
}

static void a_join_answer_is_read_whole_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    struct join_answer a = {.request_sha256 = {1}, .person = "alice"}, read;
    uint8_t bytes[JOIN_ANSWER_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    memcpy(a.certificate, f->courier_certificate, CERTIFICATE_LEN);
    assert_int_equal(join_answer_write(&a, &b), OK);
    each_cut_is_refused(read_answer, &read, bytes, b.len);
    assert_int_equal(join_answer_read(bytes, b.len, &read), OK);
    assert_string_equal(read.person, "alice");
    assert_memory_equal(read.certificate, a.certificate, CERTIFICATE_LEN);
    assert_memory_equal(read.request_sha256, a.request_sha256, 32);
    bytes[0] = 2;
    assert_int_equal(join_answer_read(bytes, b.len, &read), ERR_UNSUPPORTED);
    memset(a.person, 'a', PERSON_SIZE - 1);
    a.person[PERSON_SIZE - 1] = '\0';
    b.len = 0;
    assert_int_equal(join_answer_write(&a, &b), OK); /* the longest name fits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_in_any_character_of_a_code_is_noticed),
        cmocka_unit_test(a_code_cut_anywhere_or_with_characters_swapped_is_noticed),
        cmocka_unit_test(a_code_for_a_relay_without_tls_is_not_written),
        cmocka_unit_test(a_code_may_be_typed_in_lower_case_and_pasted_with_line_breaks),
        cmocka_unit_test(the_longest_code_fits),
        cmocka_unit_test(code_key_and_token_differ_and_depend_on_the_site),
        cmocka_unit_test(a_join_request_damaged_anywhere_is_refused),
        cmocka_unit_test(who_knows_the_token_but_not_the_code_cannot_ask_to_join),
        cmocka_unit_test(a_join_answer_is_read_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
