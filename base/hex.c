/* SPDX-License-Identifier: Apache-2.0 */
/* hex: ids to text and back. Only lower case is read, so an id has one spelling and one file name. */
#include "base/hex.h"

#include <string.h>

void hex_write(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

enum err hex_read(const char *text, uint8_t *out, size_t len)
{
    if (strnlen(text, 2 * len + 1) != 2 * len)
        return ERR_FORMAT;
    for (size_t i = 0; i < len; i++) {
        int high = digit(text[2 * i]);
        int low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return ERR_FORMAT;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return OK;
}

const char *id_text(struct id id, char out[static ID_HEX_SIZE])
{
    hex_write(id.b, ID_LEN, out);
    return out;
}

enum err id_read(const char *text, struct id *out)
{
    struct id id;
    enum err e = hex_read(text, id.b, ID_LEN);

    if (e == OK)
        *out = id;
    return e;
}

int id_equal(struct id a, struct id b)
{
    return memcmp(a.b, b.b, ID_LEN) == 0;
}

int id_is_zero(struct id a)
{
    static const struct id zero;

    return id_equal(a, zero);
}
