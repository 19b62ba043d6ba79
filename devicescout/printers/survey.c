/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey: a table that follows the registry. The profile is said when every printer was asked since the start, so that
 * a site's first bulletins do not come printer by printer; and while one of them has never answered, what the bulletin
 * says stays in it, for that printer may be why it stands there.
 */
#include "devicescout/printers/survey.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/jobs/abilities_profile.h"
#include "devicescout/jobs/profile_union.h"
#include "devicescout/printers/kept.h"

struct surveyed {
    struct id printer;
    uint64_t asked_boot_ms;  /* 0: not since the start */
    struct profile *profile; /* NULL: it never said what it can */
    int is_registered;       /* while the table is compared */
};

struct survey {
    struct survey_opts opts;
    int dir; /* kept.h */
    uint64_t timer;
    struct surveyed *list;
    size_t len;
    int has_news;            /* the profile is to be put together anew */
    uint64_t say_at_boot_ms; /* not before */
};

static void tick(void *arg);

enum err survey_new(const struct survey_opts *opts, struct survey **out)
{
    struct survey *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        goto out;
    s->opts = *opts;
    s->dir = -1;
    s->has_news = 1;
    if ((e = kept_open(opts->state_dir, &s->dir)) != OK ||
        (e = loop_after(opts->loop, opts->tick_ms, tick, s, &s->timer)) != OK)
        goto out;
    *out = s;
    s = NULL;
out:
    survey_free(s);
    return e;
}

void survey_free(struct survey *s)
{
    if (s == NULL)
        return;
    if (s->timer != 0)
        loop_cancel(s->opts.loop, s->timer);
    for (size_t i = 0; i < s->len; i++)
        free(s->list[i].profile);
    free(s->list);
    if (s->dir >= 0)
        close(s->dir);
    free(s);
}

static struct surveyed *find(struct survey *s, struct id printer)
{
    for (size_t i = 0; i < s->len; i++) {
        if (id_equal(s->list[i].printer, printer))
            return &s->list[i];
    }
    return NULL;
}

static const struct printer *registered(const struct survey *s, struct id printer)
{
    const struct printer *p;

    for (size_t i = 0; (p = s->opts.printer_at(s->opts.arg, i)) != NULL; i++) {
        if (id_equal(p->id, printer))
            return p;
    }
    return NULL;
}

/* A printer that was not there before, with what it said before the restart. */
static void add(struct survey *s, struct id printer)
{
    struct surveyed *more = realloc(s->list, (s->len + 1) * sizeof *more);
    struct profile *profile = malloc(sizeof *profile);

    if (more != NULL)
        s->list = more;
    if (more == NULL || profile == NULL) {
        free(profile);
        return; /* the next tick tries again */
    }
    if (kept_read(s->dir, printer, profile) != OK) {
        free(profile);
        profile = NULL;
    }
    s->list[s->len++] = (struct surveyed){.printer = printer, .profile = profile, .is_registered = 1};
    s->has_news = 1;
}

static void drop(struct survey *s, size_t i)
{
    kept_forget(s->dir, s->list[i].printer);
    free(s->list[i].profile);
    s->list[i] = s->list[--s->len];
    s->has_news = 1;
}

/* A raw printer of a site that does not allow unencrypted delivery gets nothing. */
static int counts(const struct survey *s, const struct printer *p)
{
    return p->protocol != DELIVERY_RAW || (s->opts.bulletin(s->opts.arg)->flags & POLICY_RAW_ALLOWED) != 0;
}

/* Let the table follow the registry. */
static void compare(struct survey *s)
{
    const struct printer *p;

    for (size_t i = 0; i < s->len; i++)
        s->list[i].is_registered = 0;
    for (size_t i = 0; (p = s->opts.printer_at(s->opts.arg, i)) != NULL; i++) {
        /* Mostly both are in one order. */
        struct surveyed *x = i < s->len && id_equal(s->list[i].printer, p->id) ? &s->list[i] : find(s, p->id);

        if (!counts(s, p))
            continue;
        if (x != NULL)
            x->is_registered = 1;
        else
            add(s, p->id);
    }
    for (size_t i = s->len; i > 0; i--) {
        if (!s->list[i - 1].is_registered)
            drop(s, i - 1);
    }
}

