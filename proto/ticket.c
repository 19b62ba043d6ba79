/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticket: {"title", "format", "host", "account", "raster-type": text; "document-bytes", "pages", "color", "raster-dpi",
 * "created-unix-ms": whole numbers; "ipp", "password": hex}. All keys are there, once, and no others.
 */
#include "proto/ticket.h"

#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"

/* Texts are shown to people: what a record's text16 takes. */
static enum err text_read(const char *text, size_t len, char *out, size_t size)
{
    if (len >= size)
        return ERR_LIMIT;
    if (!text_is_clean(text, len))
        return ERR_FORMAT;
    memcpy(out, text, len);
    out[len] = '\0';
    return OK;
}

static enum err ipp_read(const char *hex, size_t len, struct ticket *t)
{
    if (len / 2 > TICKET_IPP_MAX)
        return ERR_LIMIT;
    if (len % 2 != 0)
        return ERR_FORMAT;
    t->ipp_len = len / 2;
    return hex_read(hex, t->ipp, t->ipp_len);
}

/* Empty: no password. */
static enum err password_read(const char *hex, size_t len, struct job_password *p)
{
    uint8_t bytes[JOB_PASSWORD_LEN] = {0};
    struct rbuf b = rbuf_of(bytes, sizeof bytes);
    enum err e;

    if (len == 0)
        return OK;
    if (len != 2 * sizeof bytes || hex_read(hex, bytes, sizeof bytes) != OK)
        return ERR_FORMAT;
    if ((e = rbuf_u8(&b, &p->method)) != OK || (e = rbuf_copy(&b, p->salt, sizeof p->salt)) != OK ||
        (e = rbuf_copy(&b, p->verifier, sizeof p->verifier)) != OK)
        return e;
    return p->method > JOB_PASSWORD_NONE && p->method < JOB_PASSWORD_METHODS ? OK : ERR_FORMAT;
}

static enum err password_write(const struct job_password *p, char hex[static 2 * JOB_PASSWORD_LEN + 1])
{
    uint8_t bytes[JOB_PASSWORD_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    hex[0] = '\0';
    if (p->method == JOB_PASSWORD_NONE)
        return OK;
    if (p->method >= JOB_PASSWORD_METHODS)
        return ERR_FORMAT;
    if ((e = wbuf_u8(&b, p->method)) != OK || (e = wbuf_copy(&b, p->salt, sizeof p->salt)) != OK ||
        (e = wbuf_copy(&b, p->verifier, sizeof p->verifier)) != OK)
        return e;
    hex_write(bytes, sizeof bytes, hex);
    return OK;
}

enum err ticket_write(const struct ticket *t, uint8_t *out, size_t *outlen)
{
    const struct ticket_content *const c = &t->content;
    char hex[2 * TICKET_IPP_MAX + 1], password[2 * JOB_PASSWORD_LEN + 1];
    json_t *json = NULL;
    size_t len;
    enum err e = ERR_LIMIT;

    if (t->ipp_len > TICKET_IPP_MAX || t->document_bytes > INT64_MAX || t->created_unix_ms > INT64_MAX)
        goto out;
    e = ERR_FORMAT;
    if (!text_is_clean(t->title, strlen(t->title)) || !text_is_clean(t->format, strlen(t->format)) ||
        !text_is_clean(t->host, strlen(t->host)) || !text_is_clean(t->account, strlen(t->account)) ||
        !text_is_clean(c->raster_type, strlen(c->raster_type)) || c->color > TICKET_COLOR_YES)
        goto out;
    if ((e = password_write(&t->password, password)) != OK)
        goto out;
    hex_write(t->ipp, t->ipp_len, hex);
    e = ERR_NOMEM;
    json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:s, s:I, s:I, s:s, s:s}", "title", t->title, "format",
                     t->format, "host", t->host, "account", t->account, "document-bytes", (json_int_t)t->document_bytes,
                     "pages", (json_int_t)c->pages, "color", (int)c->color, "raster-type", c->raster_type, "raster-dpi",
                     (json_int_t)c->raster_dpi, "created-unix-ms", (json_int_t)t->created_unix_ms, "ipp", hex,
                     "password", password);
    if (json == NULL)
        goto out;
    e = ERR_LIMIT;
    len = json_dumpb(json, (char *)out, TICKET_JSON_MAX, JSON_COMPACT);
    if (len == 0 || len > TICKET_JSON_MAX)
        goto out;
    *outlen = len;
    e = OK;
out:
    json_decref(json);
    return e;
}

static int is_number(json_int_t v, json_int_t most)
{
    return v >= 0 && v <= most;
}

static enum err fields_read(json_t *json, struct ticket *t)
{
    const char *title, *format, *host, *account, *raster, *ipp, *password;
    size_t title_len, format_len, host_len, account_len, raster_len, ipp_len, password_len;
    json_int_t document_bytes, pages, color, dpi, created;
    enum err e;

    /* ! : keys that are not named here are an error. */
    if (json_unpack(json, "{s:s%, s:s%, s:s%, s:s%, s:I, s:I, s:I, s:s%, s:I, s:I, s:s%, s:s% !}", "title", &title,
                    &title_len, "format", &format, &format_len, "host", &host, &host_len, "account", &account,
                    &account_len, "document-bytes", &document_bytes, "pages", &pages, "color", &color, "raster-type",
                    &raster, &raster_len, "raster-dpi", &dpi, "created-unix-ms", &created, "ipp", &ipp, &ipp_len,
                    "password", &password, &password_len) != 0)
        return ERR_FORMAT;
    if (document_bytes < 0 || !is_number(pages, UINT32_MAX) || !is_number(color, TICKET_COLOR_YES) ||
        !is_number(dpi, UINT32_MAX) || created < 0)
        return ERR_FORMAT;
    t->document_bytes = (uint64_t)document_bytes;
    t->content.pages = (uint32_t)pages;
    t->content.color = (enum ticket_color)color;
    t->content.raster_dpi = (uint32_t)dpi;
    t->created_unix_ms = (uint64_t)created;
    if ((e = text_read(raster, raster_len, t->content.raster_type, sizeof t->content.raster_type)) != OK)
        return e;
    if ((e = text_read(title, title_len, t->title, sizeof t->title)) != OK ||
        (e = text_read(format, format_len, t->format, sizeof t->format)) != OK ||
        (e = text_read(host, host_len, t->host, sizeof t->host)) != OK ||
        (e = text_read(account, account_len, t->account, sizeof t->account)) != OK)
        return e;
    if ((e = password_read(password, password_len, &t->password)) != OK)
        return e;
    return ipp_read(ipp, ipp_len, t);
}

enum err ticket_read(const uint8_t *json, size_t len, struct ticket *out)
{
    struct ticket t = {0};
    json_t *root = NULL;
    enum err e;

    if (len > TICKET_JSON_MAX)
        return ERR_LIMIT;
    if ((root = json_loadb((const char *)json, len, JSON_REJECT_DUPLICATES, NULL)) == NULL)
        return ERR_FORMAT;
    if ((e = fields_read(root, &t)) == OK)
        *out = t;
    json_decref(root);
    return e;
}
