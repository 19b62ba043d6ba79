/* SPDX-License-Identifier: Apache-2.0 */
/* job_attributes: see job_attributes.h. */
#include "printscout/queue/job_attributes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "printscout/queue/job_template.h"
#include "printscout/queue/printer.h"
#include "proto/bulletin.h"

/* PROTOCOL.md, "States". A held job is never "pending": CUPS would wait for it. */
static const struct {
    ipp_jstate_t state;
    const char *reason;
    const char *message;
} seen[JOB_STATE_COUNT] = {
    [JOB_NONE] = {IPP_JSTATE_ABORTED, "aborted-by-system", ""},
    [JOB_RECEIVING] = {IPP_JSTATE_HELD, "job-incoming", "The document is arriving."},
    [JOB_HELD] = {IPP_JSTATE_HELD, "job-held-for-authorization", "Held until you release it at a printer."},
    [JOB_ORDERED] = {IPP_JSTATE_PROCESSING, "job-outgoing", "Released; on its way to the printer."},
    [JOB_DELIVERING] = {IPP_JSTATE_PROCESSING, "job-printing", "Printing."},
    [JOB_DELIVERED] = {IPP_JSTATE_COMPLETED, "job-completed-successfully", "Printed."},
    [JOB_FAILED] = {IPP_JSTATE_HELD, "job-held-for-authorization", NULL /* the reason's own sentence */},
    [JOB_UNKNOWN] = {IPP_JSTATE_HELD, "job-held-for-authorization",
                     "It may have printed: look at the printer, then release it again or cancel it."},
    [JOB_CANCELED] = {IPP_JSTATE_CANCELED, "job-canceled-by-user", "Canceled."},
    [JOB_EXPIRED] = {IPP_JSTATE_ABORTED, "aborted-by-system", "It was not released in time and was erased."},
};

static int is_shown_completed(const struct job_view *job, uint32_t flags)
{
    return (flags & POLICY_HELD_SHOWN_COMPLETED) != 0 && job->has_document && seen[job->state].state == IPP_JSTATE_HELD;
}

ipp_jstate_t job_attributes_state(const struct job_view *job, uint32_t flags)
{
    return is_shown_completed(job, flags) ? IPP_JSTATE_COMPLETED : seen[job->state].state;
}

const char *job_attributes_message(const struct job_view *job)
{
    const char *message = seen[job->state].message;

    if (job->state == JOB_HELD && job->reason == REASON_KEPT)
        message = NULL; /* nobody has to release it any more, though they may */
    return message != NULL ? message : jobreason_text(job->reason);
}

static int is_wanted(const struct job_answer *a, const char *name)
{
    return a->names == NULL || cupsArrayFind(a->names, (void *)(uintptr_t)name) != NULL;
}

static void add_integer(ipp_t *reply, const struct job_answer *a, const char *name, int value)
{
    if (is_wanted(a, name))
        ippAddInteger(reply, IPP_TAG_JOB, IPP_TAG_INTEGER, name, value);
}

static void add_text(ipp_t *reply, const struct job_answer *a, const char *name, ipp_tag_t tag, const char *value)
{
    if (is_wanted(a, name))
        ippAddString(reply, IPP_TAG_JOB, tag, name, NULL, value);
}

/* time-at-NAME and date-time-at-NAME; no-value while it has not happened. */
static void add_time(ipp_t *reply, const struct job_answer *a, const char *what, uint64_t unix_ms)
{
    char name[64], date_name[64];

    snprintf(name, sizeof name, "time-at-%s", what);
    snprintf(date_name, sizeof date_name, "date-time-at-%s", what);
    if (is_wanted(a, name)) {
        if (unix_ms != 0)
            ippAddInteger(reply, IPP_TAG_JOB, IPP_TAG_INTEGER, name, printer_time_at(a->printer, unix_ms));
        else
            ippAddOutOfBand(reply, IPP_TAG_JOB, IPP_TAG_NOVALUE, name);
    }
    if (is_wanted(a, date_name)) {
        if (unix_ms != 0)
            ippAddDate(reply, IPP_TAG_JOB, date_name, ippTimeToDate((time_t)(unix_ms / 1000)));
        else
            ippAddOutOfBand(reply, IPP_TAG_JOB, IPP_TAG_NOVALUE, date_name);
    }
}

