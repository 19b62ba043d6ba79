/* SPDX-License-Identifier: Apache-2.0 */
/* numbers: see numbers.h. */
#include "printscout/queue/numbers.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define NUMBER_MAX INT32_MAX /* integer(1:MAX) in IPP */

struct numbers {
    int spool;
    pthread_mutex_t lock;
    uint32_t next;     /* not given out yet */
    uint32_t reserved; /* the file says that all below this may have been */
};

static enum err read_file(int spool, uint32_t *out)
{
    uint8_t *text = NULL;
    char *end;
    unsigned long value;
    size_t len;
    enum err e = file_read(spool, NUMBERS_FILE, 16, &text, &len);

    if (e == ERR_NOTFOUND) {
        *out = 1;
        return OK;
    }
    if (e != OK)
        return e;
    value = strtoul((const char *)text, &end, 10);
    e = ERR_FORMAT;
    if (len > 1 && text[0] >= '1' && text[0] <= '9' && strcmp(end, "\n") == 0 &&
        value <= (unsigned long)NUMBER_MAX + 1) {
        *out = (uint32_t)value;
        e = OK;
    }
    free(text);
    return e;
}

enum err numbers_new(int spool, uint32_t above, struct numbers **out)
{
    struct numbers *n = NULL;
    uint32_t first;
    enum err e;

    if ((e = read_file(spool, &first)) != OK)
        return e;
    if ((n = calloc(1, sizeof *n)) == NULL)
        return ERR_NOMEM;
    n->spool = spool;
    n->next = first > above ? first : above + 1;
    n->reserved = n->next;
    pthread_mutex_init(&n->lock, NULL);
    *out = n;
    return OK;
}

void numbers_free(struct numbers *n)
{
    if (n == NULL)
        return;
    pthread_mutex_destroy(&n->lock);
    free(n);
}

static enum err reserve(struct numbers *n)
{
    const uint32_t limit = (uint32_t)NUMBER_MAX + 1;
    char text[16];
    uint32_t to;
    enum err e;
    int len;

    if (n->next >= limit)
        return ERR_LIMIT;
    to = limit - n->next > NUMBERS_RESERVE ? n->next + NUMBERS_RESERVE : limit;
    len = snprintf(text, sizeof text, "%" PRIu32 "\n", to);
    if ((e = file_replace(n->spool, NUMBERS_FILE, text, (size_t)len, 0600)) == OK)
        n->reserved = to;
    return e;
}

enum err numbers_next(struct numbers *n, uint32_t *out)
{
    enum err e = OK;

    pthread_mutex_lock(&n->lock);
    if (n->next >= n->reserved)
        e = reserve(n);
    if (e == OK)
        *out = n->next++;
    pthread_mutex_unlock(&n->lock);
    return e;
}
