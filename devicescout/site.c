/* SPDX-License-Identifier: Apache-2.0 */
/* site: what the keyholder said last, compared with what it says now. */
#include "devicescout/site.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/site_publish.h"

#define REFRESH_MS       500   /* so soon a change by an administrator is everywhere; an ask takes 0.1 ms */
#define HANGING_MS       30000 /* for a keyholder that did not answer in time */
#define ASK_AGAIN_MS     250   /* for a printer that is not known: a guesser must not keep the keyholder busy */
#define PUBLISH_AGAIN_MS 10000 /* to a relay that did not take it */

struct site {
    struct site_opts opts;
    struct link *link; /* NULL before site_start() */
    uint64_t timer;
    uint64_t refreshed_ms, published_ms;
    int unreachable; /* the keyholder; said once */
    atomic_int publish_failed;

    uint8_t *bulletin_bytes;
    size_t bulletin_len;
    struct bulletin *bulletin;
    struct printer *printers;
    size_t printers_len;
    struct door *doors;
    size_t doors_len;
};

enum err site_new(const struct site_opts *opts, struct site **out)
{
    struct site *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ERR_NOMEM;
    s->opts = *opts;
    *out = s;
    return OK;
}

void site_free(struct site *s)
{
    if (s == NULL)
        return;
    if (s->timer != 0)
        loop_cancel(s->opts.loop, s->timer);
    free(s->bulletin_bytes);
    free(s->bulletin);
    free(s->printers);
    free(s->doors);
    free(s);
}

/* Take a newer bulletin; *changed says that it is one. An older one, or another of the same version, is an alarm. */
static enum err take_bulletin(struct site *s, const uint8_t *bytes, size_t len, int *changed)
{
    struct bulletin *b = NULL;
    uint8_t *copy = NULL;
    enum err e = bulletin_read(bytes, len, s->opts.site, &b);

    if (e != OK)
        goto out;
    if (s->bulletin != NULL)
        e = bulletin_follows(s->bulletin_bytes, s->bulletin_len, s->bulletin->version, bytes, len, b->version);
    if (e != OK)
        goto out;
    e = ERR_NOMEM;
    if ((copy = malloc(len)) == NULL)
        goto out;
    memcpy(copy, bytes, len);
    free(s->bulletin_bytes);
    free(s->bulletin);
    s->bulletin_bytes = copy;
    s->bulletin_len = len;
    s->bulletin = b;
    b = NULL;
    *changed = 1;
    log_info("bulletin", "version=%u", s->bulletin->version);
    e = OK;
out:
    free(b);
    if (e != OK && e != ERR_EXISTS)
        log_error("bulletin_refused", "why=%s", err_name(e));
    return e == ERR_EXISTS ? OK : e;
}

static enum err read_printers(struct site *s, const uint8_t *bytes, size_t len)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct printer *list = NULL;
    uint16_t count;
    enum err e = rbuf_u16(&b, &count);

    if (e != OK)
        goto out;
    e = ERR_LIMIT;
    if (count > SITE_PRINTERS_MAX)
        goto out;
    e = ERR_NOMEM;
    if ((list = calloc((size_t)count + 1, sizeof *list)) == NULL)
        goto out;
    for (size_t i = 0; i < count; i++) {
        if ((e = printer_read(&b, &list[i])) != OK)
            goto out;
    }
    if ((e = rbuf_end(&b)) != OK)
        goto out;
    free(s->printers);
    s->printers = list;
    s->printers_len = count;
    list = NULL;
out:
    free(list);
    return e;
}

static int has_door(const struct door *list, size_t len, const struct door *d)
{
    for (size_t i = 0; i < len; i++) {
        if (memcmp(list[i].door, d->door, DOOR_LEN) == 0)
            return 1;
    }
    return 0;
}

static int same_doors(const struct door *a, size_t na, const struct door *b, size_t nb)
{
    if (na != nb)
        return 0;
    for (size_t i = 0; i < na; i++) {
        if (memcmp(a[i].door, b[i].door, DOOR_LEN) != 0 || a[i].expires_unix_ms != b[i].expires_unix_ms ||
            a[i].uses_left != b[i].uses_left)
            return 0;
    }
    return 1;
}

/* Doors that the keyholder no longer names stay in the list as closed ones, so that every relay hears of it. */
static enum err read_doors(struct site *s, const uint8_t *bytes, size_t len, int *changed)
{
    struct rbuf b = rbuf_of(bytes, len);
    struct door *list = NULL;
    uint16_t count;
    size_t total;
    enum err e = rbuf_u16(&b, &count);