static void add_names(ipp_t *reply, const struct job_answer *a)
{
    const struct job_view *job = a->job;
    char text[PRINTER_OWN_URI_SIZE + 16];

    add_integer(reply, a, "job-id", (int)job->number);
    snprintf(text, sizeof text, "%s/%u", printer_uri(a->printer), (unsigned)job->number);
    add_text(reply, a, "job-uri", IPP_TAG_URI, text);
    add_text(reply, a, "job-printer-uri", IPP_TAG_URI, printer_uri(a->printer));
    printer_job_uuid(a->printer, job->number, text);
    add_text(reply, a, "job-uuid", IPP_TAG_URI, text);
    add_text(reply, a, "job-name", IPP_TAG_NAME, a->is_owner ? job->words->title : WORDS_PLACEHOLDER);
    add_text(reply, a, "job-originating-user-name", IPP_TAG_NAME, job->words->account);
}

static void add_state(ipp_t *reply, const struct job_answer *a)
{
    const struct job_view *job = a->job;
    const char *reasons[2] = {seen[job->state].reason, "processing-to-stop-point"};

    if (is_shown_completed(job, a->flags))
        reasons[0] = "queued-in-device"; /* RFC 8011's word for "done here, not on paper yet" */
    if (is_wanted(a, "job-state"))
        ippAddInteger(reply, IPP_TAG_JOB, IPP_TAG_ENUM, "job-state", (int)job_attributes_state(job, a->flags));
    if (is_wanted(a, "job-state-reasons"))
        ippAddStrings(reply, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-state-reasons", job->is_stopping ? 2 : 1, NULL,
                      reasons);
    add_text(reply, a, "job-state-message", IPP_TAG_TEXT, job_attributes_message(job));
    if (job->printer_reasons[0] != '\0')
        add_text(reply, a, "job-printer-state-message", IPP_TAG_TEXT, job->printer_reasons);
    if (job->printer[0] != '\0')
        add_text(reply, a, "output-device-assigned", IPP_TAG_NAME, job->printer);
}

static void add_sizes(ipp_t *reply, const struct job_answer *a)
{
    const struct job_view *job = a->job;
    const uint64_t kilobytes = (job->document_bytes + 1023) / 1024;
    const int k = kilobytes <= INT32_MAX ? (int)kilobytes : INT32_MAX;

    add_integer(reply, a, "number-of-documents", job->has_document);
    add_integer(reply, a, "job-k-octets", k);
    if (job->state == JOB_DELIVERED)
        add_integer(reply, a, "job-k-octets-processed", k);
    if (job->impressions <= INT32_MAX)
        add_integer(reply, a, "job-impressions-completed", (int)job->impressions);
    else if (is_wanted(a, "job-impressions-completed"))
        ippAddInteger(reply, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-impressions-completed", 0);
    if (a->is_owner && job->words->format[0] != '\0')
        add_text(reply, a, "document-format", IPP_TAG_MIMETYPE, job->words->format);
}

void job_attributes_add(ipp_t *reply, const struct job_answer *a)
{
    add_names(reply, a);
    add_state(reply, a);
    add_sizes(reply, a);
    add_time(reply, a, "creation", a->job->created_unix_ms);
    add_time(reply, a, "processing", a->job->processing_unix_ms);
    add_time(reply, a, "completed", a->job->completed_unix_ms);
    add_integer(reply, a, "job-printer-up-time", printer_up_time(a->printer));
    if (a->is_owner)
        job_template_add(reply, a->job->words->template, a->job->words->template_len, a->names);
}

static int compare_names(void *a, void *b, void *data)
{
    (void)data;
    return strcmp(a, b);
}

void job_attributes_add_short(ipp_t *reply, const struct printer *p, const struct job_view *job, uint32_t flags)
{
    static const char *const names[] = {"job-id",    "job-uri",           "job-uuid",
                                        "job-state", "job-state-reasons", "job-state-message"};
    cups_array_t *wanted = cupsArrayNew(compare_names, NULL);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cupsArrayAdd(wanted, (void *)(uintptr_t)names[i]);
    job_attributes_add(reply,
                       &(struct job_answer){.printer = p, .job = job, .is_owner = 1, .flags = flags, .names = wanted});
    cupsArrayDelete(wanted);
}
