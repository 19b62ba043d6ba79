/* SPDX-License-Identifier: Apache-2.0 */
/* hostile: what a reader has to refuse, done to a good record byte by byte. Each attempt stands in memory of exactly
 * its length, so that a sanitizer sees a reader that goes beyond. */
#ifndef TESTS_UNIT_HOSTILE_H
#define TESTS_UNIT_HOSTILE_H

#include <stdlib.h>
#include <string.h>

#include "proto/record.h"
#include "tests/unit/cmocka_test.h"

#define HOSTILE_MAX 65536 /* bytes in any record */

typedef enum err reader_fn(void *arg, const uint8_t *bytes, size_t len);

/* With room for more bytes behind it. */
static inline uint8_t *copy_of(const uint8_t *bytes, size_t len, size_t more)
{
    uint8_t *copy;

    if (len > HOSTILE_MAX || (copy = calloc(1, len + more + 1)) == NULL)
        abort();
    memcpy(copy, bytes, len);
    return copy;
}

static inline enum err read_copy(reader_fn *fn, void *arg, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    enum err e;

    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, bytes, len);
    e = fn(arg, copy, len);
    free(copy);
    return e;
}

/* Whole: accepted. Cut at any byte, or a byte longer: refused. */
static inline void each_cut_is_refused(reader_fn *fn, void *arg, const uint8_t *bytes, size_t len)
{
    uint8_t *longer = copy_of(bytes, len, 1);

    assert_int_equal(read_copy(fn, arg, longer, len), OK);
    for (size_t i = 0; i < len; i++)
        assert_int_not_equal(read_copy(fn, arg, longer, i), OK);
    assert_int_not_equal(read_copy(fn, arg, longer, len + 1), OK);
    free(longer);
}

/* Any byte changed: refused. For what is signed or authenticated. */
static inline void each_flip_is_refused(reader_fn *fn, void *arg, const uint8_t *bytes, size_t len)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    uint8_t *copy = copy_of(bytes, len, 0);

    for (size_t i = 0; i < len; i++) {
        for (size_t k = 0; k < sizeof flips; k++) {
            memcpy(copy, bytes, len);
            copy[i] ^= flips[k];
            assert_int_not_equal(read_copy(fn, arg, copy, len), OK);
        }
    }
    free(copy);
}

struct signer {
    const char *label;
    size_t label_size;
    const uint8_t *secret_key;
};
#define SIGNER(text, key) (&(struct signer){(text), sizeof(text), (key)})

/* Sign the first len bytes again and read: what a signer with a mistake, or an evil node, could send. */
static inline enum err read_resigned(reader_fn *fn, void *arg, const struct signer *s, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = copy_of(bytes, len, SIGNATURE_LEN);
    struct wbuf b = {.start = copy, .size = len + SIGNATURE_LEN, .len = len};
    enum err e;

    assert_int_equal(record_sign(&b, s->label, s->label_size, s->secret_key), OK);
    e = read_copy(fn, arg, copy, b.len);
    free(copy);
    return e;
}

/* All of the above for a signed record, and: cut anywhere, or longer, and signed again, it is refused as well. */
static inline void each_damage_to_a_signed_record_is_refused(reader_fn *fn, void *arg, const struct signer *s,
                                                             const uint8_t *bytes, size_t len)
{
    size_t fields = len - SIGNATURE_LEN;
    struct signer other = *s;
    uint8_t *copy = copy_of(bytes, len, 0);

    each_cut_is_refused(fn, arg, bytes, len);
    each_flip_is_refused(fn, arg, bytes, len);
    assert_int_equal(read_resigned(fn, arg, s, copy, fields), OK);
    for (size_t i = 0; i < fields; i++)
        assert_int_not_equal(read_resigned(fn, arg, s, copy, i), OK);
    assert_int_not_equal(read_resigned(fn, arg, s, copy, fields + 1), OK);
    other.label = "latchkey/v1/another";
    other.label_size = sizeof "latchkey/v1/another";
    assert_int_equal(read_resigned(fn, arg, &other, copy, fields), ERR_AUTH);
    copy[0] = RECORD_VERSION + 1;
    assert_int_equal(read_resigned(fn, arg, s, copy, fields), ERR_UNSUPPORTED);
    free(copy);
}

#endif
