/* SPDX-License-Identifier: Apache-2.0 */
/* people: see people.h. The file has a name a line; the first has the first number. */
#include "printscout/queue/people.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

#define FILE_MAX ((size_t)PEOPLE_MAX * PERSON_SIZE)

struct people {
    int spool;
    pthread_mutex_t lock; /* guards all below */
    char **names;
    size_t count;
};

int people_is_number(uint32_t uid)
{
    return uid >= PEOPLE_FIRST;
}

static enum err add(struct people *p, const char *name, size_t len)
{
    char **names, *copy;

    if (p->count == PEOPLE_MAX)
        return ERR_FULL;
    if ((names = reallocarray(p->names, p->count + 1, sizeof *names)) == NULL)
        return ERR_NOMEM;
    p->names = names;
    if ((copy = strndup(name, len)) == NULL)
        return ERR_NOMEM;
    p->names[p->count++] = copy;
    return OK;
}

static enum err read_names(struct people *p, const char *at)
{
    enum err e = OK;

    for (; *at != '\0' && e == OK; at += strcspn(at, "\n") + 1) {
        const size_t len = strcspn(at, "\n");

        if (at[len] != '\n' || len == 0 || len >= PERSON_SIZE || !text_is_clean(at, len))
            return ERR_FORMAT;
        e = add(p, at, len);
    }
    return e;
}

enum err people_new(int spool, struct people **out)
{
    struct people *p = calloc(1, sizeof *p);
    uint8_t *text = NULL;
    size_t len;
    enum err e = ERR_NOMEM;

    if (p == NULL)
        goto out;
    p->spool = spool;
    pthread_mutex_init(&p->lock, NULL);
    if ((e = file_read(spool, PEOPLE_FILE, FILE_MAX, &text, &len)) == ERR_NOTFOUND)
        e = OK;
    else if (e == OK)
        e = strlen((char *)text) == len ? read_names(p, (char *)text) : ERR_FORMAT;
    if (e != OK)
        goto out;
    *out = p;
    p = NULL;
out:
    free(text);
    people_free(p);
    return e;
}

void people_free(struct people *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->names[i]);
    free(p->names);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* With the lock held. */
static enum err write_names(const struct people *p)
{
    char *text = NULL;
    size_t len = 0, at = 0;
    enum err e;

    for (size_t i = 0; i < p->count; i++)
        len += strlen(p->names[i]) + 1;
    if ((text = malloc(len)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < p->count; i++) {
        const size_t n = strlen(p->names[i]);

        memcpy(text + at, p->names[i], n);
        text[at + n] = '\n';
        at += n + 1;
    }
    e = file_replace(p->spool, PEOPLE_FILE, text, len, 0600);
    free(text);
    return e;
}

/* With the lock held. */
static enum err add_durably(struct people *p, const char *person)
{
    enum err e = add(p, person, strlen(person));

    if (e != OK || (e = write_names(p)) == OK)
        return e;
    free(p->names[--p->count]);
    log_error("person_not_written", "file=" PEOPLE_FILE " reason=%s", err_name(e));
    return e;
}

enum err people_number(struct people *p, const char *person, uint32_t *number)
{
    size_t i = 0;
    enum err e = OK;

    if (person[0] == '\0' || !text_is_clean(person, strlen(person)))
        return ERR_FORMAT;
    pthread_mutex_lock(&p->lock);
    while (i < p->count && strcmp(p->names[i], person) != 0)
        i++;
    if (i == p->count)
        e = add_durably(p, person);
    pthread_mutex_unlock(&p->lock);
    if (e == OK)
        *number = PEOPLE_FIRST + (uint32_t)i;
    return e;
}

enum err people_name(struct people *p, uint32_t number, char out[static PERSON_SIZE])
{
    enum err e = ERR_NOTFOUND;

    if (!people_is_number(number))
        return ERR_NOTFOUND;
    pthread_mutex_lock(&p->lock);
    if (number - PEOPLE_FIRST < p->count) {
        strcpy(out, p->names[number - PEOPLE_FIRST]); /* no name is longer */
        e = OK;
    }
    pthread_mutex_unlock(&p->lock);
    return e;
}
