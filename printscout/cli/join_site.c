/* SPDX-License-Identifier: Apache-2.0 */
/* join_site: the relay carries request and answer and is believed in nothing; the site's signature decides. */
#include "printscout/cli/join_site.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/derive.h"
#include "proto/message.h"

#define WAIT_S         10    /* one long poll */
#define SETTLE_MS      10000 /* a running device scout tells its relays of a new invitation within a second */
#define SETTLE_STEP_MS 200

/* The invitation may be younger than what the relay has heard. Waits a step; 0 when that has gone on too long. */
static int settle(uint64_t since_ms)
{
    const struct timespec step = {.tv_nsec = SETTLE_STEP_MS * 1000000L};

    return clock_boot_ms() < since_ms + SETTLE_MS && nanosleep(&step, NULL) == 0;
}

static enum err look_once(struct join_site *j)
{
    enum err e;

    free(j->bulletin);
    free(j->bulletin_bytes);
    j->bulletin = NULL;
    j->bulletin_bytes = NULL;
    if ((e = relay_get_bulletin(j->relay, j->invitation.site, NULL, &j->bulletin_bytes, &j->bulletin_len)) != OK)
        return e;
    if ((e = bulletin_read(j->bulletin_bytes, j->bulletin_len, j->invitation.site, &j->bulletin)) != OK)
        return e;
    if (j->bulletin->scouts_len == 0)
        return ERR_FORMAT;
    return j->bulletin->version >= j->invitation.bulletin_least ? OK : ERR_STALE;
}

enum err join_site_look(struct join_site *j)
{
    const uint64_t start_ms = clock_boot_ms();
    enum err e;

    if ((e = relay_new(&(struct relay_opts){.url = j->invitation.relay_url, .pin = j->invitation.relay_pin},
                       &j->relay)) != OK)
        return e;
    do
        e = look_once(j);
    while ((e == ERR_STALE || e == ERR_NOTFOUND) && settle(start_ms));
    return e;
}

/* The request's body, and its hash, by which the answer names it. */
static enum err write_request(const struct join_site *j, const struct join_keys *k, struct wbuf *body,
                              uint8_t hash[static 32])
{
    struct join_request r = {.site = j->invitation.site};
    enum err e;

    memcpy(r.code_id, k->code_id, sizeof r.code_id);
    memcpy(r.sign_public, j->keys->sign_public, KEY_LEN);
    memcpy(r.box_public, j->keys->box_public, KEY_LEN);
    secret_random(r.nonce, sizeof r.nonce);
    if ((e = join_request_write(&r, k->code_key, body)) != OK)
        return e;
    return derive_sha256(&(struct piece){body->start, body->len}, 1, hash);
}

/* Put it into one device scout's mailbox. *message is its id. */
static enum err knock(struct join_site *j, const struct join_keys *k, const struct bulletin_scout *to,
                      const struct wbuf *body, struct id *message)
{
    uint8_t *sealed = malloc(ENVELOPE_MAX_LEN);
    struct message m = {.type = MSG_JOIN,
                        .recipient = to->node,
                        .sender = j->keys->node,
                        .sequence = 1,
                        .body = body->start,
                        .body_len = body->len};
    size_t len;
    enum err e = ERR_NOMEM;

    if (sealed == NULL)
        return e;
    secret_random(m.id.b, ID_LEN);
    *message = m.id;
    if ((e = message_seal(&m, j->keys, to->box_public, sealed, &len)) == OK)
        e = relay_join(j->relay, j->invitation.site, k, to->node, m.id, sealed, len);
    free(sealed);
    return e;
}

/* Is it a device scout's answer to our request, with a certificate for our keys? */
static enum err read_answer(struct join_site *j, const uint8_t *sealed, size_t len, const uint8_t hash[static 32])
{
    uint8_t *plain = malloc(ENVELOPE_MAX_LEN);
    const struct bulletin_scout *from;
    struct certificate certificate;
    struct join_answer answer;
    struct message m;
    size_t plain_len;
    enum err e = ERR_NOMEM;

    if (plain == NULL)
        goto out;
    if ((e = message_open(sealed, len, j->keys, plain, &plain_len, &m)) != OK)
        goto out;
    e = ERR_AUTH;
    if (m.type != MSG_JOINED || (from = bulletin_scout(j->bulletin, m.sender)) == NULL)
        goto out;
    if ((e = message_verify(plain, plain_len, &m, from->sign_public)) != OK ||
        (e = join_answer_read(m.body, m.body_len, &answer)) != OK)
        goto out;
    e = ERR_AUTH;
    if (memcmp(answer.request_sha256, hash, 32) != 0)
        goto out;
    if ((e = certificate_read(answer.certificate, CERTIFICATE_LEN, j->bulletin->site_public, &certificate)) != OK)
        goto out;
    e = ERR_AUTH;
    if (!id_equal(certificate.node, j->keys->node) || memcmp(certificate.box_public, j->keys->box_public, KEY_LEN) != 0)
        goto out;
    j->node.node = j->keys->node;
    memcpy(j->node.site_public, j->bulletin->site_public, KEY_LEN);
    memcpy(j->node.certificate, answer.certificate, CERTIFICATE_LEN);
    memcpy(j->node.person, answer.person, sizeof j->node.person);
    e = OK;
out:
    free(plain);
    return e;
}

static enum err wait_answer(struct join_site *j, const struct join_keys *k, struct id message,
                            const uint8_t hash[static 32], int (*on_wait)(unsigned seconds))
{
    const uint64_t start_ms = clock_boot_ms();
    uint8_t *sealed = NULL;
    size_t len;
    enum err e;

    while ((e = relay_join_answer(j->relay, j->invitation.site, k, message, WAIT_S, &sealed, &len)) == ERR_TIMEOUT) {
        if (on_wait((unsigned)((clock_boot_ms() - start_ms) / 1000)) != 0)
            return ERR_TIMEOUT;
    }
    if (e != OK)
        return e;
    e = read_answer(j, sealed, len, hash);
    free(sealed);
    return e;
}

enum err join_site_ask(struct join_site *j, int (*on_wait)(unsigned seconds))
{
    struct join_keys *k = secret_new(sizeof *k);
    uint8_t bytes[JOIN_REQUEST_LEN], hash[32];
    struct wbuf body = wbuf_of(bytes, sizeof bytes);
    const uint64_t start_ms = clock_boot_ms();
    struct id message;
    enum err e = ERR_NOMEM;

    if (k == NULL)
        goto out;
    if ((e = node_keys_new(&j->keys)) != OK || (e = join_derive(j->invitation.secret, j->invitation.site, k)) != OK ||
        (e = write_request(j, k, &body, hash)) != OK)
        goto out;
    do
        e = knock(j, k, &j->bulletin->scouts[0], &body, &message);
    while ((e == ERR_REFUSED || e == ERR_NOTFOUND) && settle(start_ms));
    if (e == OK)
        e = wait_answer(j, k, message, hash, on_wait);
out:
    secret_free(k);
    return e;
}

void join_site_free(struct join_site *j)
{
    relay_free(j->relay);
    free(j->bulletin);
    free(j->bulletin_bytes);
    node_keys_free(j->keys);
    secret_wipe(j, sizeof *j);
}
