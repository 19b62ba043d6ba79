/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index: two search trees of libc (tsearch), one by job id, one by person. Trees, because the keys come from outside:
 * no choice of ids makes them slow.
 */
#include "devicescout/jobs/index.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/derive.h"

struct person_jobs {
    char name[PERSON_SIZE];
    struct job *first, *last;
    size_t count;
};

struct index {
    struct index_limits limits;
    void *by_id;     /* of struct job */
    void *by_person; /* of struct person_jobs */
    size_t count;
};

static int compare_ids(const void *a, const void *b)
{
    const struct job *x = a, *y = b;

    return memcmp(x->id.b, y->id.b, ID_LEN);
}

static int compare_names(const void *a, const void *b)
{
    const struct person_jobs *x = a, *y = b;

    return strcmp(x->name, y->name);
}

const char *job_person(const struct job *j)
{
    return j->person != NULL ? j->person->name : "";
}

static void job_free(struct job *j)
{
    if (j == NULL)
        return;
    free(j->description);
    free(j->owner);
    free(j->title);
    free(j->format);
    free(j->host);
    free(j->ipp);
    free(j);
}

enum err index_new(const struct index_limits *limits, struct index **out)
{
    struct index *ix = calloc(1, sizeof *ix);

    if (ix == NULL)
        return ERR_NOMEM;
    ix->limits = *limits;
    *out = ix;
    return OK;
}

static void free_job_node(void *node)
{
    job_free(node);
}

void index_free(struct index *ix)
{
    if (ix == NULL)
        return;
    tdestroy(ix->by_id, free_job_node);
    tdestroy(ix->by_person, free);
    free(ix);
}

struct job *index_find(struct index *ix, struct id id)
{
    struct job key = {.id = id};
    struct job *const *at = tfind(&key, &ix->by_id, compare_ids);

    return at != NULL ? *at : NULL;
}

static enum err replace_description(struct job *j, uint32_t number, const uint8_t *description, size_t len)
{
    const struct piece whole = {description, len};
    uint8_t *copy = NULL, hash[32] = {0};
    struct rbuf b = rbuf_of(hash, sizeof hash);
    uint32_t digest = 0;
    enum err e;

    if ((e = derive_sha256(&whole, 1, hash)) != OK || (e = rbuf_u32(&b, &digest)) != OK)
        return e;
    if ((copy = malloc(len)) == NULL)
        return ERR_NOMEM;
    j->digest = digest;
    memcpy(copy, description, len);
    free(j->description);
    j->description = copy;
    j->description_len = len;
    j->number = number;
    return OK;
}

enum err index_put(struct index *ix, struct id id, struct id origin, uint32_t number, const uint8_t *description,
                   size_t len, struct job **out)
{
    struct job *j = index_find(ix, id);
    enum err e;

    if (j != NULL) {
        if (!id_equal(j->origin, origin))
            return ERR_REFUSED;
        *out = j;
        return number <= j->number ? ERR_STALE : replace_description(j, number, description, len);
    }
    if (ix->count >= ix->limits.jobs)
        return ERR_FULL;
    if ((j = calloc(1, sizeof *j)) == NULL)
        return ERR_NOMEM;
    j->id = id;
    j->origin = origin;
    j->state = JOB_HELD;
    j->impressions = IMPRESSIONS_UNKNOWN;
    if ((e = replace_description(j, number, description, len)) != OK)
        goto out;
    e = ERR_NOMEM;
    if (tsearch(j, &ix->by_id, compare_ids) == NULL)
        goto out;
    ix->count++;
    *out = j; /* the index owns it now */
    j = NULL;
    e = OK;
out:
    job_free(j);
    return e;
}

static void unlink_from_person(struct index *ix, struct job *j)
{
    struct person_jobs *p = j->person;

    if (p == NULL)
        return;
    if (j->prev != NULL)
        j->prev->next = j->next;
    else
        p->first = j->next;
    if (j->next != NULL)
        j->next->prev = j->prev;
    else
        p->last = j->prev;
    j->person = NULL;
    j->next = j->prev = NULL;
    if (--p->count == 0) {
        tdelete(p, &ix->by_person, compare_names);
        free(p);
    }
}

