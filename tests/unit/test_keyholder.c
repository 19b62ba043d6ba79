/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of the keyholder's sockets. */
#include "proto/keyholder.h"

#include "tests/unit/hostile.h"
#include "tests/unit/proto_fixture.h"

static struct printer printer_of(void)
{
    struct printer p = {.id = fixture_id('p'),
                        .name = "second-floor_2",
                        .place = "Second floor, left",
                        .uri = "ipps://printer.example:631/ipp/print",
                        .protocol = DELIVERY_IPPS};

    memset(p.pin, 3, PIN_LEN);
    return p;
}

static enum err read_printer(void *arg, const uint8_t *bytes, size_t len)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct printer p;
    enum err e = printer_read(&b, &p);

    (void)arg;
    if (e != OK)
        assert_int_equal(b.left, len); /* the cursor stays where the reader can say what was wrong */
    return e != OK ? e : rbuf_end(&b);
}

static void a_printer_is_read_whole_or_not_at_all(void **state)
{
    struct printer p = printer_of(), read;
    uint8_t bytes[1024];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    struct rbuf r;

    (void)state;
    assert_int_equal(printer_write(&p, &b), OK);
    each_cut_is_refused(read_printer, NULL, bytes, b.len);
    r = rbuf_of(bytes, b.len);
    assert_int_equal(printer_read(&r, &read), OK);
    assert_true(id_equal(read.id, p.id));
    assert_string_equal(read.name, p.name);
    assert_string_equal(read.place, p.place);
    assert_string_equal(read.uri, p.uri);
    assert_memory_equal(read.pin, p.pin, PIN_LEN);
}

static enum err write_printer(const struct printer *p)
{
    uint8_t bytes[1024];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    return printer_write(p, &b);
}

static void names_that_would_not_stand_in_a_url_are_refused(void **state)
{
    static const char *const bad[] = {"", "second floor", "a/b", "..", "%41", "a?b", "a#b", "\xc3\xa4", "a\"b"};
    struct printer p = printer_of();

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        strcpy(p.name, bad[i]);
        assert_int_equal(write_printer(&p), ERR_FORMAT);
    }
}

static void protocol_uri_pin_and_language_belong_together(void **state)
{
    struct printer p = printer_of();

    (void)state;
    strcpy(p.language, "pdf"); /* an IPP printer says itself what it takes */
    assert_int_equal(write_printer(&p), ERR_FORMAT);
    p = printer_of();
    p.protocol = DELIVERY_RAW;
    assert_int_equal(write_printer(&p), ERR_FORMAT);
    strcpy(p.uri, "socket://printer.example:9100");
    memset(p.pin, 0, PIN_LEN);
    assert_int_equal(write_printer(&p), ERR_FORMAT); /* raw 9100 names its language */
    strcpy(p.language, "pdf");
    assert_int_equal(write_printer(&p), OK);
    p = printer_of();
    memset(p.pin, 0, PIN_LEN);
    assert_int_equal(write_printer(&p), ERR_FORMAT);
    p = printer_of();
    strcpy(p.uri, "http://printer.example/");
    assert_int_equal(write_printer(&p), ERR_FORMAT);
}

static enum err read_grant(void *arg, const uint8_t *bytes, size_t len)
{
    struct grant g;

    (void)arg;
    return grant_read(bytes, len, &g);
}

static void a_grant_is_read_whole_or_not_at_all(void **state)
{
    struct grant g = {.description = (const uint8_t *)"description",
                      .description_len = 11,
                      .owner = "alice",
                      .person = "bob",
                      .authentication = BY_PASSWORD,
                      .recipient = fixture_id('r'),
                      .printer = fixture_id('p'),
                      .options = (const uint8_t *)"options",
                      .options_len = 7},
                 read;
    uint8_t bytes[1024];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    assert_int_equal(grant_write(&g, &b), OK);
    each_cut_is_refused(read_grant, NULL, bytes, b.len);
    assert_int_equal(grant_read(bytes, b.len, &read), OK);
    assert_int_equal(read.description_len, 11);
    assert_memory_equal(read.description, "description", 11);
    assert_string_equal(read.owner, "alice");
    assert_string_equal(read.person, "bob");
    assert_int_equal(read.authentication, BY_PASSWORD);
    assert_true(id_equal(read.recipient, g.recipient));
    assert_true(id_equal(read.printer, g.printer));
    assert_memory_equal(read.options, "options", read.options_len);
}

static void the_longest_grant_fits_a_frame_and_a_longer_one_is_not_written(void **state)
{
    static const uint8_t much[DESCRIPTION_FILE_MAX];
    struct grant g = {
        .description = much, .description_len = sizeof much, .options = much, .options_len = OPTIONS_MAX_LEN};
    uint8_t bytes[KH_FRAME_MAX - 1];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);

    (void)state;
    memset(g.owner, 'o', PERSON_SIZE - 1);
    memset(g.person, 'p', PERSON_SIZE - 1);
    assert_int_equal(grant_write(&g, &b), OK);
    assert_int_equal(read_grant(NULL, bytes, b.len), OK);
    g.options_len++;
    b.len = 0;
    assert_int_equal(grant_write(&g, &b), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_printer_is_read_whole_or_not_at_all),
        cmocka_unit_test(names_that_would_not_stand_in_a_url_are_refused),
        cmocka_unit_test(protocol_uri_pin_and_language_belong_together),
        cmocka_unit_test(a_grant_is_read_whole_or_not_at_all),
        cmocka_unit_test(the_longest_grant_fits_a_frame_and_a_longer_one_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
