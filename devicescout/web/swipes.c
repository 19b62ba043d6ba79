/* SPDX-License-Identifier: Apache-2.0 */
/* swipes: one at most for each printer, for a few seconds. */
#include "devicescout/web/swipes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/people/badge_text.h"
#include "devicescout/web/device.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/web_state.h"

#define KEPT_MAX 256
#define KEEP_MS  3000  /* a page asks again at once; a swipe that nobody took meanwhile is nobody's */
#define WAIT_MS  25000 /* below what proxies cut off */

struct kept {
    char printer[PRINTER_NAME_SIZE];
    char badge[BADGE_TEXT_MAX + 1];
    uint64_t until_ms; /* 0: free */
};

struct swipes {
    struct kept kept[KEPT_MAX];
};

enum err swipes_new(struct swipes **out)
{
    struct swipes *s = secret_new(sizeof *s);

    if (s == NULL)
        return ERR_NOMEM;
    *out = s;
    return OK;
}

void swipes_free(struct swipes *s)
{
    secret_free(s);
}

static void answer(struct request *r, const char *badge)
{
    r->wants_swipe = 0;
    reply_json(r, MHD_HTTP_OK, badge != NULL ? json_pack("{s:s}", "badge", badge) : json_pack("{s:n}", "badge"));
}

static void keep(struct swipes *s, const char *printer, const char *badge, uint64_t now)
{
    struct kept *k = NULL;

    for (size_t i = 0; i < KEPT_MAX; i++) {
        if (strcmp(s->kept[i].printer, printer) == 0 || (k == NULL && s->kept[i].until_ms <= now))
            k = &s->kept[i];
        if (strcmp(s->kept[i].printer, printer) == 0)
            break;
    }
    if (k == NULL)
        return; /* more printers than panels that ask */
    snprintf(k->printer, sizeof k->printer, "%s", printer);
    snprintf(k->badge, sizeof k->badge, "%s", badge);
    k->until_ms = now + KEEP_MS;
}

void swipes_take(struct web *w, const char *printer, const char *badge)
{
    if (badge[0] == '\0' || strlen(badge) > BADGE_TEXT_MAX)
        return;
    for (struct request *r = w->waiting; r != NULL; r = r->next) {
        if (r->wants_swipe && strcmp(r->printer, printer) == 0) {
            answer(r, badge);
            request_resume(r);
            return;
        }
    }
    keep(w->swipes, printer, badge, clock_boot_ms());
}

static void on_patience(void *arg)
{
    struct request *r = arg;

    r->timer = 0;
    answer(r, NULL);
    request_resume(r);
}

/* A page that was loaded again has left a question behind, which would swallow the next swipe unseen. */
static void end_older(const struct request *r)
{
    for (struct request *x = r->web->waiting, *next; x != NULL; x = next) {
        next = x->next;
        if (!x->wants_swipe || strcmp(x->printer, r->printer) != 0 || strcmp(x->address, r->address) != 0)
            continue;
        x->wants_swipe = 0;
        reply_error(x, MHD_HTTP_CONFLICT, "asked-again", "This panel has asked again.");
        request_resume(x);
    }
}

void swipes_panels_changed(struct web *w)
{
    for (struct request *r = w->waiting, *next; r != NULL; r = next) {
        next = r->next;
        if (!r->wants_swipe || !w->opts.panel_token_required || device_is_known(r))
            continue;
        r->wants_swipe = 0;
        reply_error(r, MHD_HTTP_FORBIDDEN, "no-panel", "This is not a panel of this site.");
        request_resume(r);
    }
}

void swipes_wait(struct request *r)
{
    struct swipes *s = r->web->swipes;
    const uint64_t now = clock_boot_ms();

    for (size_t i = 0; i < KEPT_MAX; i++) {
        struct kept *k = &s->kept[i];

        if (k->until_ms <= now || strcmp(k->printer, r->printer) != 0)
            continue;
        answer(r, k->badge);
        secret_wipe(k, sizeof *k);
        return;
    }
    end_older(r);
    if (loop_after(r->web->opts.loop, WAIT_MS, on_patience, r, &r->timer) != OK) {
        answer(r, NULL);
        return;
    }
    r->wants_swipe = 1;
    request_wait(r);
}
