/* SPDX-License-Identifier: Apache-2.0 */
/* ports_counts: what a release leaves behind besides paper: a number in the statistics, a title in the record where the
 * site wants that. */
#include "devicescout/ports.h"

#include "base/clock.h"

/* The keyholder's own line on a grant names no title; where the site wants them, this one does. */
void ports_record_release(struct scout *s, const struct order *o, const char *person)
{
    const struct job *j = index_find(s->index, o->job);
    char job[ID_HEX_SIZE], order[ID_HEX_SIZE];
    struct audit_fields fields = {.len = 0};

    if (!conf_bool(s->conf, "audit-titles") || j == NULL)
        return;
    audit_fields_put(&fields, "job", id_text(j->id, job));
    audit_fields_put(&fields, "order", id_text(o->order, order));
    audit_fields_put(&fields, "person", person);
    audit_fields_put(&fields, "title", j->title != NULL ? j->title : "");
    ports_audit(s, "released", &fields);
}

/* The document's own colours, on a printer that has none, are grey. */
static int is_gray_here(const struct scout *s, const char *printer)
{
    const struct printer *p = site_printer(s->site, printer);
    const struct abilities *a = p != NULL ? knowledge_of(s->knowledge, p) : NULL;

    return a != NULL && a->colors[0] != '\0' && !abilities_has(a->colors, "color");
}

void ports_count_printed(struct scout *s, const struct job *j)
{
    struct paper paper = j->paper;

    if (paper.copies == 0) /* it was released before a restart: as it was chosen at the computer */
        paper_read(j->ipp, j->ipp_len, j->content.pages, NULL, &paper);
    if (paper.color == PAPER_AUTO && is_gray_here(s, j->printer))
        paper.color = PAPER_GRAY;
    statistics_printed(s->statistics, clock_unix_ms(), j->printer, &paper,
                       j->impressions != IMPRESSIONS_UNKNOWN ? j->impressions : 0);
}

void ports_count_unreleased(struct scout *s, const struct job *j)
{
    struct paper paper;

    if (!j->confirmed || !id_is_zero(j->order))
        return;
    paper_read(j->ipp, j->ipp_len, j->content.pages, NULL, &paper);
    statistics_unreleased(s->statistics, clock_unix_ms(), &paper);
}
