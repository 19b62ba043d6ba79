/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content_pdf: page objects as they pass. Every page is an object with "/Type /Page"; where objects may be compressed
 * (ISO 32000-1 section 7.5.7) they cannot be seen from outside, and the number is unknown. The same holds after changes
 * were appended to the file, because a page may then stand in it twice; each change brings a trailer that names the
 * root.
 */
#include <string.h>

#include "printscout/queue/content_parts.h"

static int is_space(uint8_t b)
{
    return b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == '\f' || b == '\0';
}

static int is_regular(uint8_t b)
{
    return !is_space(b) && memchr("()<>[]{}/%", b, 10) == NULL;
}

/* Is this name here, as a whole name? Returns what is behind it and white space, else NULL. */
static const uint8_t *after_name(const uint8_t *at, const uint8_t *end, const char *name)
{
    const size_t len = strlen(name);

    if ((size_t)(end - at) < len || memcmp(at, name, len) != 0)
        return NULL;
    at += len;
    if (at < end && is_regular(*at))
        return NULL;
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* What follows a '/'. */
static void look_at_name(struct content_pdf *p, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *value;

    if (after_name(at, end, "Linearized") != NULL)
        p->is_linearized = 1;
    if (after_name(at, end, "Root") != NULL)
        p->trailers++;
    if ((value = after_name(at, end, "Type")) == NULL || value == end || *value != '/')
        return;
    if (after_name(value + 1, end, "ObjStm") != NULL)
        p->has_object_streams = 1;
    else if (after_name(value + 1, end, "Page") != NULL)
        p->pages++;
}

/* Look at all that begins in the window's first len bytes; what it reads beyond them is there as well. */
static void scan(struct content_pdf *p, size_t len)
{
    const uint8_t *const end = p->window + p->window_len, *const stop = p->window + len;
    const uint8_t *at;

    for (at = p->window; at < stop && (at = memchr(at, '/', (size_t)(stop - at))) != NULL; at++) {
        /* In a compressed stream every 256th byte is a slash; the next letter sorts most of them out. */
        if (at + 1 < end && (at[1] == 'T' || at[1] == 'L' || at[1] == 'R'))
            look_at_name(p, at + 1, end);
    }
}

void content_pdf_bytes(struct content_pdf *p, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        size_t take = sizeof p->window - p->window_len;

        if (take > len)
            take = len;
        memcpy(p->window + p->window_len, bytes, take);
        p->window_len += take;
        bytes += take;
        len -= take;
        if (p->window_len < sizeof p->window)
            return;
        scan(p, sizeof p->window - CONTENT_PDF_REACH);
        memmove(p->window, p->window + sizeof p->window - CONTENT_PDF_REACH, CONTENT_PDF_REACH);
        p->window_len = CONTENT_PDF_REACH;
    }
}

uint32_t content_pdf_pages(struct content_pdf *p)
{
    scan(p, p->window_len);
    p->window_len = 0;
    if (p->has_object_streams || p->trailers == 0 || p->trailers > (p->is_linearized ? 2u : 1u))
        return 0;
    return p->pages;
}
