/* SPDX-License-Identifier: Apache-2.0 */
/* sites: see sites.h. */
#include "relay/sites.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct sites {
    const struct engine *engine;
    size_t count;
    struct site sites[]; /* sorted by id */
};

static enum err load(struct sites *ss, struct site *s)
{
    char hex[ID_HEX_SIZE];
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err e = ss->engine->get_bulletin(ss->engine->self, s->id, &bytes, &len);

    if (e != OK)
        return e == ERR_NOTFOUND ? OK : e;
    e = bulletin_read(bytes, len, s->id, &s->bulletin);
    if (e != OK) {
        log_warn("bulletin_ignored", "site=%s reason=%s", id_text(s->id, hex), err_name(e));
        free(bytes);
        return e == ERR_NOMEM ? e : OK;
    }
    s->bytes = bytes;
    s->len = len;
    return OK;
}

enum err sites_new(const struct id *ids, size_t count, const struct engine *engine, struct sites **out)
{
    struct sites *ss = NULL;
    enum err e = ERR_NOMEM;

    if ((ss = calloc(1, sizeof *ss + count * sizeof *ss->sites)) == NULL)
        goto out;
    ss->engine = engine;
    for (; ss->count < count; ss->count++) {
        ss->sites[ss->count].id = ids[ss->count];
        if ((e = load(ss, &ss->sites[ss->count])) != OK)
            goto out;
    }
    *out = ss; /* the caller owns it now */
    ss = NULL;
    e = OK;
out:
    sites_free(ss);
    return e;
}

void sites_free(struct sites *ss)
{
    if (ss == NULL)
        return;
    for (size_t i = 0; i < ss->count; i++) {
        free(ss->sites[i].bulletin);
        free(ss->sites[i].bytes);
    }
    free(ss);
}

static int by_id(const void *key, const void *site)
{
    return memcmp(key, ((const struct site *)site)->id.b, ID_LEN);
}

struct site *sites_find(struct sites *ss, struct id id)
{
    return bsearch(id.b, ss->sites, ss->count, sizeof *ss->sites, by_id);
}

static enum err check_follows(const struct site *s, const uint8_t *bytes, size_t len, const struct bulletin *b)
{
    enum err e =
        bulletin_follows(s->bytes, s->len, s->bulletin != NULL ? s->bulletin->version : 0, bytes, len, b->version);

    return e == ERR_AUTH ? ERR_REPLAY : e; /* ERR_AUTH stays for a bad signature */
}

enum err sites_take(struct sites *ss, struct site *s, const uint8_t *bytes, size_t len)
{
    struct bulletin *b = NULL;
    uint8_t *copy = NULL;
    enum err e;

    if ((e = bulletin_read(bytes, len, s->id, &b)) != OK || (e = check_follows(s, bytes, len, b)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((copy = malloc(len)) == NULL)
        goto out;
    memcpy(copy, bytes, len);
    if ((e = ss->engine->put_bulletin(ss->engine->self, s->id, bytes, len)) != OK)
        goto out;
    free(s->bulletin);
    free(s->bytes);
    s->bulletin = b; /* the site owns both now */
    s->bytes = copy;
    s->len = len;
    b = NULL;
    copy = NULL;
out:
    free(b);
    free(copy);
    return e;
}
