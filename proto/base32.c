/* SPDX-License-Identifier: Apache-2.0 */
/* base32: five bits a digit, the first bit of the bytes first. */
#include "proto/base32.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#define GROUP 5 /* digits between hyphens: what an eye takes in at once */

void base32_write(const uint8_t *bytes, size_t len, char *text)
{
    size_t written = 0;

    for (size_t bit = 0; bit < len * 8; bit += 5) {
        size_t at = bit / 8;
        unsigned two = (unsigned)bytes[at] << 8 | (at + 1 < len ? bytes[at + 1] : 0U);

        if (written > 0 && written % GROUP == 0)
            *text++ = '-';
        *text++ = digits[two >> (11 - bit % 8) & 31];
        written++;
    }
    *text = '\0';
}

/* 0 to 31, or -1. */
static int value(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static int is_skipped(char c)
{
    return c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum err base32_read(const char *text, uint8_t *out, size_t size, size_t *len)
{
    unsigned held = 0, bits = 0;
    size_t n = 0;

    for (; *text != '\0'; text++) {
        int v = value(*text);

        if (is_skipped(*text))
            continue;
        if (v < 0)
            return ERR_FORMAT;
        held = held << 5 | (unsigned)v;
        bits += 5;
        if (bits < 8)
            continue;
        if (n == size)
            return ERR_LIMIT;
        bits -= 8;
        out[n++] = (uint8_t)(held >> bits);
        held &= (1U << bits) - 1;
    }
    if (bits >= 5 || held != 0) /* there is one way to write given bytes, so a slip in the last digit shows too */
        return ERR_FORMAT;
    *len = n;
    return OK;
}
