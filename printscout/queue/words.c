/* SPDX-License-Identifier: Apache-2.0 */
/* words: see words.h. */
#include "printscout/queue/words.h"

#include <stdlib.h>
#include <string.h>

static const char *put(char **at, const void *bytes, size_t len)
{
    char *here = *at;

    memcpy(here, bytes, len);
    *at += len;
    return here;
}

enum err words_new(const struct words *from, const struct words **out)
{
    const size_t title = strlen(from->title) + 1, account = strlen(from->account) + 1, owner = strlen(from->owner) + 1,
                 format = strlen(from->format) + 1;
    struct words *w = malloc(sizeof *w + title + account + owner + format + from->template_len);
    char *at;

    if (w == NULL)
        return ERR_NOMEM;
    at = w->store;
    w->title = put(&at, from->title, title);
    w->account = put(&at, from->account, account);
    w->owner = put(&at, from->owner, owner);
    w->format = put(&at, from->format, format);
    w->content = from->content;
    w->password = from->password;
    w->template_len = from->template_len;
    w->template = (const uint8_t *)at;
    if (from->template_len > 0)
        memcpy(at, from->template, from->template_len);
    atomic_init(&w->count, 1);
    *out = w;
    return OK;
}

const struct words *words_hold(const struct words *w)
{
    atomic_fetch_add(&((struct words *)(uintptr_t)w)->count, 1);
    return w;
}

void words_drop(const struct words *w)
{
    struct words *own = (struct words *)(uintptr_t)w;

    if (own == NULL || atomic_fetch_sub(&own->count, 1) != 1)
        return;
    explicit_bzero(&own->password, sizeof own->password);
    explicit_bzero(own->store, strlen(own->title));
    free(own);
}
