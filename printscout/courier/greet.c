/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greet: a hello that is repeated unchanged, as the link would, tells an old time, and every order that is reckoned
 * from it is already late. So one that is not acknowledged is replaced by a new one before the link repeats it.
 */
#include "printscout/courier/greet.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/label.h"
#include "printscout/courier/site.h"
#include "proto/hello.h"

#define HOUR_MS        ((uint64_t)3600 * 1000)
#define FIRST_AGAIN_MS 1800 /* the link repeats after 2 s */
#define LAST_AGAIN_MS  300000

static void on_ack(void *arg, struct id message, enum err result)
{
    struct greeting *g = arg;

    if (!id_equal(g->message, message))
        return;
    loop_cancel(g->c->loop, g->timer);
    g->message = (struct id){{0}};
    if (result != OK)
        log_warn("hello_refused", "reason=%s", err_name(result));
}

static void send_hello(struct greeting *g, size_t i)
{
    struct courier *c = g->c;
    uint8_t bytes[HELLO_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    struct hello h = {.boot_ms = clock_boot_ms()};
    const struct link_peer to = site_scout(c, i);
    enum err e;

    memcpy(h.certificate_bytes, c->node.certificate, CERTIFICATE_LEN);
    memcpy(h.hello_public, hello_keys_public(c->hello), KEY_LEN);
    if (!id_is_zero(g->message))
        link_cancel(c->link, g->message);
    g->message = (struct id){{0}};
    if ((e = hello_write(&h, &b)) != OK || (e = RECORD_SIGN(&b, LABEL_HELLO, c->keys->sign_secret)) != OK ||
        (e = link_send(c->link, &to, MSG_HELLO, b.start, b.len, on_ack, g, &g->message)) != OK)
        log_error("hello_not_sent", "reason=%s", err_name(e));
}

static void on_silence(void *arg)
{
    struct greeting *g = arg;
    size_t i = (size_t)(g - g->c->greetings);

    g->timer = 0;
    if (i >= site_scouts(g->c))
        return;
    send_hello(g, i);
    g->again_ms = g->again_ms * 2 < LAST_AGAIN_MS ? g->again_ms * 2 : LAST_AGAIN_MS;
    if (loop_after(g->c->loop, g->again_ms, on_silence, g, &g->timer) != OK)
        log_error("timer_lost", "what=greeting");
}

void greet_again(struct courier *c, size_t i)
{
    struct greeting *g = &c->greetings[i];

    g->c = c;
    if (g->timer != 0)
        loop_cancel(c->loop, g->timer);
    send_hello(g, i);
    g->again_ms = FIRST_AGAIN_MS;
    if (loop_after(c->loop, g->again_ms, on_silence, g, &g->timer) != OK)
        log_error("timer_lost", "what=greeting");
}

void greet_all(struct courier *c)
{
    enum err e;

    if ((e = hello_keys_renew(c->hello, clock_boot_ms())) != OK)
        log_error("hello_key_not_renewed", "reason=%s", err_name(e)); /* the old one stays */
    for (size_t i = 0; i < site_scouts(c); i++)
        greet_again(c, i);
}

static void every_hour(void *arg)
{
    struct courier *c = arg;

    greet_all(c);
    if (loop_after(c->loop, HOUR_MS, every_hour, c, NULL) != OK)
        log_error("timer_lost", "what=hello");
}

/* A replaced key is wiped in time also when nobody looks for it. */
static void wipe_regularly(void *arg)
{
    struct courier *c = arg;

    hello_keys_expire(c->hello, clock_boot_ms());
    if (loop_after(c->loop, HELLO_KEEP_MS, wipe_regularly, c, NULL) != OK)
        log_error("timer_lost", "what=hello keys");
}

enum err greet_start(struct courier *c)
{
    enum err e;

    if ((e = loop_after(c->loop, HOUR_MS, every_hour, c, NULL)) != OK)
        return e;
    return loop_after(c->loop, HELLO_KEEP_MS, wipe_regularly, c, NULL);
}
