/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/order.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static struct order order_of(const struct fixture *f)
{
    struct order o = {.site = f->site,
                      .order = fixture_id('o'),
                      .job = fixture_id('j'),
                      .recipient = f->courier->node,
                      .deadline_boot_ms = 10000,
                      .printer = fixture_id('p'),
                      .printer_uri = "ipps://printer.example:631/ipp/print",
                      .protocol = DELIVERY_IPPS,
                      .source = SOURCE_SPOOL,
                      .payload_len = 500016,
                      .options_len = 11,
                      .person = "alice",
                      .authentication = BY_BADGE_PIN};

    memset(o.hello_public, 1, KEY_LEN);
    memset(o.printer_pin, 2, sizeof o.printer_pin);
    memset(o.payload_prefix, 3, sizeof o.payload_prefix);
    memset(o.wrapped_key, 4, sizeof o.wrapped_key);
    memset(o.options, 5, o.options_len);
    return o;
}

static size_t write_signed(const struct fixture *f, const struct order *o, uint8_t out[static ORDER_MAX_LEN])
{
    struct wbuf b = wbuf_of(out, ORDER_MAX_LEN);

    assert_int_equal(order_write(o, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_ORDER, f->site_secret), OK);
    return b.len;
}

static enum err read_it(void *arg, const uint8_t *bytes, size_t len)
{
    const struct fixture *f = arg;
    struct order o;

    return order_read(bytes, len, f->site_public, &o);
}

static void damaged_anywhere_it_is_refused(void **state)
{
    struct fixture *f = *state;
    struct order o = order_of(f);
    uint8_t bytes[ORDER_MAX_LEN];
    size_t len = write_signed(f, &o, bytes);

    each_damage_to_a_signed_record_is_refused(read_it, f, SIGNER(LABEL_ORDER, f->site_secret), bytes, len);
}

static void only_the_site_orders(void **state)
{
    struct fixture *f = *state;
    struct order o = order_of(f);
    uint8_t bytes[ORDER_MAX_LEN];
    size_t len = write_signed(f, &o, bytes) - SIGNATURE_LEN;

    assert_int_equal(read_resigned(read_it, f, SIGNER(LABEL_ORDER, f->scout->sign_secret), bytes, len), ERR_AUTH);
    bytes[1] ^= 1; /* another site's id, under this site's signature */
    assert_int_equal(read_resigned(read_it, f, SIGNER(LABEL_ORDER, f->site_secret), bytes, len), ERR_FORMAT);
}

static enum err write_it(const struct order *o)
{
    uint8_t bytes[ORDER_MAX_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    return order_write(o, &b);
}

static void what_couriers_refuse_is_not_written(void **state)
{
    struct fixture *f = *state;
    const struct order good = order_of(f);
    struct order o;

#define EXPECT(change, expected)                                                                                       \
    o = good;                                                                                                          \
    change;                                                                                                            \
    assert_int_equal(write_it(&o), expected)

    EXPECT(o.protocol = 0, ERR_FORMAT);
    EXPECT(o.protocol = 3, ERR_FORMAT);
    EXPECT(o.protocol = DELIVERY_RAW, ERR_FORMAT); /* with an IPPS URI and a pin */
    EXPECT(strcpy(o.printer_uri, "ipp://printer.example/ipp/print"), ERR_FORMAT);
    EXPECT(strcpy(o.printer_uri, "ipps://"), ERR_FORMAT);
    EXPECT(memset(o.printer_pin, 0, sizeof o.printer_pin), ERR_FORMAT);
    EXPECT(o.source = 2, ERR_FORMAT);
    EXPECT(o.source = SOURCE_BLOB, ERR_FORMAT); /* without a blob id */
    EXPECT(o.blob = fixture_id('b'), ERR_FORMAT);
    EXPECT(o.payload_len = CHUNKED_PREFIX_LEN + CHUNK_TAG_LEN - 1, ERR_FORMAT);
    EXPECT(o.options_len = OPTIONS_MAX_LEN + 1, ERR_LIMIT);
    EXPECT(o.person[0] = '\0', ERR_FORMAT);
    EXPECT(o.authentication = 0, ERR_FORMAT);
    EXPECT(o.authentication = BY_PHONE + 1, ERR_FORMAT);
    EXPECT(o.keep = 2, ERR_FORMAT);
#undef EXPECT
}

static void text_that_could_end_a_line_is_refused(void **state)
{
    struct fixture *f = *state;
    struct order o = order_of(f);
    uint8_t bytes[ORDER_MAX_LEN];
    size_t len;

    strcpy(o.person, "ali\ne"); /* writers copy, readers judge */
    len = write_signed(f, &o, bytes);
    assert_int_equal(read_it(f, bytes, len), ERR_FORMAT);
}

/* Written, read, and written again it is the same bytes. */
static void expect_unchanged(const struct fixture *f, const struct order *o)
{
    uint8_t first[ORDER_MAX_LEN], second[ORDER_MAX_LEN];
    size_t len = write_signed(f, o, first);
    struct order read;

    assert_int_equal(order_read(first, len, f->site_public, &read), OK);
    assert_int_equal(write_signed(f, &read, second), len);
    assert_memory_equal(second, first, len);
}

static void the_longest_order_fits(void **state)
{
    struct fixture *f = *state;
    struct order o = order_of(f);

    memset(o.printer_uri + 7, 'u', PRINTER_URI_SIZE - 8);
    memset(o.person, 'a', PERSON_SIZE - 1);
    o.options_len = OPTIONS_MAX_LEN;
    o.source = SOURCE_BLOB;
    o.blob = fixture_id('b');
    expect_unchanged(f, &o);
}

static void what_was_written_is_read(void **state)
{
    struct fixture *f = *state;
    struct order o = order_of(f), read;
    uint8_t bytes[ORDER_MAX_LEN];

    expect_unchanged(f, &o);
    assert_int_equal(order_read(bytes, write_signed(f, &o, bytes), f->site_public, &read), OK);
    assert_true(id_equal(read.recipient, f->courier->node));
    assert_true(id_equal(read.printer, fixture_id('p')));
    assert_int_equal(read.deadline_boot_ms, 10000);
    assert_string_equal(read.person, "alice");

    o.protocol = DELIVERY_RAW;
    strcpy(o.printer_uri, "socket://printer.example:9100");
    memset(o.printer_pin, 0, sizeof o.printer_pin);
    expect_unchanged(f, &o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_anywhere_it_is_refused),
        cmocka_unit_test(only_the_site_orders),
        cmocka_unit_test(what_couriers_refuse_is_not_written),
        cmocka_unit_test(text_that_could_end_a_line_is_refused),
        cmocka_unit_test(the_longest_order_fits),
        cmocka_unit_test(what_was_written_is_read),
    };

    return cmocka_run_group_tests(tests, fixture_new, fixture_free);
}
