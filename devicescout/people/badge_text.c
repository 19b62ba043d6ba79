/* SPDX-License-Identifier: Apache-2.0 */
/* badge_text: strip, read as one of three forms, then order, cut and fill. */
#include "devicescout/people/badge_text.h"

#include <string.h>

#define NUMBER_BYTES 10 /* a decimal number of 24 digits: more than any reader types */
#define DIGITS_MAX   24

enum err badge_format_read(const char *name, enum badge_format *out)
{
    static const char *const names[] = {
        [BADGE_HEX] = "hex", [BADGE_DECIMAL] = "decimal", [BADGE_FACILITY] = "facility"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum badge_format)i;
            return OK;
        }
    }
    return ERR_FORMAT;
}

/* The text without what readers put around it. */
static enum err strip(const char *text, char out[static BADGE_TEXT_MAX + 1])
{
    static const char around[] = " \t\r\n;%?";
    size_t len;

    text += strspn(text, around);
    len = strlen(text);
    while (len > 0 && strchr(around, text[len - 1]) != NULL)
        len--;
    if (len > BADGE_TEXT_MAX)
        return ERR_LIMIT;
    memcpy(out, text, len);
    out[len] = '\0';
    return len > 0 ? OK : ERR_FORMAT;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err read_hex(const char *text, uint8_t *out, size_t *len)
{
    *len = 0;
    while (*text != '\0') {
        const int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

        if (low < 0)
            return ERR_FORMAT;
        if (*len == BADGE_ID_MAX)
            return ERR_LIMIT;
        out[(*len)++] = (uint8_t)(high << 4 | low);
        text += 2;
        if ((*text == ':' || *text == '-' || *text == ' ') && text[1] != '\0')
            text++;
    }
    return OK;
}

/* Digits up to stop, as a number of exactly size bytes. */
static enum err read_number(const char *text, size_t digits, uint8_t *out, size_t size)
{
    memset(out, 0, size);
    if (digits == 0 || digits > DIGITS_MAX)
        return digits == 0 ? ERR_FORMAT : ERR_LIMIT;
    for (size_t i = 0; i < digits; i++) {
        unsigned carry;

        if (text[i] < '0' || text[i] > '9')
            return ERR_FORMAT;
        carry = (unsigned)(text[i] - '0');
        for (size_t at = size; at-- > 0;) {
            carry += 10U * out[at];
            out[at] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0)
            return ERR_LIMIT;
    }
    return OK;
}

/* The shortest bytes that hold the number. */
static enum err read_decimal(const struct badge_rules *rules, const char *text, uint8_t *out, size_t *len)
{
    uint8_t number[NUMBER_BYTES];
    size_t zeros = 0;
    const enum err e = read_number(text, strlen(text), number, sizeof number);

    if (e != OK)
        return e;
    while (zeros < sizeof number - 1 && number[zeros] == 0)
        zeros++;
    *len = 0;
    if (rules->facility_code >= 0) {
        out[(*len)++] = (uint8_t)rules->facility_code;
        zeros = sizeof number - 2;
        if (number[zeros - 1] != 0)
            return ERR_LIMIT; /* a card number beside a facility code has two bytes */
    }
    memcpy(out + *len, number + zeros, sizeof number - zeros);
    *len += sizeof number - zeros;
    return OK;
}

static enum err read_facility(const char *text, uint8_t *out, size_t *len)
{
    const size_t first = strspn(text, "0123456789");
    enum err e;

    if (strchr(",:-/ ", text[first]) == NULL || text[first] == '\0')
        return ERR_FORMAT;
    if ((e = read_number(text, first, out, 1)) != OK ||
        (e = read_number(text + first + 1, strlen(text + first + 1), out + 1, 2)) != OK)
        return e;
    *len = 3;
    return OK;
}

static void reverse(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        const uint8_t x = bytes[i];

        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = x;
    }
}

static enum err fit(const struct badge_rules *rules, uint8_t *bytes, size_t *len)
{
    if (rules->skip_bytes >= *len)
        return rules->skip_bytes == 0 ? OK : ERR_FORMAT;
    *len -= rules->skip_bytes;
    memmove(bytes, bytes + rules->skip_bytes, *len);
    if (rules->length == 0)
        return OK;
    if (*len < rules->length) {
        memmove(bytes + rules->length - *len, bytes, *len);
        memset(bytes, 0, rules->length - *len);
    }
    *len = rules->length;
    return OK;
}

enum err badge_text_read(const struct badge_rules *rules, const char *text, uint8_t out[static BADGE_ID_MAX],
                         size_t *len)
{
    char stripped[BADGE_TEXT_MAX + 1];
    enum err e;

    if (rules->length > BADGE_ID_MAX)
        return ERR_LIMIT;
    if ((e = strip(text, stripped)) != OK)
        return e;
    if (rules->format == BADGE_HEX)
        e = read_hex(stripped, out, len);
    else if (rules->format == BADGE_DECIMAL)
        e = read_decimal(rules, stripped, out, len);
    else
        e = read_facility(stripped, out, len);
    if (e != OK)
        return e;
    if (rules->reversed)
        reverse(out, *len);
    if ((e = fit(rules, out, len)) != OK)
        return e;
    for (size_t i = 0; i < *len; i++) {
        if (out[i] != 0)
            return OK;
    }
    return ERR_FORMAT;
}
