/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: one request on one of the two sockets, and its answer. ask_answer() finds the operation, refuses what the socket
 * does not carry, and writes every refusal into the audit log; the operations themselves are op_*.c.
 */
#ifndef KEYHOLDER_ASK_H
#define KEYHOLDER_ASK_H

#include "devicescout/keyholder/keeper.h"

enum ask_socket { SOCKET_SCOUT = 1, SOCKET_ADMIN = 2 }; /* bits, for the table */

#define ASK_IDS_SIZE 512

struct ask {
    struct keeper *k;
    const uint8_t *body; /* after the op */
    size_t len;
    struct wbuf *out; /* the answer's body */
    uint64_t now_unix_ms, now_boot_ms;
    /* For a refusal: */
    const char *slug;       /* for the audit log, "owner-differs" */
    const char *why;        /* one sentence for a person */
    char ids[ASK_IDS_SIZE]; /* what it was about: "job=… node=…", escaped; may be empty */
};

/* Note why, and give e back. */
enum err ask_refuse(struct ask *a, enum err e, const char *slug, const char *why);
/* Add "key=id" to what a refusal's audit line names. */
void ask_about(struct ask *a, const char *key, struct id id);
/* The same with text, escaped here. */
void ask_about_text(struct ask *a, const char *key, const char *text);

/*
 * Answer one request.
 *   op, body  as they came
 *   answer    receives the result byte and the body, at most KH_FRAME_MAX bytes
 */
void ask_answer(struct keeper *k, enum ask_socket socket, uint8_t op, const uint8_t *body, size_t len,
                struct wbuf *answer);

/* The operations, named as in PROTOCOL.md. A failure writes nothing to a->out and names its reason by ask_refuse(). */
enum err op_bulletin(struct ask *a);
enum err op_describe(struct ask *a);
enum err op_hello(struct ask *a);
enum err op_grant(struct ask *a);
enum err op_close(struct ask *a);
enum err op_join(struct ask *a);
enum err op_audit(struct ask *a);
enum err op_printers(struct ask *a);
enum err op_doors(struct ask *a);
enum err op_report(struct ask *a);
enum err op_printer_add(struct ask *a);
enum err op_printer_remove(struct ask *a);
enum err op_printer_trust(struct ask *a);
enum err op_invite(struct ask *a);
enum err op_withdraw(struct ask *a);
enum err op_nodes(struct ask *a);
enum err op_revoke(struct ask *a);
enum err op_rotate(struct ask *a);
enum err op_policy(struct ask *a);
enum err op_relays(struct ask *a);
enum err op_audit_read(struct ask *a);
enum err op_scout_add(struct ask *a);

#endif
