/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_courier_input: what a courier reads that a printer, an order or its own disk could have made up. The first byte
 * says which: PJL in pieces, an IPP answer, an order's options, a printer's URI, the journal.
 */
#include <stdlib.h>
#include <string.h>

#include "printscout/courier/format.h"
#include "printscout/courier/ipp_options.h"
#include "printscout/courier/ipp_session.h"
#include "printscout/courier/journal_record.h"
#include "printscout/courier/pjl.h"
#include "printscout/courier/pjl_wrapper.h"
#include "printscout/courier/printer_uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define NAME "0123456789abcdef0123456789abcdef"

static void leave_wrapper(const uint8_t *bytes, size_t len)
{
    const size_t before = pjl_wrapper_before(bytes, len), behind = pjl_wrapper_behind(bytes, len);

    if (before > len || behind > len)
        abort();
    if (len - before >= PJL_UEL_LEN && memcmp(bytes + before, PJL_UEL, PJL_UEL_LEN) == 0)
        abort();
    if (behind > 0 && memcmp(bytes + len - behind, PJL_UEL, PJL_UEL_LEN) != 0)
        abort();
}

static void hear_pjl(const uint8_t *bytes, size_t len)
{
    struct pjl p = {0};
    struct pjl_search s = {0}, whole = {0};
    size_t piece = len > 0 ? bytes[0] % 64 + 1U : 1;
    int found = 0;

    for (size_t at = 0; at < len; at += piece) {
        size_t left = len - at < piece ? len - at : piece;
        const uint8_t *from = bytes + at;

        found |= pjl_search(&s, from, left);
        while (left > 0) {
            enum pjl_event e = pjl_take(&p, &from, &left, NAME);

            if ((e == PJL_DEVICE && p.reason == NULL) || p.pages > 1000000)
                abort();
        }
    }
    if (found != pjl_search(&whole, bytes, len)) /* in pieces as in one */
        abort();
    if (!found && memmem(bytes, len, PJL_UEL, PJL_UEL_LEN) != NULL)
        abort();
    leave_wrapper(bytes, len);
}

static void hear_ipp(const uint8_t *bytes, size_t len)
{
    char text[STATE_REASONS_SIZE];
    ipp_t *m = NULL;

    if (ipp_bytes_read(bytes, len, &m) != OK)
        return;
    if (ipp_session_status(m) != OK) {
        ippDelete(m);
        return;
    }
    ipp_session_keywords(ippFindAttribute(m, "printer-state-reasons", IPP_TAG_ZERO), text, sizeof text);
    if (!text_is_clean(text, strlen(text)) || strpbrk(text, " \"<>&\\") != NULL)
        abort();
    if (ipp_options_takes_format(m, format_of(bytes, len)) > 1)
        abort();
    ippDelete(m);
}

static ipp_t *printer(void)
{
    ipp_t *p = ippNew();
    static const char *const sides[] = {"one-sided", "two-sided-long-edge"};

    ippAddRange(p, IPP_TAG_PRINTER, "copies-supported", 1, 99);
    ippAddStrings(p, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "sides-supported", 2, NULL, sides);
    ippAddBoolean(p, IPP_TAG_PRINTER, "page-ranges-supported", 1);
    ippAddString(p, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-col-supported", NULL, "media-size");
    return p;
}

static void take_options(const uint8_t *bytes, size_t len)
{
    struct order o = {.options_len = len};
    ipp_t *p = printer(), *out = NULL;

    if (len <= OPTIONS_MAX_LEN) {
        memcpy(o.options, bytes, len);
        if (ipp_options_read(&o, p, &out) == OK) {
            for (ipp_attribute_t *a = ippFirstAttribute(out); a != NULL; a = ippNextAttribute(out)) {
                if (ippGetGroupTag(a) != IPP_TAG_JOB)
                    abort();
            }
        }
    }
    ippDelete(out);
    ippDelete(p);
}

static void take_uri(const uint8_t *bytes, size_t len)
{
    char text[PRINTER_URI_SIZE], url[PRINTER_URL_SIZE];
    struct printer_uri u;

    if (len >= sizeof text)
        return;
    memcpy(text, bytes, len);
    text[len] = '\0';
    if (printer_uri_read(text, DELIVERY_IPPS, &u) == OK && strpbrk(printer_uri_url(&u, url), "@# \\\r\n") != NULL)
        abort();
    if (printer_uri_read(text, DELIVERY_RAW, &u) == OK && u.host[0] == '\0')
        abort();
}

static void read_journal(const uint8_t *bytes, size_t len)
{
    uint8_t again[JOURNAL_RECORD_MAX + 16];
    struct rbuf b = rbuf_of(bytes, len);
    struct journal_record r;

    for (const uint8_t *from = b.at; journal_record_read(&b, &r) == OK; from = b.at) {
        struct wbuf w = wbuf_of(again, sizeof again);

        if (journal_record_write(&r, &w) != OK || w.len != (size_t)(b.at - from) || memcmp(again, from, w.len) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static void (*const readers[])(const uint8_t *bytes, size_t len) = {hear_pjl, hear_ipp, take_options, take_uri,
                                                                        read_journal};

    if (len == 0)
        return 0;
    readers[bytes[0] % (sizeof readers / sizeof *readers)](bytes + 1, len - 1);
    return 0;
}
