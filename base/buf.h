/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: bounded cursors over bytes that somebody else owns. Every parser reads through struct rbuf and every
 * writer through struct wbuf, so no length is trusted twice and no struct is laid over bytes.
 * Integers are big-endian.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct rbuf {
    const uint8_t *at; /* next byte to read */
    size_t left;       /* bytes from at to the end */
};

struct wbuf {
    uint8_t *start;
    size_t size; /* bytes that fit */
    size_t len;  /* bytes written */
};

struct rbuf rbuf_of(const void *bytes, size_t len);

/* Each reader moves the cursor past what it read, or returns ERR_FORMAT and leaves it where it was. */
MUST_USE enum err rbuf_u8(struct rbuf *b, uint8_t *out);
MUST_USE enum err rbuf_u16(struct rbuf *b, uint16_t *out);
MUST_USE enum err rbuf_u32(struct rbuf *b, uint32_t *out);
MUST_USE enum err rbuf_u64(struct rbuf *b, uint64_t *out);

/* Copy len bytes to out. */
MUST_USE enum err rbuf_copy(struct rbuf *b, void *out, size_t len);

/* Point *out at len bytes inside the buffer; they live as long as it does. */
MUST_USE enum err rbuf_take(struct rbuf *b, size_t len, const uint8_t **out);

/*
 * A byte string behind a 16-bit length. *out points inside the buffer.
 * Errors: ERR_LIMIT longer than max; ERR_FORMAT cut short.
 */
MUST_USE enum err rbuf_bytes16(struct rbuf *b, size_t max, const uint8_t **out, size_t *len);

/*
 * UTF-8 text behind a 16-bit length, copied to out with a closing NUL; size counts that NUL.
 * Errors: ERR_LIMIT it does not fit; ERR_FORMAT cut short, or it holds a NUL or another control character
 * (C0, DEL) or is not UTF-8.
 */
MUST_USE enum err rbuf_text16(struct rbuf *b, char *out, size_t size);

/* OK if nothing is left, else ERR_FORMAT. Each record's reader ends with it. */
MUST_USE enum err rbuf_end(const struct rbuf *b);

struct wbuf wbuf_of(void *bytes, size_t size);

/* Each writer appends, or returns ERR_LIMIT and changes nothing. */
MUST_USE enum err wbuf_u8(struct wbuf *b, uint8_t v);
MUST_USE enum err wbuf_u16(struct wbuf *b, uint16_t v);
MUST_USE enum err wbuf_u32(struct wbuf *b, uint32_t v);
MUST_USE enum err wbuf_u64(struct wbuf *b, uint64_t v);
MUST_USE enum err wbuf_copy(struct wbuf *b, const void *bytes, size_t len);
MUST_USE enum err wbuf_bytes16(struct wbuf *b, const void *bytes, size_t len);
MUST_USE enum err wbuf_text16(struct wbuf *b, const char *text);

/* Is s valid UTF-8 without control characters? What rbuf_text16 asks. */
int text_is_clean(const char *s, size_t len);

#endif
