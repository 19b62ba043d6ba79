/* SPDX-License-Identifier: Apache-2.0 */
/* rendition: one reader of three, four with JPEG's PDF, which is the document between two texts. */
#include "printscout/courier/rendition.h"

#include <string.h>

#include "crypto/secret.h"
#include "printscout/courier/format.h"
#include "printscout/courier/jpeg_pdf.h"
#include "printscout/courier/raster_pdf.h"

#define COUNT_LEN 65536
#define HEAD_LEN  16

struct jpeg_text {
    char text[JPEG_PDF_TEXT_MAX];
    size_t len, at;
};

struct rendition {
    struct deliver *d;
    const char *format;
    uint64_t len;
    struct raster_pdf *pdf; /* at most one of these is there */
    struct raster_turn *turn;
    struct jpeg jpeg;
    struct jpeg_text before, behind;
};

static int is_raster(const char *format)
{
    return strcmp(format, FORMAT_PWG) == 0 || strcmp(format, FORMAT_URF) == 0;
}

int rendition_wraps(const char *format)
{
    return is_raster(format) || strcmp(format, FORMAT_JPEG) == 0;
}

static enum err read_some(void *arg, uint8_t *out, size_t max, size_t *len)
{
    const struct deliver *d = arg;

    return deliver_stopped(d) ? ERR_STATE : document_read(d->document, out, max, len);
}

static enum err read_at(void *arg, uint64_t at, uint8_t *out, size_t max, size_t *len)
{
    const struct deliver *d = arg;

    return deliver_stopped(d) ? ERR_STATE : document_read_at(d->document, at, out, max, len);
}

static enum err new_raster_pdf(struct rendition *o)
{
    raster_pdf_free(o->pdf);
    o->pdf = NULL;
    document_rewind(o->d->document);
    return raster_pdf_new(&(struct raster_source){.read = read_some, .arg = o->d}, &o->pdf);
}

static enum err wrap_raster(struct rendition *o, const struct rendition_opts *opts)
{
    uint8_t *bytes = secret_new(COUNT_LEN);
    size_t len;
    enum err e = ERR_NOMEM;

    if (bytes == NULL || (e = new_raster_pdf(o)) != OK)
        goto out;
    o->len = 0;
    do {
        e = raster_pdf_read(o->pdf, bytes, COUNT_LEN, &len);
        o->len += len;
        if (e == OK && opts->look != NULL)
            e = opts->look(opts->look_arg, bytes, len);
    } while (e == OK && len > 0);
    if (e == OK)
        e = new_raster_pdf(o);
out:
    secret_free(bytes);
    return e;
}

static enum err wrap_jpeg(struct rendition *o)
{
    uint8_t *head = secret_new(JPEG_HEAD_MAX);
    const uint64_t picture_len = document_len(o->d->document);
    size_t len;
    enum err e = ERR_NOMEM;

    if (head == NULL || (e = document_read_at(o->d->document, 0, head, JPEG_HEAD_MAX, &len)) != OK)
        goto out;
    if ((e = jpeg_read(head, len, &o->jpeg)) != OK)
        goto out;
    o->before.len = jpeg_pdf_before(&o->jpeg, picture_len, o->before.text);
    o->behind.len = jpeg_pdf_behind(&o->jpeg, picture_len, o->behind.text);
    o->len = o->before.len + picture_len + o->behind.len;
out:
    secret_free(head);
    return e;
}

static enum err wrap(struct rendition *o, const struct rendition_opts *opts)
{
    const enum err e = is_raster(o->format)                  ? wrap_raster(o, opts)
                       : strcmp(o->format, FORMAT_JPEG) == 0 ? wrap_jpeg(o)
                                                             : ERR_UNSUPPORTED;

    o->format = FORMAT_PDF;
    return e;
}

static enum err turn(struct rendition *o, const struct raster_turn_opts *wish)
{
    struct raster_turn_opts opts = *wish;

    opts.read_at = read_at;
    opts.arg = o->d;
    opts.len = document_len(o->d->document);
    return raster_turn_new(&opts, &o->turn, &o->len);
}

static enum err prepare(struct rendition *o, const struct rendition_opts *opts)
{
    uint8_t head[HEAD_LEN];
    size_t len;
    enum err e;

    if ((e = document_read_at(o->d->document, 0, head, sizeof head, &len)) != OK)
        return e == ERR_AUTH ? ERR_FORMAT : e;
    o->format = format_of(head, len);
    o->len = document_len(o->d->document);
    if (opts->kind == RENDITION_AS_IS)
        return OK;
    e = opts->kind == RENDITION_PDF ? wrap(o, opts) : turn(o, &opts->turn);
    if (e == ERR_FORMAT || e == ERR_LIMIT)
        return ERR_UNSUPPORTED; /* the file is whole: what is in it is nothing that anybody prints */
    return e == ERR_AUTH ? ERR_FORMAT : e;
}

enum err rendition_new(const struct rendition_opts *opts, struct rendition **out)
{
    struct rendition *o = secret_new(sizeof *o);
    enum err e = ERR_NOMEM;

    if (o == NULL)
        goto out;
    o->d = opts->d;
    document_rewind(o->d->document);
    if ((e = prepare(o, opts)) != OK)
        goto out;
    *out = o; /* the caller owns it now */
    o = NULL;
out:
    rendition_free(o);
    return e;
}

void rendition_free(struct rendition *o)
{
    if (o == NULL)
        return;
    raster_pdf_free(o->pdf);
    raster_turn_free(o->turn);
    secret_free(o);
}

const char *rendition_format(const struct rendition *o)
{
    return o->format;
}

uint64_t rendition_len(const struct rendition *o)
{
    return o->len;
}

static size_t take_text(struct jpeg_text *t, uint8_t *out, size_t max)
{
    const size_t n = t->len - t->at < max ? t->len - t->at : max;

    memcpy(out, t->text + t->at, n);
    t->at += n;
    return n;
}

/* Texts of no length where there is no JPEG. */
static enum err read_between(struct rendition *o, uint8_t *out, size_t max, size_t *len)
{
    enum err e;

    if ((*len = take_text(&o->before, out, max)) > 0)
        return OK;
    if ((e = document_read(o->d->document, out, max, len)) != OK || *len > 0)
        return e;
    *len = take_text(&o->behind, out, max);
    return OK;
}

enum err rendition_read(struct rendition *o, uint8_t *out, size_t max, size_t *len)
{
    const enum err e = o->pdf != NULL    ? raster_pdf_read(o->pdf, out, max, len)
                       : o->turn != NULL ? raster_turn_read(o->turn, out, max, len)
                                         : read_between(o, out, max, len);

    return e == ERR_AUTH ? ERR_FORMAT : e;
}
