/* SPDX-License-Identifier: Apache-2.0 */
/* hex: ids as people and file names see them: lower-case hexadecimal, two digits a byte. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ID_LEN      16               /* bytes in a site, node, job, order, printer or message id */
#define ID_HEX_SIZE (2 * ID_LEN + 1) /* an id in hex, with its NUL */

struct id {
    uint8_t b[ID_LEN];
};

/* Write 2 * len digits and a NUL to out, which holds at least 2 * len + 1 bytes. */
void hex_write(const uint8_t *bytes, size_t len, char *out);

/* Read exactly 2 * len lower-case digits and the end of the string. ERR_FORMAT otherwise. */
MUST_USE enum err hex_read(const char *text, uint8_t *out, size_t len);

/* An id as text in a buffer of the caller's; returns that buffer, so it can stand in a log call. */
const char *id_text(struct id id, char out[static ID_HEX_SIZE]);
MUST_USE enum err id_read(const char *text, struct id *out);

int id_equal(struct id a, struct id b);
int id_is_zero(struct id a);

#endif
