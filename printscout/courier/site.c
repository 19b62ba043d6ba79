/* SPDX-License-Identifier: Apache-2.0 */
/* site: bulletins come from relays that are not believed: signature, site id and a rising version decide. */
#include "printscout/courier/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/greet.h"
#include "printscout/courier/site_status.h"

#define ASK_EVERY_MS ((uint64_t)15 * 60 * 1000)
#define ASK_AGAIN_MS 10000 /* at the soonest when somebody makes us ask */
#define FILE_MODE    0644  /* the queue reads it; it is public */

enum err site_start(struct courier *c)
{
    struct site *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        goto out;
    if ((e = file_read(c->spool, SPOOL_BULLETIN, BULLETIN_MAX_LEN, &s->bytes, &s->len)) != OK)
        goto out;
    if ((e = bulletin_read(s->bytes, s->len, verify_key_id(c->node.site_public), &s->bulletin)) != OK)
        goto out;
    c->site = s; /* the courier owns it now */
    s = NULL;
out:
    if (s != NULL)
        free(s->bytes);
    free(s);
    return e;
}

void site_end(struct courier *c)
{
    if (c->site == NULL)
        return;
    free(c->site->bulletin);
    free(c->site->bytes);
    free(c->site);
    c->site = NULL;
}

static void raise_alarm(struct courier *c, const char *sentence)
{
    snprintf(c->site->alarm, sizeof c->site->alarm, "%s", sentence);
    site_status(c);
}

static int same_scouts(const struct bulletin *a, const struct bulletin *b)
{
    return a->scouts_len == b->scouts_len && memcmp(a->scouts, b->scouts, a->scouts_len * sizeof *a->scouts) == 0;
}

static int same_relays(const struct bulletin *a, const struct bulletin *b)
{
    if (a->relays_len != b->relays_len)
        return 0;
    for (size_t i = 0; i < a->relays_len; i++) {
        if (strcmp(a->relays[i].url, b->relays[i].url) != 0 || memcmp(a->relays[i].pin, b->relays[i].pin, PIN_LEN) != 0)
            return 0;
    }
    return 1;
}

/* The relays of the bulletin, those that stay with the state that they have. */
static void list_relays(struct site *s)
{
    struct relay_status now[BULLETIN_RELAYS_MAX] = {0};

    for (size_t i = 0; i < s->bulletin->relays_len; i++) {
        strcpy(now[i].url, s->bulletin->relays[i].url);
        for (size_t k = 0; k < BULLETIN_RELAYS_MAX; k++) {
            if (strcmp(s->relays[k].url, now[i].url) == 0)
                now[i].up = s->relays[k].up;
        }
    }
    memcpy(s->relays, now, sizeof now);
}

/* Take a bulletin that was checked and is newer. Both arguments are the site's from now on. */
static void use(struct courier *c, struct bulletin *b, uint8_t *bytes, size_t len)
{
    struct site *s = c->site;
    struct bulletin *old = s->bulletin;
    enum err e;

    free(s->bytes);
    s->bulletin = b;
    s->bytes = bytes;
    s->len = len;
    log_info("bulletin_taken", "version=%u", b->version);
    if ((e = file_replace(c->spool, SPOOL_BULLETIN, bytes, len, FILE_MODE)) != OK)
        log_error("bulletin_not_written", "reason=%s", err_name(e)); /* in use all the same; fetched again at start */
    if (bulletin_is_revoked(b, c->node.node))
        raise_alarm(c, "This computer was withdrawn by the site; its jobs cannot be released any more.");
    if (!same_relays(old, b)) {
        list_relays(s);
        if ((e = link_set_relays(c->link, b->relays, b->relays_len)) != OK)
            log_error("relays_not_set", "reason=%s", err_name(e));
    }
    if (!same_scouts(old, b)) {
        greet_all(c);
        announce_all(c);
    }
    free(old);
    site_status(c);
}

/* What a relay gave. */
struct found {
    struct letter letter; /* first */
    struct courier *c;
    uint8_t *bytes;
    size_t len;
};

static void drop_found(struct letter *l)
{
    struct found *f = (struct found *)l;

    free(f->bytes);
    free(f);
}

