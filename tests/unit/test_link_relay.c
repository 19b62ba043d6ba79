/* SPDX-License-Identifier: Apache-2.0 */
/* The link over a real scoutrelay, which is killed and started again while messages are under way. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/bulletin.h"
#include "proto/link.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/relay_process.h"
#include "tests/unit/scratch.h"

#define MESSAGES    400
#define KILL_AT     100 /* acknowledged messages */
#define ROUND_TRIPS 50

struct side {
    struct world *world;
    const struct node_keys *keys;
    struct link *link;
    struct scratch *state;
    unsigned handed[MESSAGES];
    size_t handed_len, acked_len;
    int up;
};

struct world {
    struct fixture *site;
    struct relay_process server;
    struct loop *loop;
    struct side courier, scout;
    int published, killed, timed_out;
    size_t wanted; /* acknowledgements */
    uint64_t asked_us, took_us[ROUND_TRIPS];
};

static struct link_peer peer_of(const struct node_keys *k)
{
    struct link_peer p = {.node = k->node};

    memcpy(p.sign_public, k->sign_public, KEY_LEN);
    memcpy(p.box_public, k->box_public, KEY_LEN);
    return p;
}

static enum err find_peer(void *arg, const struct message *m, struct link_peer *out)
{
    const struct side *s = arg;
    const struct fixture *f = s->world->site;

    *out = peer_of(id_equal(m->sender, f->scout->node) ? f->scout : f->courier);
    return OK;
}

static enum err on_message(void *arg, const struct message *m, const struct link_peer *from)
{
    struct side *s = arg;
    struct rbuf b = rbuf_of(m->body, m->body_len);
    uint32_t n;

    (void)from;
    if (rbuf_u32(&b, &n) != OK || n >= MESSAGES)
        return ERR_FORMAT;
    s->handed[n]++;
    s->handed_len++;
    return OK;
}

/* On the sender's thread: a relay takes messages for a device scout that a bulletin names. */
static void publish(void *job, struct relay *r)
{
    struct world *w = *(struct world **)job;
    static uint8_t bytes[BULLETIN_MAX_LEN];
    struct bulletin *b = calloc(1, sizeof *b);
    struct wbuf out = wbuf_of(bytes, sizeof bytes);

    free(job);
    if (b == NULL)
        return;
    memcpy(b->site_public, w->site->site_public, KEY_LEN);
    b->version = 1;
    b->scouts_len = 1;
    b->scouts[0].node = w->site->scout->node;
    memcpy(b->scouts[0].sign_public, w->site->scout->sign_public, KEY_LEN);
    memcpy(b->scouts[0].box_public, w->site->scout->box_public, KEY_LEN);
    if (bulletin_write(b, &out) == OK && RECORD_SIGN(&out, LABEL_BULLETIN, w->site->site_secret) == OK &&
        relay_put_bulletin(r, bytes, out.len) == OK)
        w->published = 1; /* read after loop_run, which this post ends */
    free(b);
    (void)!loop_post(w->loop, (loop_fn *)loop_stop, w->loop);
}

static void *copy_pointer(const void *job)
{
    struct world **copy = malloc(sizeof *copy);

    if (copy != NULL)
        *copy = (struct world *)(uintptr_t)job;
    return copy;
}

static void on_connection(void *arg, const char *relay_url, int up)
{
    struct side *s = arg;

    (void)relay_url;
    s->up = up;
    if (s->world->courier.up && s->world->scout.up && s->world->wanted == 0)
        loop_stop(s->world->loop);
}

static void side_start(struct world *w, struct side *s, const struct node_keys *keys, const uint8_t *certificate)
{
    struct bulletin_relay relay = {0};
    const struct link_opts opts = {.loop = w->loop,
                                   .keys = keys,
                                   .certificate = certificate,
                                   .site_public = w->site->site_public,
                                   .state_dir = s->state->fd,
                                   .find_peer = find_peer,
                                   .on_message = on_message,
                                   .on_connection = on_connection,
                                   .arg = s};

    s->world = w;
    s->keys = keys;
    strcpy(relay.url, w->server.url);
    memcpy(relay.pin, w->server.pin, PIN_LEN);
    assert_int_equal(link_new(&opts, &s->link), OK);
    assert_int_equal(link_set_relays(s->link, &relay, 1), OK);
}