/* Oldest first. A new job is nearly always the newest, so the place is looked for from the end. */
static void link_to_person(struct person_jobs *p, struct job *j)
{
    struct job *before = p->last;

    while (before != NULL && before->created_unix_ms > j->created_unix_ms)
        before = before->prev;
    j->prev = before;
    j->next = before != NULL ? before->next : p->first;
    if (j->prev != NULL)
        j->prev->next = j;
    else
        p->first = j;
    if (j->next != NULL)
        j->next->prev = j;
    else
        p->last = j;
    j->person = p;
    p->count++;
}

static struct person_jobs *find_person(struct index *ix, const char *name)
{
    struct person_jobs key;
    struct person_jobs *const *at;

    if (strlen(name) >= sizeof key.name)
        return NULL;
    strcpy(key.name, name);
    at = tfind(&key, &ix->by_person, compare_names);
    return at != NULL ? *at : NULL;
}

static enum err find_or_make_person(struct index *ix, const char *name, struct person_jobs **out)
{
    struct person_jobs *p = find_person(ix, name);

    if (p == NULL) {
        if (strlen(name) >= sizeof p->name)
            return ERR_LIMIT;
        if ((p = calloc(1, sizeof *p)) == NULL)
            return ERR_NOMEM;
        strcpy(p->name, name);
        if (tsearch(p, &ix->by_person, compare_names) == NULL) {
            free(p);
            return ERR_NOMEM;
        }
    }
    *out = p;
    return OK;
}

/* The texts of a description, copied before any is replaced, so that a job is never half one and half the other. */
struct texts {
    char *owner, *title, *format, *host;
    uint8_t *ipp;
};

static void texts_free(struct texts *t)
{
    free(t->owner);
    free(t->title);
    free(t->format);
    free(t->host);
    free(t->ipp);
}

static enum err texts_copy(struct texts *out, const char *owner, const struct ticket *t)
{
    *out = (struct texts){.owner = strdup(owner),
                          .title = strdup(t->title),
                          .format = strdup(t->format),
                          .host = strdup(t->host),
                          .ipp = malloc(t->ipp_len + 1)};
    if (out->owner == NULL || out->title == NULL || out->format == NULL || out->host == NULL || out->ipp == NULL) {
        texts_free(out);
        return ERR_NOMEM;
    }
    memcpy(out->ipp, t->ipp, t->ipp_len);
    return OK;
}

enum err index_describe(struct index *ix, struct job *j, const char *person, const char *owner, const struct ticket *t)
{
    struct texts texts;
    struct person_jobs *p;
    enum err e;

    if ((e = texts_copy(&texts, owner, t)) != OK)
        return e;
    if ((e = find_or_make_person(ix, person, &p)) != OK)
        goto out;
    if (p != j->person && p->count >= ix->limits.person_jobs) {
        e = ERR_FULL;
        goto out;
    }
    p->count++; /* so that p outlives the job's leaving it */
    unlink_from_person(ix, j);
    p->count--;
    struct texts old = {j->owner, j->title, j->format, j->host, j->ipp};
    j->owner = texts.owner;
    j->title = texts.title;
    j->format = texts.format;
    j->host = texts.host;
    j->ipp = texts.ipp;
    texts = old;
    j->ipp_len = t->ipp_len;
    j->document_bytes = t->document_bytes;
    j->content = t->content;
    j->password = t->password;
    j->created_unix_ms = t->created_unix_ms;
    link_to_person(p, j);
    e = OK;
out:
    texts_free(&texts);
    return e;
}

void index_remove(struct index *ix, struct job *j)
{
    if (j == NULL)
        return;
    unlink_from_person(ix, j);
    tdelete(j, &ix->by_id, compare_ids);
    ix->count--;
    job_free(j);
}

size_t index_count(const struct index *ix)
{
    return ix->count;
}

struct job *index_of_person(struct index *ix, const char *person)
{
    struct person_jobs *p = find_person(ix, person);

    return p != NULL ? p->first : NULL;
}

struct gather {
    struct job **jobs;
    size_t len, size;
};

static void gather_job(const void *node, VISIT which, void *arg)
{
    struct gather *g = arg;

    if ((which == postorder || which == leaf) && g->len < g->size)
        g->jobs[g->len++] = *(struct job *const *)node;
}

enum err index_each(struct index *ix, index_each_fn *fn, void *arg)
{
    struct gather g = {.jobs = calloc(ix->count + 1, sizeof(struct job *)), .size = ix->count};

    if (g.jobs == NULL)
        return ERR_NOMEM;
    twalk_r(ix->by_id, gather_job, &g);
    for (size_t i = 0; i < g.len; i++)
        fn(arg, g.jobs[i]);
    free(g.jobs);
    return OK;
}
