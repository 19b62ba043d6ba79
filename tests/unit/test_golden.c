/* SPDX-License-Identifier: Apache-2.0 */
/* The files of tests/vectors, made once by an earlier build: what is on disks today opens tomorrow. */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/describe.h"
#include "crypto/envelope.h"
#include "crypto/label.h"
#include "crypto/site.h"
#include "crypto/unseal.h"
#include "tests/unit/crypto_fixture.h"
#include "tests/unit/scratch.h"

#define FOLDER LATCHKEY_SOURCE_DIR "/tests/vectors"

static json_t *keys;

static int set_up(void **state)
{
    keys = json_load_file(FOLDER "/keys.json", 0, NULL);
    return keys == NULL ? -1 : crypto_set_up(state);
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(keys);
    return 0;
}

static const char *text(const json_t *object, const char *name)
{
    const char *t = json_string_value(json_object_get(object, name));

    assert_non_null(t);
    return t;
}

static size_t number(const json_t *object, const char *name)
{
    return (size_t)json_integer_value(json_object_get(object, name));
}

static void hex(const char *name, uint8_t *out, size_t len)
{
    assert_int_equal(hex_read(text(keys, name), out, len), OK);
}

static struct id id_of(const json_t *object, const char *name)
{
    struct id id;

    assert_int_equal(id_read(text(object, name), &id), OK);
    return id;
}

static uint8_t *load(const char *name, size_t *len)
{
    char path[512];
    uint8_t *bytes = NULL;

    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &bytes, len), OK);
    return bytes;
}

/* The document that make.py sealed: the decimal numbers from 1, one a line, cut to len. */
static uint8_t *numbers_new(size_t len)
{
    char *bytes = malloc(len + 16);
    size_t at = 0;

    assert_non_null(bytes);
    for (unsigned i = 1; at < len; i++)
        at += (size_t)sprintf(bytes + at, "%u\n", i);
    return (uint8_t *)bytes;
}

static void unwrap_job(const struct job_header *h, uint8_t key[static KEY_LEN])
{
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN];
    struct wrap_info info;

    hex("epoch_public", public_key, KEY_LEN);
    hex("epoch_secret", secret_key, KEY_LEN);
    wrap_info_job(&info, h->site, h->job, h->epoch);
    assert_int_equal(unwrap_key(secret_key, public_key, info.pieces, 2, h->wrapped_key, key), OK);
}

static void check_description(const json_t *job, const uint8_t *key, const uint8_t *file, size_t file_len)
{
    static uint8_t plain[DESCRIPTION_MAX_PADDED];
    char owner[OWNER_MAX_LEN + 1];
    struct description d;
    size_t len;
    uint8_t *description = load(text(job, "description"), &len);

    assert_int_equal(description_open(key, description, len, plain, owner, &d), OK);
    assert_int_equal(d.number, number(keys, "number"));
    assert_string_equal(d.owner, text(keys, "owner"));
    assert_int_equal(d.ticket_len, strlen(text(keys, "ticket")));
    assert_memory_equal(d.ticket, text(keys, "ticket"), d.ticket_len);
    assert_memory_equal(d.payload_prefix, file + HEADER_LEN, CHUNKED_PREFIX_LEN);
    assert_int_equal(d.payload_len, file_len - HEADER_LEN);
    free(description);
}

static void check_job(const json_t *job)
{
    size_t len, document_len = number(job, "document_length");
    uint8_t *file = load(text(job, "file"), &len), *document = numbers_new(document_len);
    uint8_t *plain = malloc(CHUNK_LEN), key[KEY_LEN];
    struct unseal *u = NULL;
    struct job_header h;

    assert_non_null(plain);
    assert_int_equal(header_read(file, len, &h), OK);
    assert_true(id_equal(h.site, id_of(keys, "site")) && id_equal(h.node, id_of(keys, "node")));
    assert_true(id_equal(h.job, id_of(job, "job")));
    assert_int_equal(h.epoch, number(keys, "epoch"));
    assert_int_equal(h.created_unix_ms, number(keys, "created_unix_ms"));
    unwrap_job(&h, key);
    assert_int_equal(len, HEADER_LEN + chunked_sealed_len(document_len));
    assert_int_equal(unseal_new(key, file, len, &u), OK);
    for (size_t i = 0, at = SEAL_START_LEN; at < len; i++, at += CHUNK_SEALED_LEN) {
        size_t chunk = len - at < CHUNK_SEALED_LEN ? len - at : CHUNK_SEALED_LEN;

        assert_int_equal(unseal_chunk(u, i, file + at, chunk, plain), OK);
        assert_memory_equal(plain, document + i * CHUNK_LEN, chunk - CHUNK_TAG_LEN);
    }
    check_description(job, key, file, len);
    unseal_free(u);
    free(plain);
    free(document);
    free(file);
}