static void time_out(void *arg)
{
    struct world *w = arg;

    w->timed_out = 1;
    loop_stop(w->loop);
}

static void run(struct world *w)
{
    uint64_t timer;

    assert_int_equal(loop_after(w->loop, 60000, time_out, w, &timer), OK);
    assert_int_equal(loop_run(w->loop), OK);
    loop_cancel(w->loop, timer);
    assert_false(w->timed_out);
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL || fixture_new((void **)&w->site) != 0 || loop_new(&w->loop) != OK ||
        loop_signals(w->loop, NULL, NULL) != OK || scratch_new((void **)&w->courier.state) != 0 ||
        scratch_new((void **)&w->scout.state) != 0)
        return -1;
    relay_process_make(&w->server, w->site->site, "");
    relay_process_start(&w->server);
    side_start(w, &w->scout, w->site->scout, w->site->scout_certificate);
    assert_int_equal(link_each_relay(w->scout.link, publish, copy_pointer, w), OK);
    run(w);
    assert_true(w->published);
    side_start(w, &w->courier, w->site->courier, w->site->courier_certificate);
    if (!w->courier.up || !w->scout.up)
        run(w);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;

    link_free(w->courier.link);
    link_free(w->scout.link);
    relay_process_free(&w->server);
    loop_free(w->loop);
    scratch_free((void **)&w->courier.state);
    scratch_free((void **)&w->scout.state);
    fixture_free((void **)&w->site);
    free(w);
    return 0;
}

static void send_number(struct side *s, uint32_t number, link_ack_fn *on_ack)
{
    const struct link_peer to = peer_of(s->world->site->scout);
    uint8_t body[4];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_u32(&b, number), OK);
    assert_int_equal(link_send(s->link, &to, MSG_ANNOUNCE, body, sizeof body, on_ack, s, NULL), OK);
}

static void kill_and_restart(struct world *w)
{
    w->killed = 1;
    relay_process_end(&w->server, SIGKILL);
    relay_process_start(&w->server);
}

static void on_ack(void *arg, struct id message, enum err result)
{
    struct side *s = arg;
    struct world *w = s->world;

    (void)message;
    assert_int_equal(result, OK);
    s->acked_len++;
    if (s->acked_len == KILL_AT && !w->killed)
        kill_and_restart(w);
    if (s->acked_len == w->wanted)
        loop_stop(w->loop);
}

static void a_relay_killed_with_messages_under_way_loses_none_and_doubles_none(void **state)
{
    struct world *w = *state;

    w->wanted = MESSAGES;
    for (uint32_t i = 0; i < MESSAGES; i++)
        send_number(&w->courier, i, on_ack);
    run(w);
    assert_true(w->killed);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_int_equal(w->scout.handed[i], 1);
}

static void on_round_trip(void *arg, struct id message, enum err result)
{
    struct side *s = arg;
    struct world *w = s->world;

    (void)message;
    assert_int_equal(result, OK);
    w->took_us[s->acked_len++] = clock_mono_us() - w->asked_us;
    if (s->acked_len == w->wanted) {
        loop_stop(w->loop);
        return;
    }
    w->asked_us = clock_mono_us();
    send_number(s, (uint32_t)s->acked_len, on_round_trip);
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* There and back over the relay, each way signed, sealed, stored with fsync, pushed, opened and checked. */
static void a_round_trip_waits_for_no_timer(void **state)
{
    struct world *w = *state;

    w->wanted = ROUND_TRIPS;
    w->asked_us = clock_mono_us();
    send_number(&w->courier, 0, on_round_trip);
    run(w);
    qsort(w->took_us, ROUND_TRIPS, sizeof *w->took_us, compare);
    print_message("[          ] round trip: median %llu us, most %llu us\n",
                  (unsigned long long)w->took_us[ROUND_TRIPS / 2], (unsigned long long)w->took_us[ROUND_TRIPS - 1]);
    assert_true(w->took_us[ROUND_TRIPS / 2] < 1000000); /* the first timer rings after two seconds */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_relay_killed_with_messages_under_way_loses_none_and_doubles_none, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(a_round_trip_waits_for_no_timer, world_new, world_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
