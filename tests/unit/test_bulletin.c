/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/bulletin.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

#define DAY_MS ((uint64_t)86400000)

static struct bulletin *bulletin_of(const struct fixture *f)
{
    struct bulletin *b = calloc(1, sizeof *b);

    assert_non_null(b);
    memcpy(b->site_public, f->site_public, KEY_LEN);
    b->version = 3;
    b->issued_unix_ms = 20 * DAY_MS;
    b->epochs_len = 2;
    b->epochs[0] = (struct bulletin_epoch){1, {1}, 10 * DAY_MS, 31 * DAY_MS, 38 * DAY_MS};
    b->epochs[1] = (struct bulletin_epoch){2, {2}, 17 * DAY_MS, 38 * DAY_MS, 45 * DAY_MS};
    b->scouts_len = 1;
    b->scouts[0].node = f->scout->node;
    memcpy(b->scouts[0].sign_public, f->scout->sign_public, KEY_LEN);
    memcpy(b->scouts[0].box_public, f->scout->box_public, KEY_LEN);
    b->relays_len = 1;
    strcpy(b->relays[0].url, "https://relay.example:4322");
    memset(b->relays[0].pin, 9, PIN_LEN);
    b->retention_s = 7 * 86400;
    b->flags = POLICY_RAW_ALLOWED;
    b->pin_digits_least = 6;
    memcpy(b->profile, "profile", 7);
    b->profile_len = 7;
    b->revoked_len = 2;
    b->revoked[0] = fixture_id('x');
    b->revoked[1] = fixture_id('y');
    return b;
}

static size_t write_signed(const struct fixture *f, const struct bulletin *b, uint8_t out[static BULLETIN_MAX_LEN])
{
    struct wbuf w = wbuf_of(out, BULLETIN_MAX_LEN);

    assert_int_equal(bulletin_write(b, &w), OK);
    assert_int_equal(RECORD_SIGN(&w, LABEL_BULLETIN, f->site_secret), OK);
    return w.len;
}

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct bulletin *b = NULL;
    enum err e = bulletin_read(bytes, len, f->site, &b);

    assert_true((e == OK) == (b != NULL)); /* nothing is left behind by a refusal */
    free(b);
    return e;
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f);
    static uint8_t bytes[BULLETIN_MAX_LEN];
    size_t len = write_signed(f, b, bytes);

    each_cut_is_refused(read_it, f, bytes, len);
    each_flip_is_refused(read_it, f, bytes, len);
    for (size_t i = 0; i < len - SIGNATURE_LEN; i++)
        assert_int_not_equal(read_resigned(read_it, f, SIGNER(LABEL_BULLETIN, f->site_secret), bytes, i), OK);
    free(b);
}

static void another_site_is_refused_although_its_bulletin_is_sound(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f), *read = NULL;
    static uint8_t bytes[BULLETIN_MAX_LEN];
    size_t len = write_signed(f, b, bytes);

    assert_int_equal(bulletin_read(bytes, len, fixture_id('o'), &read), ERR_AUTH);
    assert_null(read);
    free(b);
}

/* Change a good one, and expect that it is not written. */
static void expect_unwritable(const struct fixture *f, void (*change)(struct bulletin *), enum err expected)
{
    struct bulletin *b = bulletin_of(f);
    static uint8_t bytes[BULLETIN_MAX_LEN];
    struct wbuf w = wbuf_of(bytes, sizeof bytes);

    change(b);
    assert_int_equal(bulletin_write(b, &w), expected);
    free(b);
}

static void too_many_epochs(struct bulletin *b)
{
    b->epochs_len = BULLETIN_EPOCHS_MAX + 1;
}
static void too_much_profile(struct bulletin *b)
{
    b->profile_len = BULLETIN_PROFILE_MAX + 1;
}
static void too_many_revoked(struct bulletin *b)
{
    b->revoked_len = BULLETIN_REVOKED_MAX + 1;
}
static void falling_epochs(struct bulletin *b)
{
    b->epochs[1].number = 1;
}
static void epoch_ends_first(struct bulletin *b)
{
    b->epochs[0].use_until_unix_ms = b->epochs[0].start_unix_ms - 1;
}
static void key_destroyed_in_use(struct bulletin *b)
{
    b->epochs[0].destroy_at_unix_ms = b->epochs[0].use_until_unix_ms - 1;
}
static void scout_with_another_id(struct bulletin *b)
{
    b->scouts[0].node.b[0] ^= 1;
}
static void plain_http(struct bulletin *b)
{
    strcpy(b->relays[0].url, "http://relay.example:4322");
}
static void url_with_path(struct bulletin *b)
{
    strcpy(b->relays[0].url, "https://relay.example:4322/x");
}
static void url_with_user(struct bulletin *b)
{
    strcpy(b->relays[0].url, "https://alice@relay.example");
}
static void url_without_host(struct bulletin *b)
{
    strcpy(b->relays[0].url, "https://");
}
static void unknown_flag(struct bulletin *b)
{
    b->flags |= POLICY_KNOWN + 1;
}

static void what_readers_refuse_is_not_written(void **state)
{
    struct fixture *f = *state;

    expect_unwritable(f, too_many_epochs, ERR_LIMIT);
    expect_unwritable(f, too_many_revoked, ERR_LIMIT);
    expect_unwritable(f, too_much_profile, ERR_LIMIT);
    expect_unwritable(f, falling_epochs, ERR_FORMAT);
    expect_unwritable(f, epoch_ends_first, ERR_FORMAT);
    expect_unwritable(f, key_destroyed_in_use, ERR_FORMAT);
    expect_unwritable(f, scout_with_another_id, ERR_FORMAT);
    expect_unwritable(f, plain_http, ERR_FORMAT);
    expect_unwritable(f, url_with_path, ERR_FORMAT);
    expect_unwritable(f, url_with_user, ERR_FORMAT);
    expect_unwritable(f, url_without_host, ERR_FORMAT);
    expect_unwritable(f, unknown_flag, ERR_UNSUPPORTED);
}

