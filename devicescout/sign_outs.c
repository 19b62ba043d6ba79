/* SPDX-License-Identifier: Apache-2.0 */
/* sign_outs: look twice a second whether the roster is what it was; when it is not, ask it about each session. Commands
 * leave their wishes there too. */
#include "devicescout/sign_outs.h"

#include <string.h>

#include "base/log.h"

#define LOOK_MS 500 /* a look is one read of shared memory */

static const uint8_t nothing[ROSTER_HASH_LEN];

static int has_lost_its_panel(struct roster *r, const struct session *x)
{
    struct roster_device d;

    return memcmp(x->panel, nothing, sizeof x->panel) != 0 && roster_device_find(r, x->panel, &d) == ERR_NOTFOUND;
}

static int has_lost_its_badge(struct roster *r, const struct session *x)
{
    struct roster_badge b;
    enum err e;

    if (memcmp(x->badge, nothing, sizeof x->badge) == 0)
        return 0;
    e = roster_badge_find(r, x->badge, &b);
    return e == ERR_NOTFOUND || (e == OK && strcmp(b.person, x->person) != 0);
}

static int has_lost_something(const void *arg, const struct session *x)
{
    const struct scout *s = arg;

    return has_lost_its_panel(s->roster, x) || has_lost_its_badge(s->roster, x);
}

static void grant_wish(void *arg, const char *what, const char *person)
{
    struct scout *s = arg;

    if (strcmp(what, ROSTER_PIN_GONE) == 0)
        sessions_end_if(s->sessions, session_is_by_pin_of, person);
    else if (strcmp(what, ROSTER_UNLOCK) == 0)
        signin_unlock(s->signin, person);
}

static void look(void *arg)
{
    struct scout *s = arg;

    if (roster_changed_elsewhere(s->roster)) {
        sessions_end_if(s->sessions, has_lost_something, s);
        if (roster_wishes_take(s->roster, grant_wish, s) != OK)
            log_warn("sign_outs_late", "why=the roster cannot be read");
        web_panels_changed(s->web);
    }
    if (loop_after(s->loop, LOOK_MS, look, s, &s->look_timer) != OK)
        log_error("sign_outs_stopped", "why=no memory");
}

enum err sign_outs_start(struct scout *s)
{
    (void)roster_changed_elsewhere(s->roster); /* from now on */
    if (roster_wishes_take(s->roster, grant_wish, s) != OK)
        return ERR_IO;
    return loop_after(s->loop, LOOK_MS, look, s, &s->look_timer);
}
