/* SPDX-License-Identifier: Apache-2.0 */
/* pjl: a printer's messages are lines that end in a form feed. They are hostile text: nothing of it is passed on. */
#include "printscout/courier/pjl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The UEL holds a per cent sign, so it is an argument and never part of a format. */
static size_t write_text(char out[static PJL_TEXT_SIZE], const char *before, const char *name, const char *behind)
{
    int n = snprintf(out, PJL_TEXT_SIZE, "%s%s\"%s\"\r\n%s", PJL_UEL, before, name, behind);

    return n > 0 && n < PJL_TEXT_SIZE ? (size_t)n : 0;
}

size_t pjl_before(const char *name, char out[static PJL_TEXT_SIZE])
{
    /* DEVICE tells of paper and jams. The language is left to the printer, which knows a PDF by its first bytes. */
    return write_text(out,
                      "@PJL USTATUSOFF\r\n@PJL USTATUS DEVICE=ON\r\n@PJL USTATUS PAGE=ON\r\n@PJL USTATUS JOB=ON\r\n"
                      "@PJL JOB NAME=",
                      name, "");
}

size_t pjl_behind(const char *name, char out[static PJL_TEXT_SIZE])
{
    return write_text(out, "@PJL EOJ NAME=", name, PJL_UEL);
}

/* Status codes by their first digits: the groups are the same on every make that speaks PJL. */
static const struct {
    unsigned long from, to;
    const char *reason;
} codes[] = {
    {10000, 10005, ""},
    {10006, 10009, "toner-low-warning"},
    {10010, 10022, ""},
    {10023, 10023, ""}, /* busy with this very job */
    {40010, 40010, "toner-empty-error"},
    {40020, 40021, "cover-open-error"},
    {40022, 40022, "media-jam-error"},
    {40000, 40999, "other-error"},
    {41000, 41999, "media-empty-error"},
    {42000, 44999, "media-jam-error"},
    {50000, 59999, "other-error"},
};

static const char *reason_of(unsigned long code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (code >= codes[i].from && code <= codes[i].to)
            return codes[i].reason;
    }
    return "";
}

static unsigned long number_behind(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    return at == NULL ? 0 : strtoul(at + strlen(key), NULL, 10);
}

static uint32_t pages_of(unsigned long pages)
{
    return pages > 1000000 ? 0 : (uint32_t)pages; /* a number that no job has is no number */
}

/* Does this line of a message say this word, and nothing more? */
static int is_line(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0 && strchr("\r\n", line[strlen(word)]) != NULL;
}

/* Other people's jobs are told of as well: only what names ours counts. */
static enum pjl_event read_job(struct pjl *p, const char *lines, const char *name)
{
    const char *named = strstr(lines, "NAME=\"");

    if (named == NULL || strncmp(named + 6, name, strlen(name)) != 0 || named[6 + strlen(name)] != '"')
        return PJL_OTHER;
    p->pages = pages_of(number_behind(lines, "PAGES="));
    if (is_line(lines, "END"))
        return PJL_JOB_END;
    return is_line(lines, "CANCELED") ? PJL_JOB_CANCELED : PJL_OTHER;
}

/* p->text is one message without its form feed. */
static enum pjl_event read_message(struct pjl *p, const char *name)
{
    const char *at = strstr(p->text, "@PJL ");
    const char *lines;

    if (at == NULL || (lines = strpbrk(at, "\r\n")) == NULL)
        return PJL_OTHER;
    lines += strspn(lines, "\r\n");
    at += 5;
    if (strncmp(at, "INFO ID", 7) == 0)
        return PJL_ID;
    if (strncmp(at, "USTATUS JOB", 11) == 0)
        return read_job(p, lines, name);
    if (strncmp(at, "USTATUS PAGE", 12) == 0) {
        p->pages = pages_of(strtoul(lines, NULL, 10));
        return PJL_PAGE;
    }
    if (strncmp(at, "USTATUS DEVICE", 14) == 0) {
        p->reason = reason_of(number_behind(lines, "CODE="));
        return PJL_DEVICE;
    }
    return PJL_OTHER;
}

enum pjl_event pjl_take(struct pjl *p, const uint8_t **bytes, size_t *len, const char *name)
{
    while (*len > 0) {
        char c = (char)**bytes;

        ++*bytes;
        --*len;
        if (c == '\f') {
            int overlong = p->overlong;

            p->text[p->len] = '\0';
            p->len = 0;
            p->overlong = 0;
            return overlong ? PJL_OTHER : read_message(p, name);
        }
        if (c == '\0')
            c = ' ';
        if (p->len + 1 < sizeof p->text)
            p->text[p->len++] = c;
        else
            p->overlong = 1;
    }
    return PJL_NOTHING;
}

/* Blanks and empty lines in front change nothing. */
static int begins_in_pjl(struct pjl_search *s, const uint8_t *bytes, size_t len)
{
    static const char word[] = "@PJL";

    for (size_t i = 0; i < len && !s->begun; i++) {
        if (s->matched == 0 && bytes[i] <= ' ')
            continue;
        if (toupper(bytes[i]) != word[s->matched])
            s->begun = 1;
        else if (++s->matched == sizeof word - 1)
            return 1;
    }
    return 0;
}

static int search(struct pjl_search *s, const uint8_t *bytes, size_t len)
{
    uint8_t seam[2 * (PJL_UEL_LEN - 1)];
    size_t head = len < PJL_UEL_LEN - 1 ? len : PJL_UEL_LEN - 1, seam_len = s->tail_len + head;

    if (begins_in_pjl(s, bytes, len))
        return 1;
    memcpy(seam, s->tail, s->tail_len);
    memcpy(seam + s->tail_len, bytes, head);
    if (memmem(seam, seam_len, PJL_UEL, PJL_UEL_LEN) != NULL || memmem(bytes, len, PJL_UEL, PJL_UEL_LEN) != NULL)
        return 1;
    if (len >= PJL_UEL_LEN - 1) {
        s->tail_len = PJL_UEL_LEN - 1;
        memcpy(s->tail, bytes + len - s->tail_len, s->tail_len);
    } else { /* a short piece: the seam's end is the tail */
        s->tail_len = seam_len < PJL_UEL_LEN - 1 ? seam_len : PJL_UEL_LEN - 1;
        memcpy(s->tail, seam + seam_len - s->tail_len, s->tail_len);
    }
    return 0;
}

int pjl_search(struct pjl_search *s, const uint8_t *bytes, size_t len)
{
    if (!s->found)
        s->found = search(s, bytes, len);
    return s->found;
}