static void lists_longer_than_their_tables_are_refused(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f);
    static uint8_t bytes[BULLETIN_MAX_LEN];
    const size_t epochs_at = 1 + KEY_LEN + 4 + 8, scouts_at = epochs_at + 1 + 2 * 60, relays_at = scouts_at + 1 + 80;
    size_t len = write_signed(f, b, bytes), revoked_at = len - SIGNATURE_LEN - 2 - 2 * ID_LEN,
           profile_at = revoked_at - 7 - 2;

    for (size_t i = 0; i < 5; i++) {
        size_t at = (size_t[]){epochs_at, scouts_at, relays_at, profile_at, revoked_at}[i];
        uint8_t saved = bytes[at];

        assert_true(saved <= 2);
        bytes[at] = 255;
        assert_int_equal(read_resigned(read_it, f, SIGNER(LABEL_BULLETIN, f->site_secret), bytes, len - SIGNATURE_LEN),
                         ERR_LIMIT);
        bytes[at] = saved;
    }
    free(b);
}

static void the_largest_bulletin_fits(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f), *read = NULL;
    static uint8_t bytes[BULLETIN_MAX_LEN];

    b->epochs_len = BULLETIN_EPOCHS_MAX;
    for (uint32_t i = 2; i < BULLETIN_EPOCHS_MAX; i++)
        b->epochs[i] = (struct bulletin_epoch){.number = i + 1};
    b->scouts_len = BULLETIN_SCOUTS_MAX;
    b->relays_len = BULLETIN_RELAYS_MAX;
    for (size_t i = 1; i < BULLETIN_SCOUTS_MAX; i++) {
        b->scouts[i] = b->scouts[0];
        b->relays[i] = b->relays[0];
        memset(b->relays[i].url + 8, 'r', RELAY_URL_SIZE - 9);
    }
    b->revoked_len = BULLETIN_REVOKED_MAX;
    b->profile_len = BULLETIN_PROFILE_MAX;
    assert_int_equal(bulletin_read(bytes, write_signed(f, b, bytes), f->site, &read), OK);
    assert_int_equal(read->revoked_len, BULLETIN_REVOKED_MAX);
    free(read);
    free(b);
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f), *read = NULL;
    static uint8_t bytes[BULLETIN_MAX_LEN], again[BULLETIN_MAX_LEN];
    size_t len = write_signed(f, b, bytes);

    assert_int_equal(bulletin_read(bytes, len, f->site, &read), OK);
    assert_int_equal(write_signed(f, read, again), len);
    assert_memory_equal(again, bytes, len);
    assert_true(id_equal(read->site, f->site));
    assert_int_equal(read->version, 3);
    assert_int_equal(read->profile_len, 7);
    assert_memory_equal(read->profile, "profile", 7);
    assert_string_equal(read->relays[0].url, "https://relay.example:4322");
    assert_true(bulletin_is_revoked(read, fixture_id('y')));
    assert_false(bulletin_is_revoked(read, fixture_id('z')));
    assert_ptr_equal(bulletin_scout(read, f->scout->node), &read->scouts[0]);
    assert_null(bulletin_scout(read, f->courier->node));
    free(read);
    free(b);
}

static void an_older_bulletin_is_stale_and_two_of_one_version_are_an_alarm(void **state)
{
    static const uint8_t one[] = "one", two[] = "two";

    (void)state;
    assert_int_equal(bulletin_follows(one, 3, 5, two, 3, 4), ERR_STALE);
    assert_int_equal(bulletin_follows(one, 3, 5, two, 3, 5), ERR_AUTH);
    assert_int_equal(bulletin_follows(one, 3, 5, one, 2, 5), ERR_AUTH);
    assert_int_equal(bulletin_follows(one, 3, 5, one, 3, 5), ERR_EXISTS);
    assert_int_equal(bulletin_follows(one, 3, 5, two, 3, 6), OK);
    assert_int_equal(bulletin_follows(NULL, 0, 0, two, 3, 1), OK);
}

static void jobs_are_sealed_to_the_newest_epoch_that_has_started(void **state)
{
    struct fixture *f = *state;
    struct bulletin *b = bulletin_of(f);
    const struct bulletin_epoch *epoch = NULL;

    assert_int_equal(bulletin_epoch_now(b, 10 * DAY_MS - 1, &epoch), ERR_NOTFOUND);
    assert_null(epoch);
    assert_int_equal(bulletin_epoch_now(b, 10 * DAY_MS, &epoch), OK);
    assert_int_equal(epoch->number, 1);
    assert_int_equal(bulletin_epoch_now(b, 17 * DAY_MS, &epoch), OK);
    assert_int_equal(epoch->number, 2);
    assert_int_equal(bulletin_epoch_now(b, 38 * DAY_MS, &epoch), OK);
    assert_int_equal(bulletin_epoch_now(b, 38 * DAY_MS + 1, &epoch), ERR_EXPIRED);
    assert_int_equal(epoch->number, 2);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(another_site_is_refused_although_its_bulletin_is_sound),
        cmocka_unit_test(what_readers_refuse_is_not_written),
        cmocka_unit_test(lists_longer_than_their_tables_are_refused),
        cmocka_unit_test(the_largest_bulletin_fits),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(an_older_bulletin_is_stale_and_two_of_one_version_are_an_alarm),
        cmocka_unit_test(jobs_are_sealed_to_the_newest_epoch_that_has_started),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
