/* SPDX-License-Identifier: Apache-2.0 */
/* op_profile: devicescout says what the site's printers can; the bulletin tells every queue. */
#include <string.h>

#include "devicescout/keyholder/ask.h"
#include "proto/profile.h"

static int is_current(const struct bulletin *b, const struct wbuf *bytes)
{
    return b->profile_len == bytes->len && memcmp(b->profile, bytes->start, bytes->len) == 0;
}

/* What was read is written anew: the bulletin holds our bytes, not those that came. */
static enum err read_profile(struct ask *a, struct profile *p, struct wbuf *bytes)
{
    enum err e;

    if ((e = profile_read(a->body, a->len, p)) != OK || (e = profile_write(p, bytes)) != OK)
        return ask_refuse(a, e, "not-a-profile", "The request is not what its format allows.");
    return OK;
}

static enum err publish(struct ask *a, const struct profile *p, const struct wbuf *bytes)
{
    struct registry *next = NULL;
    enum err e;

    if ((e = audit_add(a->k->audit, "profile", "formats=%u features=%u media=%zu finishings=%zu", (unsigned)p->formats,
                       (unsigned)p->features, p->media_len, p->finishings_len)) != OK ||
        (e = keeper_change(a->k, &next)) != OK)
        return e;
    memcpy(next->bulletin.profile, bytes->start, bytes->len);
    next->bulletin.profile_len = bytes->len;
    return keeper_commit(a->k, next, 1);
}

enum err op_profile(struct ask *a)
{
    uint8_t room[BULLETIN_PROFILE_MAX];
    struct wbuf bytes = wbuf_of(room, sizeof room);
    struct profile p;
    enum err e;

    if ((e = read_profile(a, &p, &bytes)) != OK)
        return e;
    if (!is_current(&a->k->registry->bulletin, &bytes)) {
        if (!pace_take(&a->k->profiles, KEEPER_PROFILES_BURST, KEEPER_PROFILE_EACH_MS, a->now_boot_ms))
            return ask_refuse(a, ERR_LIMIT, "profile-too-often",
                              "The profile changed too often; it is taken a few minutes later.");
        if ((e = publish(a, &p, &bytes)) != OK)
            return e;
    }
    return op_bulletin(a);
}
