/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_bodies: what nobody signs on its own, and messages; for protocol_kinds.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/join.h"
#include "proto/keyholder.h"
#include "proto/message.h"
#include "proto/profile.h"
#include "proto/ticket.h"
#include "tests/reference/protocol_kinds.h"

/* A body that nobody signs. */
#define PLAIN(name)                                                                                                    \
    static enum err read_##name(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)   \
    {                                                                                                                  \
        (void)key;                                                                                                     \
        return name##_read(bytes, len, out);                                                                           \
    }                                                                                                                  \
    static enum err write_##name(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)         \
    {                                                                                                                  \
        (void)key;                                                                                                     \
        return name##_write(record, out);                                                                              \
    }

static const struct field JOIN_REQUEST[] = {BYTES(join_request, code_id),     BYTES(join_request, site),
                                            BYTES(join_request, sign_public), BYTES(join_request, box_public),
                                            BYTES(join_request, nonce),       END};

/* key: the code key. */
static enum err read_join_request(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    enum err e = join_request_check(bytes, len, key);

    return e != OK ? e : join_request_read(bytes, len, out);
}

static enum err write_join_request(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    return join_request_write(record, key, out);
}

static const struct field JOIN_ANSWER[] = {BYTES(join_answer, request_sha256), BYTES(join_answer, certificate),
                                           TEXT(join_answer, person), END};
PLAIN(join_answer)

static const struct field INVITATION[] = {
    BYTES(invitation, secret),    BYTES(invitation, site),     NUMBER(invitation, bulletin_least, 32),
    BYTES(invitation, relay_pin), TEXT(invitation, relay_url), END};

static enum err read_invitation(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    char text[2 * CODE_TEXT_MAX] = {0};

    (void)key;
    if (len >= sizeof text || memchr(bytes, '\0', len) != NULL)
        return ERR_LIMIT;
    memcpy(text, bytes, len);
    return invitation_read(text, out);
}

static enum err write_invitation(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    char text[CODE_TEXT_MAX];
    enum err e = invitation_write(record, text);

    (void)key;
    return e != OK ? e : wbuf_copy(out, text, strlen(text));
}

/* What both sides derive; there is no record, so it is only written: the code id, the key, the token and the door. */
static const struct field JOIN_KEYS[] = {BYTES(invitation, secret), BYTES(invitation, site), END};

static enum err write_join_keys(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    const struct invitation *i = record;
    struct join_keys k;
    enum err e = join_derive(i->secret, i->site, &k);

    (void)key;
    if (e != OK || (e = wbuf_copy(out, k.code_id, CODE_ID_LEN)) != OK ||
        (e = wbuf_copy(out, k.code_key, KEY_LEN)) != OK || (e = wbuf_copy(out, k.token, KEY_LEN)) != OK)
        return e;
    return wbuf_copy(out, k.door, DOOR_LEN);
}

static const struct field GONE[] = {BYTES(gone, job), NUMBER(gone, reason, 8), END};
PLAIN(gone)

static const struct field ACK[] = {BYTES(ack, message), NUMBER(ack, result, 8), END};
PLAIN(ack)

static const struct field LIST_JOB[] = {
    {"job", FIELD_BYTES, 0, ID_LEN, 0, 0, NULL},
    {"digest", FIELD_U32, offsetof(struct list, jobs[0].digest) - offsetof(struct list, jobs[0]), 4, 0, 0, NULL},
    END};
static const struct field LIST_BODY[] = {BYTES(list, nonce), NUMBER(list, part, 16), NUMBER(list, parts, 16),
                                         LIST(list, jobs, count, LIST_JOB), END};
PLAIN(list)

static const struct field MESSAGE[] = {
    NUMBER(message, type, 8),      BYTES(message, recipient), BYTES(message, sender),           BYTES(message, id),
    NUMBER(message, sequence, 64), NUMBER(message, seen, 64), POINTER(message, body, body_len), END};

/* key: the sender's signing seed, the recipient's signing seed, the recipient's box secret. */
static void recipient_of(const uint8_t *key, struct node_keys *out)
{
    const struct pair p = pair_of(key + KEY_LEN);

    *out = (struct node_keys){.node = verify_key_id(p.public_key)};
    memcpy(out->box_secret, key + 2 * KEY_LEN, KEY_LEN);
    if (crypto_scalarmult_base(out->box_public, out->box_secret) != 0)
        abort();
}

static enum err read_message(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    static uint8_t plain[ENVELOPE_MAX_LEN];
    struct node_keys to;
    size_t plain_len;
    enum err e;

    recipient_of(key, &to);
    if ((e = message_open(bytes, len, &to, plain, &plain_len, out)) != OK)
        return e;
    return message_verify(plain, plain_len, out, pair_of(key).public_key);
}

static enum err write_message(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    const struct pair p = pair_of(key);
    struct node_keys from = {.node = verify_key_id(p.public_key)}, to;

    memcpy(from.sign_secret, p.secret_key, SIGN_SECRET_LEN);
    recipient_of(key, &to);
    return message_seal(record, &from, to.box_public, out->start, &out->len);
}

