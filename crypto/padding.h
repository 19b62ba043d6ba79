/* SPDX-License-Identifier: Apache-2.0 */
/*
 * padding: hide a length in its class, 512 * 2^n bytes (ISO 7816-4: 0x80, then zeros; always at least one byte).
 * Descriptions and envelopes use it. There is one right class for each length; a reader takes no other.
 */
#ifndef CRYPTO_PADDING_H
#define CRYPTO_PADDING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PADDING_LEAST 512

/* The padded length of len bytes: the least 512 * 2^n above it. */
size_t padding_class(size_t len);

/* Pad len bytes in place; bytes has room for size. ERR_LIMIT when the class is larger than that. */
MUST_USE enum err padding_add(uint8_t *bytes, size_t len, size_t size, size_t *padded);

/* How many of the padded bytes are not padding. ERR_FORMAT: not a class, not padded so, or the wrong class. */
MUST_USE enum err padding_strip(const uint8_t *bytes, size_t padded, size_t *len);

#endif
