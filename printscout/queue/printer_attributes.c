/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printer_attributes: what Get-Printer-Attributes says as long as the site's bulletin says the same: RFC 8011 section
 * 5.4, PWG 5100.14 (IPP Everywhere) and PWG 5100.11. Job template attributes are option.c's, formats' own are
 * printer_formats.c's.
 */
#include <stdio.h>
#include <string.h>

#include "latchkey_version.h"
#include "printscout/queue/job_password_read.h"
#include "printscout/queue/job_template.h"
#include "printscout/queue/jobs.h"
#include "printscout/queue/operation.h"
#include "printscout/queue/option.h"
#include "printscout/queue/printer_parts.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct fixed_text {
    const char *name;
    ipp_tag_t tag;
    const char *values[12]; /* the first NULL ends them */
};

static const struct fixed_text fixed_words[] = {
    {"charset-configured", IPP_TAG_CHARSET, {"utf-8"}},
    {"charset-supported", IPP_TAG_CHARSET, {"utf-8", "us-ascii"}},
    {"natural-language-configured", IPP_TAG_LANGUAGE, {"en"}},
    {"generated-natural-language-supported", IPP_TAG_LANGUAGE, {"en"}},
    {"ipp-versions-supported", IPP_TAG_KEYWORD, {"1.1", "2.0"}},
    {"ipp-features-supported", IPP_TAG_KEYWORD, {"ipp-everywhere"}},
    {"compression-supported", IPP_TAG_KEYWORD, {"none", "gzip", "deflate"}},
    {"document-format-default", IPP_TAG_MIMETYPE, {FORMAT_ANY}},
    {"document-format-preferred", IPP_TAG_MIMETYPE, {"application/pdf"}},
    {"pdl-override-supported", IPP_TAG_KEYWORD, {"attempted"}},
    {"which-jobs-supported",
     IPP_TAG_KEYWORD,
     {"completed", "not-completed", "all", "pending-held", "processing", "canceled", "aborted"}},
    {"multiple-operation-time-out-action", IPP_TAG_KEYWORD, {"abort-job"}},
    {"printer-get-attributes-supported", IPP_TAG_KEYWORD, {"document-format"}},
    {"job-privacy-attributes", IPP_TAG_KEYWORD, {"job-name", "document-format"}},
    {"job-privacy-scope", IPP_TAG_KEYWORD, {"owner"}},
    {"identify-actions-default", IPP_TAG_KEYWORD, {"display"}},
    {"identify-actions-supported", IPP_TAG_KEYWORD, {"display"}},
    {"printer-kind", IPP_TAG_KEYWORD, {"document", "photo"}},
    {"job-creation-attributes-supported",
     IPP_TAG_KEYWORD,
     {"job-name", "document-name", "document-format", "compression", "ipp-attribute-fidelity"}},
};

struct number {
    const char *name;
    ipp_tag_t tag; /* integer, enum or boolean */
    int value;
};

static const struct number fixed_numbers[] = {
    {"job-ids-supported", IPP_TAG_BOOLEAN, 1},
    {"preferred-attributes-supported", IPP_TAG_BOOLEAN, 0},
    {"multiple-document-jobs-supported", IPP_TAG_BOOLEAN, 0},
    {"multiple-operation-time-out", IPP_TAG_INTEGER, JOBS_DOCUMENT_MS / 1000},
    {"printer-state-change-time", IPP_TAG_INTEGER, 1},
    {"pages-per-minute", IPP_TAG_INTEGER, 1},
};

static void add_fixed(ipp_t *ipp)
{
    for (size_t i = 0; i < COUNT(fixed_words); i++) {
        const struct fixed_text *w = &fixed_words[i];
        int count = 0;

        while (count < (int)COUNT(w->values) && w->values[count] != NULL)
            count++;
        ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(w->tag), w->name, count, NULL, w->values);
    }
    for (size_t i = 0; i < COUNT(fixed_numbers); i++) {
        const struct number *n = &fixed_numbers[i];

        if (n->tag == IPP_TAG_BOOLEAN)
            ippAddBoolean(ipp, IPP_TAG_PRINTER, n->name, (char)n->value);
        else
            ippAddInteger(ipp, IPP_TAG_PRINTER, n->tag, n->name, n->value);
    }
}