static void learn(struct survey *s, struct surveyed *x, const struct abilities *a)
{
    struct profile now, *copy;
    char id[ID_HEX_SIZE];
    enum err e;

    if (a == NULL || abilities_profile(a, &now) != OK)
        return;
    if (x->profile != NULL && memcmp(x->profile, &now, sizeof now) == 0)
        return;
    if ((copy = malloc(sizeof *copy)) == NULL)
        return;
    *copy = now;
    free(x->profile);
    x->profile = copy;
    s->has_news = 1;
    log_info("printer_profile", "printer=%s media=%zu features=%u", id_text(x->printer, id), now.media_len,
             (unsigned)now.features);
    if ((e = kept_write(s->dir, x->printer, &now)) != OK)
        log_warn("profile_not_kept", "printer=%s why=%s", id, err_name(e));
}

void survey_learn(struct survey *s, struct id printer)
{
    struct surveyed *x = s != NULL ? find(s, printer) : NULL;
    const struct printer *p = x != NULL ? registered(s, printer) : NULL;

    if (p != NULL)
        learn(s, x, knowledge_of(s->opts.knowledge, p));
}

/* Ask the one whose turn it is. One at a time: a row of printers that are off must not keep panels waiting for theirs.
 */
static void ask_next(struct survey *s, uint64_t now)
{
    struct surveyed *next = NULL;
    const struct printer *p;

    if (knowledge_asking(s->opts.knowledge) > 0)
        return;
    for (size_t i = 0; i < s->len; i++) {
        if (next == NULL || s->list[i].asked_boot_ms < next->asked_boot_ms)
            next = &s->list[i];
    }
    if (next == NULL || (next->asked_boot_ms != 0 && now - next->asked_boot_ms < s->opts.round_ms))
        return;
    next->asked_boot_ms = now;
    if ((p = registered(s, next->printer)) != NULL)
        learn(s, next, knowledge_of(s->opts.knowledge, p)); /* somebody else may have asked a moment ago */
}

/* Was every printer asked, and has answered or will not? */
static int is_settled(const struct survey *s)
{
    for (size_t i = 0; i < s->len; i++) {
        if (s->list[i].asked_boot_ms == 0)
            return 0;
    }
    return knowledge_asking(s->opts.knowledge) == 0;
}

/* ERR_NOTFOUND: nothing is known that could be said. */
static enum err put_together(const struct survey *s, const struct bulletin *b, struct profile *out)
{
    struct profile_union *u = NULL;
    struct profile said;
    size_t known = 0;
    enum err e = profile_union_new(&u);

    if (e != OK)
        return e;
    for (size_t i = 0; i < s->len; i++) {
        if (s->list[i].profile == NULL)
            continue;
        profile_union_add(u, s->list[i].profile);
        known++;
    }
    if (known < s->len && profile_read(b->profile, b->profile_len, &said) == OK)
        profile_union_add(u, &said);
    if (known == 0 && (s->len > 0 || b->profile_len == 0)) /* what is usual stays, or what was said */
        e = ERR_NOTFOUND;
    else
        profile_union_read(u, out);
    profile_union_free(u);
    return e;
}

static void say(struct survey *s, uint64_t now)
{
    const struct bulletin *b = s->opts.bulletin(s->opts.arg);
    uint8_t bytes[BULLETIN_PROFILE_MAX];
    struct wbuf out = wbuf_of(bytes, sizeof bytes);
    struct profile p;
    enum err e;

    if ((e = put_together(s, b, &p)) == ERR_NOTFOUND) {
        s->has_news = 0;
        return;
    }
    if (e == OK && (e = profile_write(&p, &out)) == OK && out.len == b->profile_len &&
        memcmp(bytes, b->profile, out.len) == 0) {
        s->has_news = 0;
        return;
    }
    if (e == OK)
        e = s->opts.say(s->opts.arg, bytes, out.len);
    if (e != OK) {
        log_warn("profile_not_said", "why=%s", err_name(e));
        s->say_at_boot_ms = now + s->opts.say_again_ms;
        return;
    }
    log_info("profile_said", "printers=%zu media=%zu features=%u", s->len, p.media_len, (unsigned)p.features);
    s->has_news = 0;
}

static void tick(void *arg)
{
    struct survey *s = arg;
    const uint64_t now = clock_boot_ms();

    s->timer = 0;
    compare(s);
    ask_next(s, now);
    if (s->has_news && now >= s->say_at_boot_ms && is_settled(s))
        say(s, now);
    if (loop_after(s->opts.loop, s->opts.tick_ms, tick, s, &s->timer) != OK)
        log_error("survey_stopped", "why=no memory");
}
