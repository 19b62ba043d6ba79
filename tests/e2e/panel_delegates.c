/* SPDX-License-Identifier: Apache-2.0 */
/* panel_delegates: see panel_delegates.h. A few places in memory; what the keyholder refuses is refused here too. */
#include "panel_delegates.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"

#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

static struct delegation list[DELEGATES_MAX];
static size_t list_len;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static enum err add(struct delegation *d, uint64_t now, struct wbuf *out)
{
    if (strcmp(d->from, d->to) == 0)
        return ERR_EXISTS;
    if (d->until_unix_ms <= now || d->until_unix_ms - now > PLAYED_DELEGATION_DAYS * DAY_MS)
        return ERR_EXPIRED;
    for (size_t i = 0; i < list_len; i++) {
        if (strcmp(list[i].from, d->from) == 0 && strcmp(list[i].to, d->to) == 0) {
            list[i].until_unix_ms = d->until_unix_ms;
            return wbuf_id(out, list[i].id);
        }
    }
    if (list_len == DELEGATES_MAX)
        return ERR_FULL;
    secret_random(d->id.b, ID_LEN);
    list[list_len++] = *d;
    return wbuf_id(out, d->id);
}

static enum err on_add(struct rbuf *in, struct wbuf *out)
{
    struct delegation d = {.since_unix_ms = 1};
    uint8_t authentication;
    enum err e;

    if ((e = rbuf_text16(in, d.from, sizeof d.from)) != OK || (e = rbuf_text16(in, d.to, sizeof d.to)) != OK ||
        (e = rbuf_u64(in, &d.until_unix_ms)) != OK || (e = rbuf_u8(in, &authentication)) != OK)
        return e;
    return authentication == BY_PASSWORD ? add(&d, clock_unix_ms(), out) : ERR_AUTH;
}

static enum err on_end(struct rbuf *in)
{
    struct id id;
    enum err e = rbuf_id(in, &id);

    if (e != OK)
        return e;
    for (size_t i = 0; i < list_len; i++) {
        if (id_equal(list[i].id, id)) {
            list[i] = list[--list_len];
            return OK;
        }
    }
    return ERR_NOTFOUND;
}

static int concerns(const struct delegation *d, const char *person)
{
    return d->until_unix_ms > clock_unix_ms() && (strcmp(d->from, person) == 0 || strcmp(d->to, person) == 0);
}

static enum err on_list(struct rbuf *in, struct wbuf *out)
{
    char person[PERSON_SIZE];
    uint16_t count = 0;
    enum err e = rbuf_text16(in, person, sizeof person);

    for (size_t i = 0; e == OK && i < list_len; i++)
        count = (uint16_t)(count + concerns(&list[i], person));
    if (e != OK || (e = wbuf_u32(out, PLAYED_DELEGATION_DAYS)) != OK || (e = wbuf_u16(out, count)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < list_len; i++) {
        if (concerns(&list[i], person))
            e = delegation_write(&list[i], out);
    }
    return e;
}

static void begin(void)
{
    static int begun;
    struct delegation d = {
        .from = "carol", .to = "alice", .since_unix_ms = 1, .until_unix_ms = clock_unix_ms() + 7 * DAY_MS};

    if (begun++)
        return;
    secret_random(d.id.b, ID_LEN);
    list[list_len++] = d;
}

enum err panel_delegates_ask(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer,
                             size_t *answer_len)
{
    uint8_t unused[64];
    struct rbuf in = rbuf_of(body, len);
    struct wbuf out = wbuf_of(answer != NULL ? answer : unused, answer != NULL ? KH_FRAME_MAX : sizeof unused);
    enum err e = ERR_UNSUPPORTED;

    (void)arg;
    pthread_mutex_lock(&lock);
    begin();
    if (op == KH_DELEGATE)
        e = on_add(&in, &out);
    else if (op == KH_UNDELEGATE)
        e = on_end(&in);
    else if (op == KH_DELEGATIONS)
        e = on_list(&in, &out);
    pthread_mutex_unlock(&lock);
    if (answer_len != NULL)
        *answer_len = out.len;
    return e;
}
