/* SPDX-License-Identifier: Apache-2.0 */
/* link_world: see link_world.h. */
#include "tests/unit/link_world.h"

static const struct bulletin_relay RELAY = {.url = "https://relay.example:4322", .pin = {7}};

static enum err find_peer(void *arg, const struct message *m, struct link_peer *out)
{
    const struct side *s = arg;
    const struct fixture *f = s->world->fixture;
    const struct node_keys *k = id_equal(m->sender, f->scout->node) ? f->scout : f->courier;

    out->node = k->node;
    memcpy(out->sign_public, k->sign_public, KEY_LEN);
    memcpy(out->box_public, k->box_public, KEY_LEN);
    return id_equal(m->sender, k->node) ? OK : ERR_NOTFOUND;
}

static void look(struct world *w)
{
    if (w->is_over(w))
        loop_stop(w->loop);
}

static enum err on_message(void *arg, const struct message *m, const struct link_peer *from)
{
    struct side *s = arg;
    struct rbuf b = rbuf_of(m->body, m->body_len);
    uint32_t n;

    assert_true(id_equal(from->node, m->sender));
    assert_int_equal(rbuf_u32(&b, &n), OK);
    assert_true(n < MESSAGES);
    s->handed[n]++;
    s->handed_len++;
    s->last_seen = m->seen;
    look(s->world);
    return s->answer;
}

static void on_connection(void *arg, const char *relay_url, int up)
{
    struct side *s = arg;

    assert_string_equal(relay_url, RELAY.url);
    s->ups += up != 0;
    look(s->world);
}

void side_start(struct world *w, struct side *s, const struct node_keys *keys, const uint8_t *certificate)
{
    const struct link_opts opts = {.loop = w->loop,
                                   .keys = keys,
                                   .certificate = certificate,
                                   .site_public = w->fixture->site_public,
                                   .state_dir = s->state->fd,
                                   .find_peer = find_peer,
                                   .on_message = on_message,
                                   .on_connection = on_connection,
                                   .arg = s};

    s->world = w;
    s->keys = keys;
    assert_int_equal(link_new_with(&opts, &fake_relay_ops, &s->link), OK);
    assert_int_equal(link_set_relays(s->link, &RELAY, 1), OK);
}

int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL || fixture_new((void **)&w->fixture) != 0 || loop_new(&w->loop) != OK ||
        scratch_new((void **)&w->courier.state) != 0 || scratch_new((void **)&w->scout.state) != 0)
        return -1;
    w->type = MSG_ANNOUNCE;
    *state = w;
    return 0;
}

void world_start(struct world *w, const struct fake_malice *malice)
{
    fake_relay_start(malice);
    side_start(w, &w->courier, w->fixture->courier, w->fixture->courier_certificate);
    side_start(w, &w->scout, w->fixture->scout, w->fixture->scout_certificate);
}

int world_free(void **state)
{
    struct world *w = *state;

    link_free(w->courier.link);
    link_free(w->scout.link);
    fake_relay_end();
    loop_free(w->loop);
    scratch_free((void **)&w->courier.state);
    scratch_free((void **)&w->scout.state);
    fixture_free((void **)&w->fixture);
    free(w);
    return 0;
}

static void time_out(void *arg)
{
    struct world *w = arg;

    w->timed_out = 1;
    loop_stop(w->loop);
}

void world_run_until(struct world *w, int (*is_over)(const struct world *))
{
    uint64_t timer;

    w->is_over = is_over;
    if (is_over(w))
        return;
    assert_int_equal(loop_after(w->loop, 150000, time_out, w, &timer), OK);
    assert_int_equal(loop_run(w->loop), OK);
    loop_cancel(w->loop, timer);
    assert_false(w->timed_out);
}

void side_on_ack(void *arg, struct id message, enum err result)
{
    struct side *s = arg;

    (void)message;
    s->acked_len++;
    s->refused_len += result != OK;
    s->last_result = result;
    if (s->next < MESSAGES && s->handed_len == 0) /* only who sends has a number to go on with */
        side_send_next(s);
    look(s->world);
}

enum err side_send(struct side *s, enum message_type type, uint32_t number, link_ack_fn *fn, struct id *out)
{
    const struct fixture *f = s->world->fixture;
    const struct node_keys *k = s->keys == f->scout ? f->courier : f->scout;
    struct link_peer to = {.node = k->node};
    uint8_t body[4];
    struct wbuf b = wbuf_of(body, sizeof body);

    memcpy(to.sign_public, k->sign_public, KEY_LEN);
    memcpy(to.box_public, k->box_public, KEY_LEN);
    assert_int_equal(wbuf_u32(&b, number), OK);
    return link_send(s->link, &to, type, body, sizeof body, fn, s, out);
}

void side_send_next(struct side *s)
{
    uint32_t number = s->next++;

    assert_int_equal(side_send(s, s->world->type, number, side_on_ack, NULL), OK);
}
