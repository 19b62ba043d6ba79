/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connection: one client on a keyholder's socket: reads a frame, has it answered, writes the answer, in that order and
 * never waiting. What a client has sent beyond its present frame stays in the kernel, so a flood fills the client's own
 * buffer, and each turn of the loop serves every client once. An answer that takes long is made on a worker thread; its
 * client waits, the others do not.
 */
#ifndef KEYHOLDER_CONNECTION_H
#define KEYHOLDER_CONNECTION_H

#include "base/loop.h"
#include "base/workers.h"
#include "devicescout/keyholder/ask.h"

/* A frame that is begun must be whole, and an answer taken, within this time; what is between frames may rest. */
#define CONNECTION_STALL_MS 5000

struct connection;

struct connection_opts {
    struct loop *loop;
    struct keeper *keeper;
    struct workers *workers; /* for what would hold up the loop; outlives no connection */
    enum ask_socket socket;
    int fd; /* non-blocking; taken, also on failure */
    void (*on_answer)(void *arg);
    void (*on_end)(void *arg, struct connection *c); /* the connection is over: connection_free() it here */
    void *arg;
};

MUST_USE enum err connection_new(const struct connection_opts *opts, struct connection **out);
void connection_free(struct connection *c); /* closes; NULL is fine */

/* When it last finished an exchange, CLOCK_BOOTTIME; 0 while it is in the middle of one. */
uint64_t connection_idle_since(const struct connection *c);

#endif
