/* SPDX-License-Identifier: Apache-2.0 */
/* spool_state: the courier's word on a job. PROTOCOL.md, "The spool folder"; header spool.h. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proto/spool.h"

#define STATE_MAX_LEN (4 + 8 + ID_LEN + 8 + 4 + 2 + STATE_REASONS_SIZE + 2 + PRINTER_URI_SIZE + 2 + REPORT_MAX_LEN)
#define FILE_MODE     0640 /* the queue, another user of the group, reads it */

static enum err state_check(const struct spool_state *s)
{
    if (s->state <= JOB_NONE || s->state >= JOB_STATE_COUNT || s->reason >= JOB_REASON_COUNT || s->report_pending > 1)
        return ERR_FORMAT;
    return s->report_len > REPORT_MAX_LEN ? ERR_LIMIT : OK;
}

static enum err state_encode(const struct spool_state *s, struct wbuf *out)
{
    enum err e;

    if ((e = state_check(s)) != OK || (e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_u8(out, s->state)) != OK ||
        (e = wbuf_u8(out, s->reason)) != OK || (e = wbuf_u8(out, s->report_pending)) != OK ||
        (e = wbuf_u64(out, s->changed_unix_ms)) != OK || (e = wbuf_id(out, s->order)) != OK ||
        (e = wbuf_u64(out, s->sent_bytes)) != OK || (e = wbuf_u32(out, s->impressions)) != OK ||
        (e = wbuf_text16(out, s->printer_state_reasons)) != OK || (e = wbuf_text16(out, s->printer)) != OK)
        return e;
    return wbuf_bytes16(out, s->report, s->report_len);
}

static enum err state_decode(struct rbuf *b, struct spool_state *s)
{
    const uint8_t *report;
    uint8_t version;
    enum err e;

    if ((e = rbuf_u8(b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_u8(b, &s->state)) != OK || (e = rbuf_u8(b, &s->reason)) != OK ||
        (e = rbuf_u8(b, &s->report_pending)) != OK || (e = rbuf_u64(b, &s->changed_unix_ms)) != OK ||
        (e = rbuf_id(b, &s->order)) != OK || (e = rbuf_u64(b, &s->sent_bytes)) != OK ||
        (e = rbuf_u32(b, &s->impressions)) != OK ||
        (e = rbuf_text16(b, s->printer_state_reasons, STATE_REASONS_SIZE)) != OK ||
        (e = rbuf_text16(b, s->printer, PRINTER_URI_SIZE)) != OK ||
        (e = rbuf_bytes16(b, REPORT_MAX_LEN, &report, &s->report_len)) != OK || (e = rbuf_end(b)) != OK)
        return e;
    memcpy(s->report, report, s->report_len);
    return state_check(s);
}

enum err spool_state_read(int spool, struct id job, struct spool_state *out)
{
    char path[SPOOL_PATH_SIZE];
    struct spool_state s = {0};
    uint8_t *bytes = NULL;
    struct rbuf b;
    size_t len;
    enum err e;

    if ((e = file_read(spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_STATE), STATE_MAX_LEN, &bytes, &len)) != OK)
        return e;
    b = rbuf_of(bytes, len);
    if ((e = state_decode(&b, &s)) == OK)
        *out = s;
    free(bytes);
    return e;
}

enum err spool_state_write(int spool, struct id job, const struct spool_state *s)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[STATE_MAX_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    if ((e = state_encode(s, &b)) != OK)
        return e;
    return file_replace(spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_STATE), b.start, b.len, FILE_MODE);
}
