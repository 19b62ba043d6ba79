/* SPDX-License-Identifier: Apache-2.0 */
/* padding: see padding.h. */
#include "crypto/padding.h"

#include <sodium.h>

size_t padding_class(size_t len)
{
    size_t padded = PADDING_LEAST;

    while (padded <= len && padded <= SIZE_MAX / 2)
        padded *= 2;
    return padded;
}

enum err padding_add(uint8_t *bytes, size_t len, size_t size, size_t *padded)
{
    size_t class = padding_class(len);

    if (class > size)
        return ERR_LIMIT;
    return sodium_pad(padded, bytes, len, class, size) == 0 ? OK : ERR_LIMIT;
}

enum err padding_strip(const uint8_t *bytes, size_t padded, size_t *len)
{
    size_t plain;

    if (padded < PADDING_LEAST || (padded & (padded - 1)) != 0)
        return ERR_FORMAT;
    if (sodium_unpad(&plain, bytes, padded, padded) != 0 || padding_class(plain) != padded)
        return ERR_FORMAT;
    *len = plain;
    return OK;
}
