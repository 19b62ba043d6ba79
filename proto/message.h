/* SPDX-License-Identifier: Apache-2.0 */
/* message: one signed, padded, sealed message between a scout and a device scout. PROTOCOL.md, "Messages". */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include "crypto/envelope.h"
#include "crypto/nodekeys.h"
#include "proto/record.h"

enum message_type {
    MSG_HELLO = 1,
    MSG_ANNOUNCE,
    MSG_REPORT,
    MSG_GONE,
    MSG_LIST,
    MSG_ACK,
    MSG_ORDER,
    MSG_SYNC,
    MSG_CLOSED,
    MSG_JOIN,
    MSG_JOINED,
    MSG_BULLETIN,
    MSG_QUESTION,
    MSG_ANSWER,
    MSG_TYPE_COUNT
};

#define MESSAGE_OVERHEAD 134 /* the fields around the body, signature included: 1+1+16*3+8+8+4+64 */
#define MESSAGE_BODY_MAX (ENVELOPE_MAX_PLAIN - MESSAGE_OVERHEAD)

struct message {
    uint8_t type;
    struct id recipient, sender, id;
    uint64_t sequence, seen;
    const uint8_t *body; /* message_open: points into plain */
    size_t body_len;
};

/* Sign and seal. m->id is taken as it is. out receives at most ENVELOPE_MAX_LEN bytes. */
MUST_USE enum err message_seal(const struct message *m, const struct node_keys *from,
                               const uint8_t recipient_box_public[static KEY_LEN], uint8_t *out, size_t *outlen);

/*
 * Open the envelope and read the fields; nothing is believed yet but that it was sealed to us.
 *   plain   ENVELOPE_MAX_LEN bytes of the caller's; m->body points into it
 * Errors: ERR_AUTH, ERR_FORMAT, ERR_UNSUPPORTED; ERR_REFUSED the recipient inside is not us.
 */
MUST_USE enum err message_open(const uint8_t *sealed, size_t len, const struct node_keys *to, uint8_t *plain,
                               size_t *plain_len, struct message *m);

/* Then: is it the sender's? Also checks that sign_public hashes to m->sender. */
MUST_USE enum err message_verify(const uint8_t *plain, size_t plain_len, const struct message *m,
                                 const uint8_t sign_public[static KEY_LEN]);

/* Small bodies. */
#define ACK_LEN  (ID_LEN + 1)
#define GONE_LEN (ID_LEN + 1)
struct gone {
    struct id job;
    uint8_t reason; /* enum close_reason */
};
MUST_USE enum err gone_read(const uint8_t *body, size_t len, struct gone *out);
MUST_USE enum err gone_write(const struct gone *g, struct wbuf *out);

#define NEWS_LEN 4 /* body of MSG_BULLETIN: the version, 4 bytes */

struct ack {
    struct id message;
    uint8_t result; /* enum err; anything but OK means: do not send it again */
};
MUST_USE enum err ack_read(const uint8_t *body, size_t len, struct ack *out);
MUST_USE enum err ack_write(const struct ack *a, struct wbuf *out);

#define LIST_MAX 1024 /* jobs in one part */
struct list {
    struct id nonce;
    uint16_t part, parts; /* from 0 */
    size_t count;
    struct {
        struct id job;
        uint32_t digest; /* the first 4 bytes of SHA-256 of its description file */
    } jobs[LIST_MAX];
};
MUST_USE enum err list_read(const uint8_t *body, size_t len, struct list *out);
MUST_USE enum err list_write(const struct list *l, struct wbuf *out);

#endif
