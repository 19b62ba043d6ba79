/* SPDX-License-Identifier: Apache-2.0 */
/* join: the invitation code, and how a new node proves that it knows it. PROTOCOL.md, "Join request" and "Invitation
 * code". */
#ifndef PROTO_JOIN_H
#define PROTO_JOIN_H

#include "proto/bulletin.h"
#include "proto/certificate.h"
#include "proto/order.h"

#define CODE_SECRET_LEN  16
#define CODE_ID_LEN      8
#define CODE_TEXT_MAX    640 /* an invitation as text, with its NUL */
#define DOOR_LEN         32
#define JOIN_REQUEST_LEN 169 /* version, code id, site, two keys, nonce, MAC */
#define JOIN_ANSWER_MAX  (1 + 32 + CERTIFICATE_LEN + 2 + PERSON_SIZE)

struct invitation {
    uint8_t secret[CODE_SECRET_LEN];
    struct id site;
    uint32_t bulletin_least;
    uint8_t relay_pin[PIN_LEN];
    char relay_url[RELAY_URL_SIZE];
};

/* What both sides derive from an invitation. Secret, but for code_id and door. */
struct join_keys {
    uint8_t code_key[KEY_LEN];
    uint8_t token[KEY_LEN]; /* shown to the relay as 64 hex digits */
    uint8_t door[DOOR_LEN]; /* SHA-256 of the token; what the relay stores */
    uint8_t code_id[CODE_ID_LEN];
};

struct join_request {
    uint8_t code_id[CODE_ID_LEN];
    struct id site;
    uint8_t sign_public[KEY_LEN];
    uint8_t box_public[KEY_LEN];
    uint8_t nonce[16];
};

struct join_answer {
    uint8_t request_sha256[32];
    uint8_t certificate[CERTIFICATE_LEN];
    char person[PERSON_SIZE];
};

MUST_USE enum err invitation_write(const struct invitation *i, char text[static CODE_TEXT_MAX]);
/* As a person pastes it. ERR_FORMAT: not a code, or mistyped (its check fails). */
MUST_USE enum err invitation_read(const char *text, struct invitation *out);

MUST_USE enum err join_derive(const uint8_t secret[static CODE_SECRET_LEN], struct id site, struct join_keys *out);

MUST_USE enum err join_request_write(const struct join_request *r, const uint8_t code_key[static KEY_LEN],
                                     struct wbuf *out);
/* Read without checking: to find the code. */
MUST_USE enum err join_request_read(const uint8_t *bytes, size_t len, struct join_request *out);
/* ERR_AUTH: the MAC is not of this code key. */
MUST_USE enum err join_request_check(const uint8_t *bytes, size_t len, const uint8_t code_key[static KEY_LEN]);

MUST_USE enum err join_answer_write(const struct join_answer *a, struct wbuf *out);
MUST_USE enum err join_answer_read(const uint8_t *bytes, size_t len, struct join_answer *out);

#endif
