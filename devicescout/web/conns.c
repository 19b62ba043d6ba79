/* SPDX-License-Identifier: Apache-2.0 */
/* conns: a list, looked through once a second. */
#include "devicescout/web/conns.h"

#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>

#define REQUEST_MS 10000 /* for headers, again for a body, and again to read the answer */
#define IDLE_MS    90000 /* a panel asks more often while it is in use */

struct conn {
    int fd;
    int broken;
    uint64_t since_ms; /* in this phase */
    uint64_t due_ms;   /* 0: never; it waits for us */
    LIST_ENTRY(conn) next;
};

struct conns {
    size_t count;
    LIST_HEAD(, conn) list;
};

enum err conns_new(struct conns **out)
{
    struct conns *c = calloc(1, sizeof *c);

    if (c == NULL)
        return ERR_NOMEM;
    LIST_INIT(&c->list);
    *out = c;
    return OK;
}

void conns_free(struct conns *c)
{
    if (c == NULL)
        return;
    while (!LIST_EMPTY(&c->list))
        conns_remove(c, LIST_FIRST(&c->list));
    free(c);
}

static void make_room(struct conns *c)
{
    struct conn *conn, *oldest = NULL;

    LIST_FOREACH(conn, &c->list, next)
    {
        if (conn->due_ms != 0 && !conn->broken && (oldest == NULL || conn->since_ms <= oldest->since_ms))
            oldest = conn; /* new ones stand in front, so of the same moment the later in the list is older */
    }
    if (oldest != NULL)
        conn_break(oldest);
}

struct conn *conns_add(struct conns *c, int fd, uint64_t now_boot_ms)
{
    struct conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL)
        return NULL;
    conn->fd = fd;
    conn_enter(conn, CONN_NEW, now_boot_ms);
    if (c->count >= CONNS_MOST)
        make_room(c);
    LIST_INSERT_HEAD(&c->list, conn, next);
    c->count++;
    return conn;
}

void conns_remove(struct conns *c, struct conn *conn)
{
    LIST_REMOVE(conn, next);
    c->count--;
    free(conn);
}

void conn_enter(struct conn *conn, enum conn_phase phase, uint64_t now_boot_ms)
{
    conn->since_ms = now_boot_ms;
    switch (phase) {
    case CONN_NEW:
    case CONN_HEADERS:
    case CONN_BODY:
    case CONN_ANSWER: /* who asks for much and reads nothing holds no place for good */
        conn->due_ms = now_boot_ms + REQUEST_MS;
        break;
    case CONN_OURS:
        conn->due_ms = 0;
        break;
    case CONN_IDLE:
        conn->due_ms = now_boot_ms + IDLE_MS;
        break;
    }
}

void conn_break(struct conn *conn)
{
    conn->broken = 1;
    shutdown(conn->fd, SHUT_RDWR);
}

void conns_sweep(struct conns *c, uint64_t now_boot_ms)
{
    struct conn *conn;

    LIST_FOREACH(conn, &c->list, next)
    {
        if (conn->due_ms != 0 && now_boot_ms >= conn->due_ms)
            conn_break(conn);
    }
}
