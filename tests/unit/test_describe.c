/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions: who lacks the job's own key can neither read one, nor put another owner on the job. */
#include <stdlib.h>
#include <string.h>

#include "crypto/describe.h"
#include "crypto/label.h"
#include "tests/unit/crypto_fixture.h"

struct opened {
    uint8_t plain[DESCRIPTION_MAX_PADDED];
    char owner[OWNER_MAX_LEN + 1];
    struct description d;
};

static enum err open_description(const struct job *j, const uint8_t *file, size_t len, struct opened *o)
{
    return description_open(j->key, file, len, o->plain, o->owner, &o->d);
}

/* A description file of bytes that description_write would never write, under the job's right key and header. */
static size_t forge(const struct job *j, const uint8_t *plain, size_t len, uint8_t *out)
{
    uint8_t context[HEADER_CONTEXT_LEN], key[KEY_LEN];

    assert_int_equal(description_key(j->key, key), OK);
    assert_int_equal(header_context(LABEL_JOB_DESCRIPTION, sizeof LABEL_JOB_DESCRIPTION, j->file, context), OK);
    memcpy(out, j->file, HEADER_LEN);
    assert_int_equal(chunked_seal_all(key, context, sizeof context, plain, len, out + HEADER_LEN), OK);
    return HEADER_LEN + (size_t)chunked_sealed_len(len);
}

static void a_description_cut_at_any_byte_is_refused(void **state)
{
    struct opened o;
    struct job j;

    (void)state;
    job_new(&j, NULL, 0, 1);
    for (size_t len = 0; len < j.description_len; len++)
        assert_int_not_equal(open_description(&j, j.description, len, &o), OK);
    job_free(&j);
}

static void a_change_of_any_one_byte_is_found(void **state)
{
    struct opened o;
    struct job j;

    (void)state;
    job_new(&j, NULL, 0, 1);
    for (size_t i = 0; i < j.description_len; i++) {
        j.description[i] ^= 1;
        assert_int_not_equal(open_description(&j, j.description, j.description_len, &o), OK);
        j.description[i] ^= 1;
    }
    job_free(&j);
}

static void another_owner_under_another_jobs_key_is_refused(void **state)
{
    struct opened o;
    struct job victim, thief;
    uint8_t moved[DESCRIPTION_FILE_MAX];
    const struct description d = {.number = 9, .owner = "bob"};
    size_t len;

    (void)state;
    job_new(&victim, NULL, 0, 1);
    job_new(&thief, NULL, 0, 1);
    assert_int_equal(seal_description(thief.seal, &d, moved, &len), OK);
    assert_int_equal(open_description(&victim, moved, len, &o), ERR_AUTH);
    memcpy(moved, victim.file, HEADER_LEN); /* the victim's header in front of it */
    assert_int_equal(open_description(&victim, moved, len, &o), ERR_AUTH);
    assert_int_equal(open_description(&thief, moved, len, &o), ERR_AUTH);
    job_free(&victim);
    job_free(&thief);
}

static void a_description_longer_than_a_message_is_refused(void **state)
{
    static uint8_t file[DESCRIPTION_FILE_MAX + 1];
    struct opened o;
    struct job j;

    (void)state;
    job_new(&j, NULL, 0, 1);
    memcpy(file, j.description, j.description_len);
    assert_int_equal(open_description(&j, file, sizeof file, &o), ERR_LIMIT);
    job_free(&j);
}

static void a_plaintext_that_lies_about_itself_is_refused(void **state)
{
    uint8_t plain[512], good[512], file[DESCRIPTION_FILE_MAX];
    const size_t owner_at = 4 + CHUNKED_PREFIX_LEN + 8, ticket_at = owner_at + 2 + 5;
    struct opened o;
    struct job j;

    (void)state;
    job_new(&j, NULL, 0, 1);
    assert_int_equal(open_description(&j, j.description, j.description_len, &o), OK);
    memcpy(good, o.plain, sizeof good);

    const struct {
        size_t at;
        uint8_t value;
        enum err as;
    } lies[] = {
        {owner_at, 0xff, ERR_LIMIT},                  /* an owner of 65,285 bytes */
        {owner_at + 1, 0, ERR_FORMAT},                /* an empty one */
        {owner_at + 1, 255, ERR_FORMAT},              /* one that runs into the ticket's length, which has zeros */
        {owner_at + 2, '\n', ERR_FORMAT},             /* a line break in a name */
        {owner_at + 2, 0xff, ERR_FORMAT},             /* not UTF-8 */
        {ticket_at, 0xff, ERR_FORMAT},                /* a ticket of 4 GiB */
        {ticket_at + 3, 19, ERR_FORMAT},              /* a byte behind the ticket */
        {ticket_at + 3, 21, ERR_FORMAT},              /* a ticket that runs into the padding */
        {ticket_at + 4 + 20, 0, ERR_FORMAT},          /* no end of the padding */
        {511, 1, ERR_FORMAT},                         /* padding that is not zero */
        {4 + CHUNKED_PREFIX_LEN + 7, 71, ERR_FORMAT}, /* a payload length that no payload has */
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        memcpy(plain, good, sizeof plain);
        plain[lies[i].at] = lies[i].value;
        assert_int_equal(open_description(&j, file, forge(&j, plain, sizeof plain, file), &o), lies[i].as);
    }
    assert_int_equal(open_description(&j, file, forge(&j, good, 512, file), &o), OK);
    job_free(&j);
}

