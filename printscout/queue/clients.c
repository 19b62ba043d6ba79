/* SPDX-License-Identifier: Apache-2.0 */
/* clients: see clients.h. */
#include "printscout/queue/clients.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "printscout/queue/owner.h"

struct client {
    struct client *previous, *next;
    int fd;
    enum err known; /* OK: uid is the account at the other end */
    uint32_t uid;
    uint64_t due_ms; /* CLOCK_BOOTTIME; 0: no deadline */
};

struct clients {
    pthread_mutex_t lock; /* guards the list, and due_ms in it */
    struct client *first;
    uint64_t header_ms;
    size_t account_max;
};

enum err clients_new(uint64_t header_ms, size_t account_max, struct clients **out)
{
    struct clients *c = calloc(1, sizeof *c);

    if (c == NULL)
        return ERR_NOMEM;
    c->header_ms = header_ms;
    c->account_max = account_max;
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return OK;
}

void clients_free(struct clients *c)
{
    if (c == NULL)
        return;
    while (c->first != NULL)
        clients_remove(c, c->first);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* With the lock held: has its account as many as it may have? */
static int is_one_too_many(const struct clients *c, const struct client *client)
{
    size_t count = 0;

    for (const struct client *other = c->first; other != NULL; other = other->next)
        count += other->known == OK && other->uid == client->uid;
    return count >= c->account_max;
}

enum err clients_add(struct clients *c, int fd, struct client **out)
{
    struct client *client = calloc(1, sizeof *client);

    if (client == NULL)
        return ERR_NOMEM;
    client->fd = fd;
    client->known = owner_of_socket(fd, &client->uid);
    if (client->known != OK)
        log_warn("client_unknown", "reason=%s", err_name(client->known));
    client->due_ms = clock_boot_ms() + c->header_ms;
    pthread_mutex_lock(&c->lock);
    if (client->known == OK && is_one_too_many(c, client)) {
        client->known = ERR_LIMIT;
        shutdown(fd, SHUT_RDWR);
    }
    client->next = c->first;
    if (c->first != NULL)
        c->first->previous = client;
    c->first = client;
    pthread_mutex_unlock(&c->lock);
    *out = client;
    return OK;
}

void clients_remove(struct clients *c, struct client *client)
{
    if (client == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        c->first = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    pthread_mutex_unlock(&c->lock);
    free(client);
}

enum err client_uid(const struct client *client, uint32_t *uid)
{
    if (client->known != OK)
        return ERR_REFUSED;
    *uid = client->uid;
    return OK;
}

static void set_due(struct clients *c, struct client *client, uint64_t due_ms)
{
    pthread_mutex_lock(&c->lock);
    client->due_ms = due_ms;
    pthread_mutex_unlock(&c->lock);
}

void clients_header_came(struct clients *c, struct client *client)
{
    set_due(c, client, 0);
}

void clients_answered(struct clients *c, struct client *client)
{
    set_due(c, client, clock_boot_ms() + c->header_ms);
}

/*
 * libmicrohttpd 0.9.75 takes a read that was shorter than its buffer for the last before the next edge of epoll; an end
 * that came together with those bytes then goes unseen until the idle deadline. Shutting down what the peer has shut
 * down changes nothing and makes a new edge. With the lock held.
 */
static void nudge(const struct client *client)
{
    struct pollfd end = {.fd = client->fd, .events = POLLRDHUP};

    if (poll(&end, 1, 0) == 1 && (end.revents & POLLRDHUP) != 0)
        shutdown(client->fd, SHUT_RD);
}

void clients_check(struct clients *c)
{
    const uint64_t now = clock_boot_ms();

    pthread_mutex_lock(&c->lock);
    for (struct client *client = c->first; client != NULL; client = client->next) {
        nudge(client);
        if (client->due_ms != 0 && client->due_ms < now) {
            /* Not closed here: the thread that serves it finds it broken, cleans up and closes. */
            shutdown(client->fd, SHUT_RDWR);
            client->due_ms = 0;
        }
    }
    pthread_mutex_unlock(&c->lock);
}
