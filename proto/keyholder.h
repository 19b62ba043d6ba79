/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyholder: frames on the keyholder's unix sockets, and the client's side of one. PROTOCOL.md, "Keyholder's sockets".
 */
#ifndef PROTO_KEYHOLDER_H
#define PROTO_KEYHOLDER_H

#include "crypto/description.h"
#include "proto/closed.h"
#include "proto/join.h"
#include "proto/order.h"

#define KH_FRAME_MAX  65536 /* op and body */
#define BADGE_UID_MAX 64

enum kh_op {
    KH_BULLETIN = 1,
    KH_DESCRIBE,
    KH_HELLO,
    KH_GRANT,
    KH_CLOSE,
    KH_JOIN,
    KH_AUDIT,
    KH_PRINTERS,
    KH_DOORS,
    KH_REPORT,
    KH_PIN_SET,
    KH_PIN_CHECK,
    KH_PIN_UNLOCK,
    KH_PIN_CLEAR,
    KH_PIN_LOOK,
    KH_BADGE_MAC,
    KH_DELEGATE,
    KH_UNDELEGATE,
    KH_DELEGATIONS,
    KH_PROFILE = 20,
    KH_PRINTER_ADD = 32,
    KH_PRINTER_REMOVE,
    KH_PRINTER_TRUST,
    KH_INVITE,
    KH_WITHDRAW,
    KH_NODES,
    KH_REVOKE,
    KH_ROTATE,
    KH_POLICY,
    KH_RELAYS,
    KH_AUDIT_READ,
    KH_SCOUT_ADD
};

#define PRINTER_NAME_SIZE     64
#define PRINTER_PLACE_SIZE    128
#define PRINTER_LANGUAGE_SIZE 32

struct printer { /* as the keyholder registers it */
    struct id id;
    char name[PRINTER_NAME_SIZE]; /* letters, digits, - and _; in the panel's URL */
    char place[PRINTER_PLACE_SIZE];
    char uri[PRINTER_URI_SIZE];
    uint8_t protocol; /* enum delivery_protocol */
    uint8_t pin[PIN_LEN];
    char language[PRINTER_LANGUAGE_SIZE];
};
MUST_USE enum err printer_write(const struct printer *p, struct wbuf *out);
MUST_USE enum err printer_read(struct rbuf *b, struct printer *out);

/* The grant request: what devicescout asks. */
struct grant {
    const uint8_t *description; /* the description file */
    size_t description_len;
    char owner[PERSON_SIZE];  /* as the description must say */
    char whose[PERSON_SIZE];  /* the person whose job it is: the owner, or whom an account of that name belongs to */
    char person[PERSON_SIZE]; /* who asks: the same, or somebody whom they let release for them */
    uint8_t authentication;
    uint8_t keep; /* 1: the job stays held when it was printed */
    struct id recipient, printer;
    uint8_t source;
    struct id blob;
    const uint8_t *options;
    size_t options_len;
};
MUST_USE enum err grant_write(const struct grant *g, struct wbuf *out);
MUST_USE enum err grant_read(const uint8_t *body, size_t len, struct grant *out); /* points into body */

/* A person lets another release for them. */
struct delegation {
    struct id id;
    char from[PERSON_SIZE]; /* whose jobs */
    char to[PERSON_SIZE];   /* who may */
    uint64_t since_unix_ms, until_unix_ms;
};
/* Sound: both are named, nobody is their own delegate, and it ends after it began. */
MUST_USE enum err delegation_write(const struct delegation *d, struct wbuf *out);
MUST_USE enum err delegation_read(struct rbuf *b, struct delegation *out);

#define DELEGATIONS_GIVEN_MAX 16 /* by one person; kept to so that a page can show them */
#define DELEGATIONS_HELD_MAX  64

struct kh_client; /* one connection; calls are serialised by a lock, so any thread may call */

/* Connect to a socket; reconnects by itself when the keyholder was restarted. */
MUST_USE enum err kh_connect(const char *path, struct kh_client **out);
void kh_close(struct kh_client *c);

/*
 * Ask and wait for the answer.
 *   answer      receives the body, at most KH_FRAME_MAX bytes; NULL (with answer_len) where the op has no answer
 *   why         NULL, or receives the keyholder's sentence on a refusal (why_size bytes)
 * Errors: what the keyholder answered (ERR_REFUSED, ERR_STALE …); ERR_UNREACHABLE; ERR_TIMEOUT after 5 s; ERR_PEER an
 * answer that is none. A question is sent whole at most once: after ERR_UNREACHABLE or ERR_TIMEOUT the keyholder may
 * have acted on it.
 */
MUST_USE enum err kh_ask(struct kh_client *c, enum kh_op op, const void *body, size_t len, uint8_t *answer,
                         size_t *answer_len, char *why, size_t why_size);

#endif