static void add_operations(ipp_t *ipp)
{
    size_t count;
    const struct operation *table = operation_table(&count);
    ipp_attribute_t *a = ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM, "operations-supported", (int)table[0].op);

    for (size_t i = 1; i < count; i++)
        ippSetInteger(ipp, &a, (int)i, (int)table[i].op);
}

/* What may be said when a job is made, and changed while it is held. */
static void add_option_names(ipp_t *ipp)
{
    ipp_attribute_t *creation = ippFindAttribute(ipp, "job-creation-attributes-supported", IPP_TAG_KEYWORD);
    ipp_attribute_t *settable = ippAddString(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD),
                                             "job-settable-attributes-supported", NULL, "job-name");
    const int others = ippGetCount(creation);
    size_t count, named = 1;
    const struct option *options = option_table(&count);

    for (size_t i = 0; i < count; i++) {
        ippSetString(ipp, &creation, others + (int)i, options[i].name);
        if (!options[i].is_fixed)
            ippSetString(ipp, &settable, (int)named++, options[i].name);
    }
}

static void add_icons(const struct printer *p, ipp_t *ipp)
{
    static const int sizes[] = {48, 128, 512};
    ipp_attribute_t *a = ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-icons", 3, NULL, NULL);

    for (int i = 0; i < 3; i++)
        ippSetStringf(ipp, &a, i, "%s/icon-%d.png", p->web, sizes[i]);
}

/* Names, places and addresses. There is no toner here: what RFC 3805 wants to know of supplies is said of the disk. */
static void add_identity(const struct printer *p, ipp_t *ipp)
{
    static const char supply[] = "type=other;maxcapacity=-2;level=-2;colorantname=none;";
    static const char *const none[] = {""};
    char text[2 * PRINTER_OWN_URI_SIZE];

    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uri-supported", NULL, p->uri);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD), "uri-authentication-supported", NULL,
                 p->is_shared ? "basic" : "none");
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD), "uri-security-supported", NULL,
                 p->is_shared ? "tls" : "none");
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-name", NULL, p->name);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-dns-sd-name", NULL, p->name);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-info", NULL, p->name);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-make-and-model", NULL, PRINTER_MODEL);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-location", NULL, "");
    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-organization", 1, NULL, none);
    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-organizational-unit", 1, NULL, none);
    ippAddOutOfBand(ipp, IPP_TAG_PRINTER, IPP_TAG_UNKNOWN, "printer-geo-location");
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uuid", NULL, p->uuid_text);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-firmware-name", NULL, "printscout-queue");
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-firmware-string-version", NULL, LATCHKEY_VERSION);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-firmware-patches", NULL, "");
    ippAddOctetString(ipp, IPP_TAG_PRINTER, "printer-firmware-version", LATCHKEY_VERSION,
                      (int)strlen(LATCHKEY_VERSION));
    snprintf(text, sizeof text, "%s/", p->web);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-more-info", NULL, text);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-supply-info-uri", NULL, text);
    add_icons(p, ipp);
    ippAddOctetString(ipp, IPP_TAG_PRINTER, "printer-supply", supply, (int)sizeof supply - 1);
    ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-supply-description", NULL,
                 "No supplies: a virtual queue");
    ippAddDate(ipp, IPP_TAG_PRINTER, "printer-state-change-date-time",
               ippTimeToDate((time_t)(p->started_unix_ms / 1000)));
}

/* When the bulletin last made it another printer. */
static void add_change(const struct printer *p, const struct offer *o)
{
    int since = printer_time_at(p, o->made_unix_ms);

    ippAddInteger(o->attributes, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "printer-config-change-time", since > 0 ? since : 1);
    ippAddDate(o->attributes, IPP_TAG_PRINTER, "printer-config-change-date-time",
               ippTimeToDate((time_t)(o->made_unix_ms / 1000)));
}

void printer_describe(const struct printer *p, struct offer *o)
{
    const int in_color = (o->profile.features & PROFILE_COLOR) != 0;

    add_identity(p, o->attributes);
    add_fixed(o->attributes);
    ippAddBoolean(o->attributes, IPP_TAG_PRINTER, "color-supported", (char)in_color);
    if (in_color)
        ippAddInteger(o->attributes, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "pages-per-minute-color", 1);
    add_change(p, o);
    add_operations(o->attributes);
    printer_describe_formats(o);
    add_option_names(o->attributes);
    job_template_describe(&o->profile, o->attributes);
    job_password_describe(o->attributes, p->is_shared);
}