    if (e != OK)
        goto out;
    e = ERR_LIMIT;
    if (count > SITE_DOORS_MAX)
        goto out;
    e = ERR_NOMEM;
    if ((list = calloc((size_t)count + s->doors_len + 1, sizeof *list)) == NULL)
        goto out;
    for (total = 0; total < count; total++) {
        struct door *d = &list[total];

        if ((e = rbuf_copy(&b, d->door, DOOR_LEN)) != OK || (e = rbuf_u64(&b, &d->expires_unix_ms)) != OK ||
            (e = rbuf_u32(&b, &d->uses_left)) != OK)
            goto out;
    }
    if ((e = rbuf_end(&b)) != OK)
        goto out;
    for (size_t i = 0; i < s->doors_len && total < SITE_DOORS_MAX * 2; i++) {
        if (!has_door(list, count, &s->doors[i])) {
            list[total] = s->doors[i];
            list[total++].uses_left = 0;
        }
    }
    if (same_doors(list, total, s->doors, s->doors_len))
        goto out;
    free(s->doors);
    s->doors = list;
    s->doors_len = total;
    list = NULL;
    *changed = 1;
out:
    free(list);
    return e;
}

static void publish(struct site *s)
{
    const struct publication p = {.bulletin = s->bulletin_bytes,
                                  .bulletin_len = s->bulletin_len,
                                  .doors = s->doors,
                                  .doors_len = s->doors_len,
                                  .failed = &s->publish_failed};

    if (s->link == NULL || s->bulletin == NULL)
        return;
    atomic_store(&s->publish_failed, 0);
    s->published_ms = clock_boot_ms();
    if (site_publish(s->link, &p) != OK)
        atomic_store(&s->publish_failed, 1);
}

static enum err ask(struct site *s, enum kh_op op, uint8_t *answer, size_t *len)
{
    return kh_ask(s->opts.keyholder, op, NULL, 0, answer, len, NULL, 0);
}

enum err site_refresh(struct site *s)
{
    uint8_t *answer = malloc(KH_FRAME_MAX);
    int new_bulletin = 0, new_doors = 0;
    size_t len = 0;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    s->refreshed_ms = clock_boot_ms();
    if ((e = ask(s, KH_BULLETIN, answer, &len)) != OK || (e = take_bulletin(s, answer, len, &new_bulletin)) != OK)
        goto out;
    if ((e = ask(s, KH_PRINTERS, answer, &len)) != OK || (e = read_printers(s, answer, len)) != OK)
        goto out;
    if ((e = ask(s, KH_DOORS, answer, &len)) != OK || (e = read_doors(s, answer, len, &new_doors)) != OK)
        goto out;
out:
    free(answer);
    if (new_bulletin && s->link != NULL && link_set_relays(s->link, s->bulletin->relays, s->bulletin->relays_len) != OK)
        log_warn("relays_not_set", "why=no memory");
    if (new_bulletin || new_doors)
        publish(s);
    if (new_bulletin && s->link != NULL && s->opts.on_bulletin != NULL)
        s->opts.on_bulletin(s->opts.arg);
    return e;
}

static void refresh_by_itself(void *arg)
{
    struct site *s = arg;
    enum err e = site_refresh(s);

    s->timer = 0;
    if (e != OK && !s->unreachable)
        log_warn("keyholder_silent", "why=%s", err_name(e));
    if (e == OK && s->unreachable)
        log_info("keyholder_back", "version=%u", s->bulletin->version);
    s->unreachable = e != OK;
    if (atomic_load(&s->publish_failed) && clock_boot_ms() >= s->published_ms + PUBLISH_AGAIN_MS)
        publish(s);
    /* Waiting for a keyholder that hangs holds up everything here, so it is not done all the time. */
    if (loop_after(s->opts.loop, e == ERR_TIMEOUT ? HANGING_MS : REFRESH_MS, refresh_by_itself, s, &s->timer) != OK)
        log_error("refresh_stopped", "why=no memory");
}

enum err site_start(struct site *s, struct link *link)
{
    enum err e = link_set_relays(link, s->bulletin->relays, s->bulletin->relays_len);

    if (e != OK)
        return e;
    s->link = link;
    return loop_after(s->opts.loop, REFRESH_MS, refresh_by_itself, s, &s->timer);
}

void site_relay_up(struct site *s)
{
    publish(s);
}

const struct bulletin *site_bulletin(const struct site *s)
{
    return s->bulletin;
}

static const struct printer *find_printer(const struct site *s, const char *name)
{
    for (size_t i = 0; i < s->printers_len; i++) {
        if (strcmp(s->printers[i].name, name) == 0)
            return &s->printers[i];
    }
    return NULL;
}

const struct printer *site_printer(struct site *s, const char *name)
{
    const struct printer *p = find_printer(s, name);

    if (p != NULL || clock_boot_ms() < s->refreshed_ms + ASK_AGAIN_MS)
        return p;
    return site_refresh(s) == OK ? find_printer(s, name) : NULL;
}

const struct printer *site_printer_by_id(struct site *s, struct id id)
{
    for (size_t i = 0; i < s->printers_len; i++) {
        if (id_equal(s->printers[i].id, id))
            return &s->printers[i];
    }
    return NULL;
}

const struct printer *site_printer_at(const struct site *s, size_t i)
{
    return i < s->printers_len ? &s->printers[i] : NULL;
}
