/* SPDX-License-Identifier: Apache-2.0 */
/* relay_session: what the calls of relay.h share: the connections, the session, and what a status means. */
#ifndef PROTO_RELAY_SESSION_H
#define PROTO_RELAY_SESSION_H

#include "proto/relay.h"
#include "proto/relay_http.h"

#define RELAY_HEX(id) id_text((id), (char[ID_HEX_SIZE]){0})

struct relay {
    struct relay_http *calls, *stream; /* a connection each: a call made while the stream is read does not wait */
    char *url;
    uint8_t pin[PIN_LEN];
    const struct node_keys *keys; /* NULL: no sessions */
    uint8_t certificate[CERTIFICATE_LEN];
    uint8_t site_public[KEY_LEN];
    char token[RELAY_TOKEN_SIZE]; /* empty: no session */
};

/* What a relay's refusal means to a caller of relay.h. */
enum err relay_from_status(long status);

/* A call without a session, with bounds where it names none. *out is for free(); for an error's status, a sentence. */
MUST_USE enum err relay_call_plain(struct relay *r, const struct relay_call *c, struct relay_answer *out);

/* Make a session. */
MUST_USE enum err relay_sign_in(struct relay *r);

/* A call in a session, which is made or renewed as needed. Any success will do. */
MUST_USE enum err relay_call_signed_in(struct relay *r, struct relay_call *c);

#endif
