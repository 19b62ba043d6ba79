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

struct ask;

/* The rest of an answer that takes too long for the loop. run, then end or drop alone; drop also after end. */
struct ask_later {
    void (*run)(void *arg);                    /* on a worker thread; touches arg alone; NULL: the answer is there */
    enum err (*end)(struct ask *a, void *arg); /* on the loop again */
    void (*drop)(void *arg);                   /* frees arg */
    void *arg;
};

struct ask {
    struct keeper *k;
    enum ask_socket socket;
    const uint8_t *body; /* after the op */
    size_t len;
    struct wbuf *out;       /* the answer's body */
    struct ask_later later; /* set by an operation that is not done yet */
    uint64_t now_unix_ms, now_boot_ms;
    /* For a refusal: */
    const char *slug;       /* for the audit log, "owner-differs" */
    const char *why;        /* one sentence for a person */
    enum err noted;         /* not OK: an answer of OK that the log takes for a refusal, with slug */
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

/* The same in two halves. Returns 1 when the answer is there; 0: have later->run() called, then ask_end(). */
int ask_begin(struct keeper *k, enum ask_socket socket, uint8_t op, const uint8_t *body, size_t len,
              struct wbuf *answer, struct ask_later *later);
/* Frees what later holds. */
void ask_end(struct keeper *k, enum ask_socket socket, uint8_t op, const struct ask_later *later, struct wbuf *answer);

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
enum err op_pin_set(struct ask *a);
enum err op_pin_check(struct ask *a);
enum err op_pin_unlock(struct ask *a);
enum err op_pin_clear(struct ask *a);
enum err op_pin_look(struct ask *a);
enum err op_badge_mac(struct ask *a);
enum err op_delegate(struct ask *a);
enum err op_undelegate(struct ask *a);
enum err op_delegations(struct ask *a);
enum err op_profile(struct ask *a);
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
