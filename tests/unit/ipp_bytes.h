/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_bytes: IPP requests as bytes, so that a test can write what no library would. */
#ifndef TESTS_UNIT_IPP_BYTES_H
#define TESTS_UNIT_IPP_BYTES_H

#include <string.h>

#include "base/buf.h"
#include "tests/unit/cmocka_test.h"

struct ipp_bytes {
    uint8_t bytes[70000];
    struct wbuf b;
};

static inline void ipp_start(struct ipp_bytes *m, uint16_t operation)
{
    m->b = wbuf_of(m->bytes, sizeof m->bytes);
    assert_int_equal(wbuf_u16(&m->b, 0x0200), OK);
    assert_int_equal(wbuf_u16(&m->b, operation), OK);
    assert_int_equal(wbuf_u32(&m->b, 1), OK);
}

static inline void ipp_tag(struct ipp_bytes *m, uint8_t tag)
{
    assert_int_equal(wbuf_u8(&m->b, tag), OK);
}

/* One attribute, further value or member. */
static inline void ipp_element(struct ipp_bytes *m, uint8_t tag, const char *name, const void *value, size_t len)
{
    ipp_tag(m, tag);
    assert_int_equal(wbuf_bytes16(&m->b, name, strlen(name)), OK);
    assert_int_equal(wbuf_bytes16(&m->b, value, len), OK);
}

static inline void ipp_text(struct ipp_bytes *m, uint8_t tag, const char *name, const char *value)
{
    ipp_element(m, tag, name, value, strlen(value));
}

static inline void ipp_integer(struct ipp_bytes *m, uint8_t tag, const char *name, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};

    ipp_element(m, tag, name, bytes, sizeof bytes);
}

/* Version, operation and the attributes that every request has. */
static inline void ipp_head(struct ipp_bytes *m, uint16_t operation)
{
    ipp_start(m, operation);
    ipp_tag(m, 0x01);
    ipp_text(m, 0x47, "attributes-charset", "utf-8");
    ipp_text(m, 0x48, "attributes-natural-language", "en");
    ipp_text(m, 0x45, "printer-uri", "ipp://localhost/ipp/print");
}

#endif