static void padding_of_another_class_is_refused(void **state)
{
    static uint8_t plain[1024];
    uint8_t file[DESCRIPTION_FILE_MAX];
    struct opened o;
    struct job j;

    (void)state;
    job_new(&j, NULL, 0, 1);
    assert_int_equal(open_description(&j, j.description, j.description_len, &o), OK);
    memcpy(plain, o.plain, 512); /* padded to 1,024 where 512 is enough: it would tell the reader something */
    assert_int_equal(open_description(&j, file, forge(&j, plain, 1024, file), &o), ERR_FORMAT);
    assert_int_equal(open_description(&j, file, forge(&j, plain, 500, file), &o), ERR_FORMAT);
    assert_int_equal(open_description(&j, file, forge(&j, plain, 0, file), &o), ERR_FORMAT);
    job_free(&j);
}

static void an_owner_or_ticket_that_is_too_long_is_not_written(void **state)
{
    static uint8_t ticket[DESCRIPTION_MAX_PLAIN];
    uint8_t file[DESCRIPTION_FILE_MAX];
    char owner[OWNER_MAX_LEN + 2];
    struct description d = {.owner = owner, .ticket = ticket};
    struct job j;
    size_t len;

    (void)state;
    job_new(&j, NULL, 0, 1);
    memset(owner, 'a', sizeof owner);
    owner[OWNER_MAX_LEN + 1] = '\0';
    assert_int_equal(seal_description(j.seal, &d, file, &len), ERR_LIMIT);
    d.owner = "";
    assert_int_equal(seal_description(j.seal, &d, file, &len), ERR_FORMAT);
    d.owner = "alice\tbob";
    assert_int_equal(seal_description(j.seal, &d, file, &len), ERR_FORMAT);
    d.owner = "alice";
    d.ticket_len = DESCRIPTION_MAX_PLAIN - (4 + CHUNKED_PREFIX_LEN + 8 + 2 + 5 + 4) + 1;
    assert_int_equal(seal_description(j.seal, &d, file, &len), ERR_LIMIT);
    d.ticket_len = SIZE_MAX;
    assert_int_equal(seal_description(j.seal, &d, file, &len), ERR_LIMIT);
    job_free(&j);
}

static void the_longest_description_comes_back(void **state)
{
    static uint8_t ticket[DESCRIPTION_MAX_PLAIN];
    uint8_t file[DESCRIPTION_FILE_MAX];
    struct description d = {.number = UINT32_MAX, .owner = "alice", .ticket = ticket};
    struct opened o;
    struct job j;
    size_t len;

    (void)state;
    job_new(&j, NULL, 0, 1);
    memset(ticket, 't', sizeof ticket);
    d.ticket_len = DESCRIPTION_MAX_PLAIN - (4 + CHUNKED_PREFIX_LEN + 8 + 2 + 5 + 4);
    assert_int_equal(seal_description(j.seal, &d, file, &len), OK);
    assert_int_equal(len, DESCRIPTION_FILE_MAX);
    assert_int_equal(open_description(&j, file, len, &o), OK);
    assert_int_equal(o.d.ticket_len, d.ticket_len);
    assert_memory_equal(o.d.ticket, ticket, d.ticket_len);
    job_free(&j);
}

static void what_was_written_is_read_and_a_second_one_has_its_number(void **state)
{
    struct description d = {.number = 2, .owner = "Bj\xc3\xb6rn", .ticket = (const uint8_t *)"{}", .ticket_len = 2};
    uint8_t *document = document_new(40000), file[DESCRIPTION_FILE_MAX];
    struct opened o;
    struct job j;
    size_t len;

    (void)state;
    job_new(&j, document, 40000, 40000);
    assert_int_equal(open_description(&j, j.description, j.description_len, &o), OK);
    assert_int_equal(o.d.number, 1);
    assert_string_equal(o.d.owner, "alice");
    assert_int_equal(o.d.ticket_len, 20);
    assert_memory_equal(o.d.ticket, "{\"title\":\"a letter\"}", 20);
    assert_memory_equal(o.d.payload_prefix, j.file + HEADER_LEN, CHUNKED_PREFIX_LEN);
    assert_int_equal(o.d.payload_len, j.len - HEADER_LEN);
    assert_memory_equal(j.description, j.file, HEADER_LEN);

    assert_int_equal(seal_description(j.seal, &d, file, &len), OK);
    assert_int_equal(len, j.description_len); /* one class of length for both */
    assert_int_equal(open_description(&j, file, len, &o), OK);
    assert_int_equal(o.d.number, 2);
    assert_string_equal(o.d.owner, d.owner);
    job_free(&j);
    free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_description_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_change_of_any_one_byte_is_found),
        cmocka_unit_test(another_owner_under_another_jobs_key_is_refused),
        cmocka_unit_test(a_description_longer_than_a_message_is_refused),
        cmocka_unit_test(a_plaintext_that_lies_about_itself_is_refused),
        cmocka_unit_test(padding_of_another_class_is_refused),
        cmocka_unit_test(an_owner_or_ticket_that_is_too_long_is_not_written),
        cmocka_unit_test(the_longest_description_comes_back),
        cmocka_unit_test(what_was_written_is_read_and_a_second_one_has_its_number),
    };

    return cmocka_run_group_tests(tests, crypto_set_up, NULL);
}