static void open_found(struct letter *l)
{
    struct found *f = (struct found *)l;
    struct site *s = f->c->site;
    struct bulletin *b = NULL;
    enum err e;

    if ((e = bulletin_read(f->bytes, f->len, s->bulletin->site, &b)) == OK)
        e = bulletin_follows(s->bytes, s->len, s->bulletin->version, f->bytes, f->len, b->version);
    if (e == OK) {
        use(f->c, b, f->bytes, f->len);
        b = NULL;
        f->bytes = NULL;
    } else if (e == ERR_AUTH && b != NULL) {
        log_error("bulletin_forked", "version=%u", b->version);
        raise_alarm(f->c, "The site has signed two bulletins of one version. Tell an administrator.");
    } else if (e != ERR_EXISTS) {
        log_warn("bulletin_refused", "reason=%s", err_name(e));
    }
    free(b);
    drop_found(l);
}

/* On a relay's thread. */
struct question {
    struct courier *c;
    struct inbox *inbox;
    struct id site;
    char tag[ID_HEX_SIZE]; /* of the bulletin that we have */
};

static void *copy_question(const void *job)
{
    struct question *q = malloc(sizeof *q);

    if (q != NULL)
        *q = *(const struct question *)job;
    return q;
}

static void fetch(void *job, struct relay *r)
{
    struct question *q = job;
    struct found *f = calloc(1, sizeof *f);
    enum err e = ERR_NOMEM;

    if (f == NULL)
        goto out;
    f->letter = (struct letter){.open = open_found, .drop = drop_found};
    f->c = q->c; /* looked into by the main loop only */
    if ((e = relay_get_bulletin(r, q->site, q->tag, &f->bytes, &f->len)) != OK)
        goto out;
    inbox_put(q->inbox, &f->letter); /* the main loop owns it now */
    f = NULL;
out:
    if (e != OK && e != ERR_EXISTS)
        log_debug("bulletin_not_fetched", "reason=%s", err_name(e));
    free(f);
    free(q);
}

static void ask(struct courier *c)
{
    struct question q = {.c = c, .inbox = c->inbox, .site = c->site->bulletin->site};
    enum err e;

    bulletin_tag(c->site->bytes, c->site->len, q.tag);
    c->site->asked_ms = clock_boot_ms();
    if ((e = link_each_relay(c->link, fetch, copy_question, &q)) != OK)
        log_warn("bulletin_not_asked_for", "reason=%s", err_name(e));
}

void site_ask(struct courier *c)
{
    if (c->site->asked_ms == 0 || clock_boot_ms() - c->site->asked_ms >= ASK_AGAIN_MS)
        ask(c);
}

enum err site_news(struct courier *c, const uint8_t *body, size_t len)
{
    struct rbuf b = rbuf_of(body, len);
    uint32_t version;
    enum err e;

    if ((e = rbuf_u32(&b, &version)) != OK || (e = rbuf_end(&b)) != OK)
        return e;
    if (version > c->site->bulletin->version)
        ask(c);
    return OK;
}

static void ask_regularly(void *arg)
{
    struct courier *c = arg;

    ask(c);
    if (loop_after(c->loop, ASK_EVERY_MS, ask_regularly, c, NULL) != OK)
        log_error("timer_lost", "what=bulletin");
}

enum err site_connect(struct courier *c)
{
    const struct bulletin *b = c->site->bulletin;
    enum err e;

    list_relays(c->site);
    if (bulletin_is_revoked(b, c->node.node))
        raise_alarm(c, "This computer was withdrawn by the site; its jobs cannot be released any more.");
    if ((e = link_set_relays(c->link, b->relays, b->relays_len)) != OK)
        return e;
    ask_regularly(c);
    return OK;
}

void site_relay_is(struct courier *c, const char *url, int up)
{
    for (size_t i = 0; i < c->site->bulletin->relays_len; i++) {
        if (strcmp(c->site->relays[i].url, url) == 0)
            c->site->relays[i].up = up;
    }
    log_info(up ? "relay_up" : "relay_down", "relay=%s", url);
    if (up)
        site_ask(c);
    site_status(c);
}

size_t site_scouts(const struct courier *c)
{
    return c->site->bulletin->scouts_len;
}

struct link_peer site_scout(const struct courier *c, size_t i)
{
    const struct bulletin_scout *s = &c->site->bulletin->scouts[i];
    struct link_peer p = {.node = s->node};

    memcpy(p.sign_public, s->sign_public, KEY_LEN);
    memcpy(p.box_public, s->box_public, KEY_LEN);
    return p;
}

size_t site_scout_number(const struct courier *c, struct id node)
{
    for (size_t i = 0; i < site_scouts(c); i++) {
        if (id_equal(c->site->bulletin->scouts[i].node, node))
            return i;
    }
    return BULLETIN_SCOUTS_MAX;
}
