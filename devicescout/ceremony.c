/* SPDX-License-Identifier: Apache-2.0 */
/* ceremony: two records over a pipe. Their buffers are wiped like what is in them. */
#include "devicescout/ceremony.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

static enum err send_frame(int fd, uint8_t *frame, struct wbuf *body)
{
    struct wbuf length = wbuf_of(frame, 4);
    enum err e = wbuf_u32(&length, (uint32_t)body->len);

    return e == OK ? file_write(fd, frame, 4 + body->len) : e;
}

/* Exactly len bytes. ERR_FORMAT: the pipe ends first. */
static enum err read_all(int fd, uint8_t *out, size_t len)
{
    while (len > 0) {
        const ssize_t n = read(fd, out, len);

        if (n == 0)
            return ERR_FORMAT;
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (n > 0) {
            out += n;
            len -= (size_t)n;
        }
    }
    return OK;
}

static enum err take_frame(int fd, uint8_t *frame, struct rbuf *body)
{
    struct rbuf b;
    uint32_t len;
    enum err e;

    if ((e = read_all(fd, frame, 4)) != OK)
        return e;
    b = rbuf_of(frame, 4);
    if ((e = rbuf_u32(&b, &len)) != OK)
        return e;
    if (len > CEREMONY_MAX)
        return ERR_LIMIT;
    if ((e = read_all(fd, frame + 4, len)) != OK)
        return e;
    *body = rbuf_of(frame + 4, len);
    return OK;
}

/* The kit travels as one line: text16 takes no newline. */
static enum err kit_text_write(struct wbuf *b, const char *kit)
{
    char line[CEREMONY_KIT_SIZE];
    size_t len = strlen(kit);
    enum err e;

    if (len >= sizeof line)
        return ERR_LIMIT;
    for (size_t i = 0; i < len; i++)
        line[i] = kit[i] >= ' ' ? kit[i] : ' ';
    line[len] = '\0';
    e = wbuf_text16(b, line);
    secret_wipe(line, sizeof line);
    return e;
}

enum err ceremony_send_request(int fd, const struct ceremony_request *r)
{
    uint8_t *frame = secret_new(4 + CEREMONY_MAX);
    struct wbuf b;
    enum err e = ERR_NOMEM;

    if (frame == NULL)
        return e;
    b = wbuf_of(frame + 4, CEREMONY_MAX);
    if ((e = wbuf_text16(&b, r->password)) != OK || (e = kit_text_write(&b, r->kit)) != OK ||
        (e = wbuf_copy(&b, r->scout_sign, KEY_LEN)) != OK || (e = wbuf_copy(&b, r->scout_box, KEY_LEN)) != OK ||
        (e = wbuf_u8(&b, (uint8_t)r->relays_len)) != OK)
        goto out;
    for (size_t i = 0; i < r->relays_len; i++) {
        if ((e = wbuf_text16(&b, r->relays[i].url)) != OK || (e = wbuf_copy(&b, r->relays[i].pin, PIN_LEN)) != OK)
            goto out;
    }
    e = send_frame(fd, frame, &b);
out:
    secret_free(frame);
    return e;
}

enum err ceremony_take_request(int fd, struct ceremony_request *r)
{
    uint8_t *frame = secret_new(4 + CEREMONY_MAX);
    struct rbuf b;
    uint8_t relays;
    enum err e = ERR_NOMEM;

    if (frame == NULL || (e = take_frame(fd, frame, &b)) != OK)
        goto out;
    if ((e = rbuf_text16(&b, r->password, sizeof r->password)) != OK ||
        (e = rbuf_text16(&b, r->kit, sizeof r->kit)) != OK || (e = rbuf_copy(&b, r->scout_sign, KEY_LEN)) != OK ||
        (e = rbuf_copy(&b, r->scout_box, KEY_LEN)) != OK || (e = rbuf_u8(&b, &relays)) != OK)
        goto out;
    e = ERR_LIMIT;
    if (relays > BULLETIN_RELAYS_MAX)
        goto out;
    for (r->relays_len = 0; r->relays_len < relays; r->relays_len++) {
        struct bulletin_relay *relay = &r->relays[r->relays_len];

        if ((e = rbuf_text16(&b, relay->url, sizeof relay->url)) != OK ||
            (e = rbuf_copy(&b, relay->pin, PIN_LEN)) != OK)
            goto out;
    }
    e = rbuf_end(&b);
out:
    secret_free(frame);
    return e;
}

enum err ceremony_send_answer(int fd, const struct ceremony_answer *a)
{
    uint8_t *frame = secret_new(4 + CEREMONY_MAX);
    struct wbuf b;
    enum err e = ERR_NOMEM;

    if (frame == NULL)
        return e;
    b = wbuf_of(frame + 4, CEREMONY_MAX);
    if ((e = kit_text_write(&b, a->kit)) == OK && (e = wbuf_copy(&b, a->certificate, CERTIFICATE_LEN)) == OK &&
        (e = wbuf_bytes16(&b, a->bulletin, a->bulletin_len)) == OK)
        e = send_frame(fd, frame, &b);
    secret_free(frame);
    return e;
}

enum err ceremony_take_answer(int fd, struct ceremony_answer *a)
{
    uint8_t *frame = secret_new(4 + CEREMONY_MAX);
    const uint8_t *bulletin;
    struct rbuf b;
    enum err e = ERR_NOMEM;

    if (frame == NULL || (e = take_frame(fd, frame, &b)) != OK)
        goto out;
    if ((e = rbuf_text16(&b, a->kit, sizeof a->kit)) != OK ||
        (e = rbuf_copy(&b, a->certificate, CERTIFICATE_LEN)) != OK ||
        (e = rbuf_bytes16(&b, BULLETIN_MAX_LEN, &bulletin, &a->bulletin_len)) != OK || (e = rbuf_end(&b)) != OK)
        goto out;
    memcpy(a->bulletin, bulletin, a->bulletin_len);
out:
    secret_free(frame);
    return e;
}
