/* SPDX-License-Identifier: Apache-2.0 */
/* question: see question.h. Writers beside readers, fields in the order of PROTOCOL.md. */
#include "proto/question.h"

#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"

#define MAC_LEN KEY_LEN

enum err question_write(const struct question *q, uint8_t out[static QUESTION_LEN])
{
    struct wbuf b = wbuf_of(out, QUESTION_LEN);
    enum err e;

    memset(out, 0, QUESTION_LEN);
    if (!text_is_clean(q->name, strlen(q->name)) || !text_is_clean(q->address, strlen(q->address)))
        return ERR_FORMAT;
    if ((e = wbuf_u8(&b, RECORD_VERSION)) != OK || (e = wbuf_id(&b, q->site)) != OK ||
        (e = wbuf_id(&b, q->node)) != OK || (e = wbuf_copy(&b, q->answer_key, KEY_LEN)) != OK ||
        (e = wbuf_text16(&b, q->address)) != OK || (e = wbuf_text16(&b, q->name)) != OK)
        return e;
    return wbuf_bytes16(&b, q->password, strlen(q->password));
}

static enum err read_password(struct rbuf *b, struct question *out)
{
    const uint8_t *bytes;
    size_t len;
    enum err e = rbuf_bytes16(b, QUESTION_PASSWORD_MAX, &bytes, &len);

    if (e != OK)
        return e;
    if (memchr(bytes, '\0', len) != NULL) /* what C would cut short, a directory would not */
        return ERR_FORMAT;
    memcpy(out->password, bytes, len);
    out->password[len] = '\0';
    return OK;
}

static enum err read_fields(struct rbuf *b, struct question *out)
{
    uint8_t version, rest;
    enum err e;

    if ((e = rbuf_u8(b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_id(b, &out->site)) != OK || (e = rbuf_id(b, &out->node)) != OK ||
        (e = rbuf_copy(b, out->answer_key, KEY_LEN)) != OK ||
        (e = rbuf_text16(b, out->address, sizeof out->address)) != OK ||
        (e = rbuf_text16(b, out->name, sizeof out->name)) != OK || (e = read_password(b, out)) != OK)
        return e;
    while (rbuf_u8(b, &rest) == OK) {
        if (rest != 0)
            return ERR_FORMAT;
    }
    return OK;
}

enum err question_read(const uint8_t *bytes, size_t len, struct question *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    enum err e = ERR_FORMAT;

    if (len == QUESTION_LEN)
        e = read_fields(&b, out);
    if (e != OK)
        secret_wipe(out, sizeof *out);
    return e;
}

static enum err make_mac(const uint8_t *bytes, size_t len, const uint8_t key[static KEY_LEN], uint8_t out[static 64])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_ANSWER), {bytes, len}};

    return derive_hmac_sha512(key, KEY_LEN, pieces, 2, out);
}

/* A person is named when the answer is yes, and only then. */
static int is_sound(const struct answer *a)
{
    return a->outcome >= ANSWER_YES && a->outcome <= ANSWER_MAY_NOT &&
           (a->outcome == ANSWER_YES) == (a->person[0] != '\0');
}

enum err answer_write(const struct answer *a, const uint8_t key[static KEY_LEN], struct wbuf *out)
{
    const size_t before = out->len;
    uint8_t mac[64];
    enum err e;

    if (!is_sound(a))
        return ERR_FORMAT;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_id(out, a->question)) != OK ||
        (e = wbuf_u8(out, a->outcome)) != OK || (e = wbuf_u32(out, a->wait_s)) != OK ||
        (e = wbuf_text16(out, a->person)) != OK)
        return e;
    if ((e = make_mac(out->start + before, out->len - before, key, mac)) != OK)
        return e;
    return wbuf_copy(out, mac, MAC_LEN);
}

enum err answer_read(const uint8_t *bytes, size_t len, const uint8_t key[static KEY_LEN], struct answer *out)
{
    struct answer a = {.outcome = 0};
    uint8_t mac[64], version;
    struct rbuf b;
    int same;
    enum err e;

    if (len < MAC_LEN)
        return ERR_FORMAT;
    if ((e = make_mac(bytes, len - MAC_LEN, key, mac)) != OK)
        return e;
    same = secret_equal(mac, bytes + len - MAC_LEN, MAC_LEN);
    secret_wipe(mac, sizeof mac);
    if (!same)
        return ERR_AUTH;
    b = rbuf_of(bytes, len - MAC_LEN);
    if ((e = rbuf_u8(&b, &version)) != OK)
        return e;
    if (version != RECORD_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_id(&b, &a.question)) != OK || (e = rbuf_u8(&b, &a.outcome)) != OK ||
        (e = rbuf_u32(&b, &a.wait_s)) != OK || (e = rbuf_text16(&b, a.person, sizeof a.person)) != OK ||
        (e = rbuf_end(&b)) != OK)
        return e;
    if (!is_sound(&a))
        return ERR_FORMAT;
    *out = a;
    return OK;
}

enum err answer_question(const uint8_t *bytes, size_t len, struct id *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    uint8_t version;
    enum err e;

    if (len > ANSWER_MAX_LEN)
        return ERR_LIMIT;
    return (e = rbuf_u8(&b, &version)) != OK ? e : rbuf_id(&b, out);
}