static const struct field PRINTER[] = {
    BYTES(printer, id),           TEXT(printer, name), TEXT(printer, place),    TEXT(printer, uri),
    NUMBER(printer, protocol, 8), BYTES(printer, pin), TEXT(printer, language), END};

static enum err read_printer(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    enum err e = printer_read(&b, out);

    (void)key;
    return e != OK ? e : rbuf_end(&b);
}

static enum err write_printer(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    (void)key;
    return printer_write(record, out);
}

static const struct field NUMBERS[] = {{"number", FIELD_U16, 0, sizeof(uint16_t), 0, 0, NULL}, END};
static const struct field WORD[] = {TEXT(profile_word, text), END};
static const struct field PROFILE[] = {NUMBER(profile, formats, 16),
                                       NUMBER(profile, features, 16),
                                       NUMBER(profile, copies_max, 16),
                                       LIST(profile, resolutions, resolutions_len, NUMBERS),
                                       LIST(profile, finishings, finishings_len, NUMBERS),
                                       LIST(profile, media, media_len, WORD),
                                       LIST(profile, types, types_len, WORD),
                                       LIST(profile, sources, sources_len, WORD),
                                       LIST(profile, bins, bins_len, WORD),
                                       END};

static enum err read_profile(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    (void)key;
    return profile_read(bytes, len, out);
}

static enum err write_profile(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    (void)key;
    return profile_write(record, out);
}

static const struct field GRANT[] = {POINTER(grant, description, description_len),
                                     TEXT(grant, owner),
                                     TEXT(grant, whose),
                                     TEXT(grant, person),
                                     NUMBER(grant, authentication, 8),
                                     NUMBER(grant, keep, 8),
                                     BYTES(grant, recipient),
                                     BYTES(grant, printer),
                                     NUMBER(grant, source, 8),
                                     BYTES(grant, blob),
                                     POINTER(grant, options, options_len),
                                     END};
PLAIN(grant)

/* What stands in the ticket's content, by its own name. */
#define FOUND(m, kind)                                                                                                 \
    {                                                                                                                  \
#m, kind, offsetof(struct ticket, content.m), sizeof((struct ticket *)0)->content.m, 0, 0, NULL                \
    }

static const struct field DELEGATION[] = {BYTES(delegation, id),
                                          TEXT(delegation, from),
                                          TEXT(delegation, to),
                                          NUMBER(delegation, since_unix_ms, 64),
                                          NUMBER(delegation, until_unix_ms, 64),
                                          END};

static enum err read_delegation(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    struct rbuf b = rbuf_of(bytes, len);
    enum err e = delegation_read(&b, out);

    (void)key;
    return e != OK ? e : rbuf_end(&b);
}

static enum err write_delegation(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    (void)key;
    return delegation_write(record, out);
}

static const struct field TICKET[] = {TEXT(ticket, title),
                                      TEXT(ticket, format),
                                      TEXT(ticket, host),
                                      TEXT(ticket, account),
                                      NUMBER(ticket, document_bytes, 64),
                                      FOUND(pages, FIELD_U32),
                                      FOUND(color, FIELD_U32),
                                      FOUND(raster_type, FIELD_TEXT),
                                      FOUND(raster_dpi, FIELD_U32),
                                      NUMBER(ticket, created_unix_ms, 64),
                                      VAR(ticket, ipp, ipp_len),
                                      BYTES(ticket, password),
                                      END};

static enum err read_ticket(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    (void)key;
    return ticket_read(bytes, len, out);
}

static enum err write_ticket(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    (void)key;
    return ticket_write(record, out->start, &out->len);
}

const struct kind KINDS_OF_BODIES[] = {
    {"join_request", JOIN_REQUEST, sizeof(struct join_request), read_join_request, write_join_request},
    {"join_answer", JOIN_ANSWER, sizeof(struct join_answer), read_join_answer, write_join_answer},
    {"invitation", INVITATION, sizeof(struct invitation), read_invitation, write_invitation},
    {"join_keys", JOIN_KEYS, sizeof(struct invitation), NULL, write_join_keys},
    {"gone", GONE, sizeof(struct gone), read_gone, write_gone},
    {"ack", ACK, sizeof(struct ack), read_ack, write_ack},
    {"list", LIST_BODY, sizeof(struct list), read_list, write_list},
    {"message", MESSAGE, sizeof(struct message), read_message, write_message},
    {"printer", PRINTER, sizeof(struct printer), read_printer, write_printer},
    {"profile", PROFILE, sizeof(struct profile), read_profile, write_profile},
    {"grant", GRANT, sizeof(struct grant), read_grant, write_grant},
    {"delegation", DELEGATION, sizeof(struct delegation), read_delegation, write_delegation},
    {"ticket", TICKET, sizeof(struct ticket), read_ticket, write_ticket},
    {NULL, NULL, 0, NULL, NULL},
};