static void golden_jobs_and_descriptions_open(void **state)
{
    const json_t *job;
    size_t i;

    (void)state;
    assert_int_equal(json_array_size(json_object_get(keys, "jobs")), 6);
    json_array_foreach(json_object_get(keys, "jobs"), i, job) check_job(job);
}

static void a_golden_grant_opens_to_the_hello_key(void **state)
{
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN], wrapped[WRAP_LEN], expected[KEY_LEN], key[KEY_LEN];
    struct wrap_info info;

    (void)state;
    hex("hello_public", public_key, KEY_LEN);
    hex("hello_secret", secret_key, KEY_LEN);
    hex("order_wrap", wrapped, WRAP_LEN);
    hex("order_job_key", expected, KEY_LEN);
    wrap_info_grant(&info, id_of(keys, "site"), id_of(keys, "order"));
    assert_int_equal(unwrap_key(secret_key, public_key, info.pieces, 2, wrapped, key), OK);
    assert_memory_equal(key, expected, KEY_LEN);
}

static void golden_envelopes_open(void **state)
{
    static uint8_t out[ENVELOPE_MAX_LEN];
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN];
    const json_t *envelope;
    size_t i;

    (void)state;
    hex("recipient_public", public_key, KEY_LEN);
    hex("recipient_secret", secret_key, KEY_LEN);
    json_array_foreach(json_object_get(keys, "envelopes"), i, envelope)
    {
        size_t len, got, expected = number(envelope, "length");
        uint8_t *sealed = load(text(envelope, "file"), &len), *document = numbers_new(expected);

        assert_int_equal(envelope_open(public_key, secret_key, sealed, len, out, &got), OK);
        assert_int_equal(got, expected);
        assert_memory_equal(out, document, got);
        free(document);
        free(sealed);
    }
    assert_int_equal(i, 4);
}

static void the_golden_kit_and_root_file_give_the_root_and_its_identity(void **state)
{
    uint8_t expected[KEY_LEN], root[KEY_LEN], public_key[KEY_LEN], secret_key[SIGN_SECRET_LEN], identity[KEY_LEN];
    char written[KIT_TEXT_MAX];
    size_t len;
    uint8_t *kit = load("root.kit", &len), *file;
    int bad;

    (void)state;
    hex("root", expected, KEY_LEN);
    assert_int_equal(kit_read((const char *)kit, root, &bad), OK);
    assert_memory_equal(root, expected, KEY_LEN);
    kit_write(root, written);
    assert_string_equal(written, (const char *)kit);
    free(kit);

    secret_wipe(root, KEY_LEN);
    file = load("root.file", &len);
    assert_int_equal(root_file_read(file, len, text(keys, "root_password"), root), OK);
    assert_memory_equal(root, expected, KEY_LEN);
    free(file);

    hex("identity_public", identity, KEY_LEN);
    assert_int_equal(site_identity(root, public_key, secret_key), OK);
    assert_memory_equal(public_key, identity, KEY_LEN);
    assert_true(id_equal(verify_key_id(public_key), id_of(keys, "site")));
}

static void golden_node_keys_sign_as_they_did(void **state)
{
    const struct scratch *s = *state;
    uint8_t sig[SIGNATURE_LEN], expected[SIGNATURE_LEN];
    uint8_t *bytes, *document = numbers_new(100);
    struct node_keys *k = NULL;
    size_t len;

    bytes = load("node.keys", &len);
    assert_int_equal(file_replace(s->fd, "node.keys", bytes, len, 0600), OK); /* git keeps no 0600 */
    assert_int_equal(node_keys_load(s->fd, "node.keys", &k), OK);
    assert_true(id_equal(k->node, id_of(keys, "node_keys_id")));
    hex("node_keys_report", expected, SIGNATURE_LEN);
    assert_int_equal(SIGN(LABEL_REPORT, document, 100, k->sign_secret, sig), OK);
    assert_memory_equal(sig, expected, SIGNATURE_LEN);
    assert_int_equal(VERIFY(LABEL_REPORT, document, 100, k->sign_public, expected), OK);
    node_keys_free(k);
    free(document);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_jobs_and_descriptions_open),
        cmocka_unit_test(a_golden_grant_opens_to_the_hello_key),
        cmocka_unit_test(golden_envelopes_open),
        cmocka_unit_test(the_golden_kit_and_root_file_give_the_root_and_its_identity),
        cmocka_unit_test_setup_teardown(golden_node_keys_sign_as_they_did, scratch_new, scratch_free),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
