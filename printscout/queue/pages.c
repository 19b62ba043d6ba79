/* SPDX-License-Identifier: Apache-2.0 */
/* pages: see pages.h. The files themselves are in web/. */
#include "printscout/queue/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "latchkey_queue_files.h"
#include "printscout/queue/job_attributes.h"
#include "printscout/queue/printer.h"

#define JOBS_SHOWN 100 /* the newest; nobody reads more, and a page must not grow with the queue */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void put_job(FILE *out, const struct job_view *job)
{
    fprintf(out, "<tr><td>%u</td><td>", (unsigned)job->number);
    put_escaped(out, job->words->title);
    fputs(job->state == JOB_FAILED ? "</td><td>Held. " : "</td><td>", out); /* the message is why it did not print */
    put_escaped(out, job_attributes_message(job));
    fputs("</td></tr>\n", out);
}

static void put_jobs(FILE *out, struct queue *q, uint32_t uid)
{
    uint32_t *numbers = NULL;
    size_t count = 0;

    if (jobs_list(q->jobs, uid, &numbers, &count) != OK)
        return;
    if (count == 0)
        fputs("<tr><td colspan=\"3\">None</td></tr>\n", out);
    for (size_t i = count; i > 0 && count - i < JOBS_SHOWN; i--) {
        struct job_view job;

        if (jobs_view(q->jobs, numbers[i - 1], &job) != OK)
            continue;
        put_job(out, &job);
        job_view_clear(&job);
    }
    free(numbers);
}

/* What stands for {{name}} in the page. */
static void put_field(FILE *out, const char *name, size_t len, struct queue *q, const struct printer *p, uint32_t uid)
{
    const struct printer_state state = printer_state(q);

    if (strncmp(name, "name", len) == 0)
        put_escaped(out, printer_name(p));
    else if (strncmp(name, "uri", len) == 0)
        put_escaped(out, printer_uri(p));
    else if (strncmp(name, "state", len) == 0)
        fputs(state.is_accepting ? "accepting" : "refusing", out);
    else if (strncmp(name, "message", len) == 0)
        put_escaped(out, state.message);
    else if (strncmp(name, "jobs", len) == 0)
        put_jobs(out, q, uid);
}

static enum err status_page(struct queue *q, const struct printer *p, uint32_t uid, struct page *page)
{
    const char *at = (const char *)status_html, *field, *end;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        return ERR_NOMEM;
    while ((field = strstr(at, "{{")) != NULL && (end = strstr(field, "}}")) != NULL) {
        fwrite(at, 1, (size_t)(field - at), out);
        put_field(out, field + 2, (size_t)(end - field - 2), q, p, uid);
        at = end + 2;
    }
    fputs(at, out);
    if (fclose(out) != 0) {
        free(text);
        return ERR_NOMEM;
    }
    *page = (struct page){"text/html; charset=utf-8", (uint8_t *)text, len};
    return OK;
}

static enum err copy_file(const unsigned char *bytes, size_t len, const char *type, struct page *page)
{
    uint8_t *copy = malloc(len);

    if (copy == NULL)
        return ERR_NOMEM;
    memcpy(copy, bytes, len);
    *page = (struct page){type, copy, len};
    return OK;
}

enum err pages_get(struct queue *q, const struct printer *p, uint32_t uid, const char *path, struct page *out)
{
    if (strcmp(path, "/") == 0)
        return status_page(q, p, uid, out);
    if (strcmp(path, "/status.css") == 0)
        return copy_file(status_css, status_css_len, "text/css", out);
    if (strcmp(path, "/icon-48.png") == 0)
        return copy_file(icon_48_png, icon_48_png_len, "image/png", out);
    if (strcmp(path, "/icon-128.png") == 0)
        return copy_file(icon_128_png, icon_128_png_len, "image/png", out);
    if (strcmp(path, "/icon-512.png") == 0)
        return copy_file(icon_512_png, icon_512_png_len, "image/png", out);
    return ERR_NOTFOUND;
}
