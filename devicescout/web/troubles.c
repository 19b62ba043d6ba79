/* SPDX-License-Identifier: Apache-2.0 */
/* troubles: a short list; printers in trouble are few. */
#include "devicescout/web/troubles.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "devicescout/jobs/progress.h"

struct entry {
    struct trouble trouble;
    TAILQ_ENTRY(entry) next;
};

struct troubles {
    TAILQ_HEAD(, entry) list; /* oldest first */
    size_t count;
};

enum err troubles_new(struct troubles **out)
{
    struct troubles *t = calloc(1, sizeof *t);

    if (t == NULL)
        return ERR_NOMEM;
    TAILQ_INIT(&t->list);
    *out = t;
    return OK;
}

static struct entry *find(const struct troubles *t, const char *printer)
{
    struct entry *e;

    TAILQ_FOREACH(e, &t->list, next)
    {
        if (strcmp(e->trouble.printer, printer) == 0)
            return e;
    }
    return NULL;
}

static void drop(struct troubles *t, struct entry *e)
{
    if (e == NULL)
        return;
    TAILQ_REMOVE(&t->list, e, next);
    t->count--;
    free(e);
}

void troubles_free(struct troubles *t)
{
    if (t == NULL)
        return;
    while (t->count > 0)
        drop(t, TAILQ_FIRST(&t->list));
    free(t);
}

static void add(struct troubles *t, const struct job *j)
{
    struct entry *e = calloc(1, sizeof *e);

    if (e == NULL)
        return; /* the job itself says what is wrong, too */
    if (t->count >= TROUBLES_MAX)
        drop(t, TAILQ_FIRST(&t->list));
    memcpy(e->trouble.printer, j->printer, sizeof e->trouble.printer);
    memcpy(e->trouble.printer_reasons, j->printer_reasons, sizeof e->trouble.printer_reasons);
    e->trouble.reason = j->reason;
    TAILQ_INSERT_TAIL(&t->list, e, next);
    t->count++;
}

void troubles_note(struct troubles *t, const struct job *j)
{
    if (j->printer[0] == '\0' || j->waiting || j->note != NOTE_NONE)
        return;
    if (j->state == JOB_DELIVERED) {
        drop(t, find(t, j->printer));
    } else if (j->state == JOB_FAILED && progress_blames_printer(j->reason)) {
        drop(t, find(t, j->printer));
        add(t, j);
    }
}

const struct trouble *troubles_of(const struct troubles *t, const char *printer)
{
    const struct entry *e = find(t, printer);

    return e != NULL ? &e->trouble : NULL;
}
