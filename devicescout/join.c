/* SPDX-License-Identifier: Apache-2.0 */
/* join: ask the keyholder, compose the answer, seal it to whoever asked, put it at the door. */
#include "devicescout/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/derive.h"
#include "proto/join.h"

struct reply { /* one for each relay */
    uint8_t door[DOOR_LEN];
    struct id request; /* the message that it answers: what the relay keeps it under */
    size_t len;
    uint8_t sealed[ENVELOPE_MAX_LEN];
};

static void *copy_reply(const void *job)
{
    struct reply *copy = malloc(sizeof *copy);

    if (copy != NULL)
        memcpy(copy, job, sizeof *copy);
    return copy;
}

static void post_reply(void *job, struct relay *r)
{
    struct reply *a = job;
    enum err e = relay_answer_door(r, a->door, a->request, a->sealed, a->len);

    /* A request comes by one relay, so the others know nothing of it. */
    if (e != OK && e != ERR_NOTFOUND)
        log_warn("join_not_answered", "why=%s", err_name(e));
    free(a);
}

static enum err ask_keyholder(struct scout *s, const struct message *m, struct join_answer *out,
                              uint8_t door[static DOOR_LEN])
{
    const struct piece request = {m->body, m->body_len};
    uint8_t *answer = malloc(KH_FRAME_MAX);
    size_t len = 0;
    char why[256] = "";
    struct rbuf b;
    enum err e = ERR_NOMEM;

    if (answer == NULL)
        goto out;
    if ((e = kh_ask(s->keyholder, KH_JOIN, m->body, m->body_len, answer, &len, why, sizeof why)) != OK)
        goto out;
    b = rbuf_of(answer, len);
    if ((e = rbuf_copy(&b, out->certificate, CERTIFICATE_LEN)) != OK ||
        (e = rbuf_text16(&b, out->person, sizeof out->person)) != OK || (e = rbuf_copy(&b, door, DOOR_LEN)) != OK ||
        (e = rbuf_end(&b)) != OK)
        goto out;
    e = derive_sha256(&request, 1, out->request_sha256);
out:
    free(answer);
    if (e != OK)
        log_warn("join_refused", "error=%s why=%s", err_name(e), why);
    return e;
}

static enum err seal_answer(struct scout *s, const struct join_answer *a, const struct link_peer *to, struct reply *out)
{
    uint8_t body[JOIN_ANSWER_MAX];
    struct wbuf b = wbuf_of(body, sizeof body);
    struct message m = {.type = MSG_JOINED, .recipient = to->node, .sender = s->keys->node, .body = body};
    enum err e;

    if ((e = join_answer_write(a, &b)) != OK)
        return e;
    m.body_len = b.len;
    secret_random(&m.id, sizeof m.id);
    return message_seal(&m, s->keys, to->box_public, out->sealed, &out->len);
}

enum err join_take(struct scout *s, const struct message *m, const struct link_peer *from)
{
    struct reply *reply = malloc(sizeof *reply);
    struct join_answer answer;
    char text[ID_HEX_SIZE];
    enum err e = ERR_NOMEM;

    if (reply == NULL)
        goto out;
    if ((e = ask_keyholder(s, m, &answer, reply->door)) != OK)
        goto out;
    reply->request = m->id;
    if ((e = seal_answer(s, &answer, from, reply)) != OK)
        goto out;
    if ((e = link_each_relay(s->link, post_reply, copy_reply, reply)) != OK)
        goto out;
    log_info("node_joined", "node=%s", id_text(from->node, text));
    if (site_refresh(s->site) != OK) /* the door has one use less */
        log_warn("keyholder_silent", "why=after a join");
out:
    free(reply);
    return e;
}
