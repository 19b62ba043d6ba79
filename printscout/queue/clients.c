/* SPDX-License-Identifier: Apache-2.0 */
/* clients: see clients.h. */
#include "printscout/queue/clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/tries.h"
#include "printscout/queue/owner.h"

#define SILENT_SHARE 4 /* of an address's connections, those that need not have said anything yet */

struct client {
    struct client *previous, *next;
    int fd;
    enum err known; /* OK: uid is the account at the other end, or address is where it is */
    uint32_t uid;
    char address[INET6_ADDRSTRLEN]; /* from the network; "": from this computer */
    char group[TRIES_ADDRESS_SIZE]; /* what counts as one with it */
    uint64_t due_ms;                /* CLOCK_BOOTTIME; 0: no deadline */
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

static int is_one_party(const struct client *a, const struct client *b)
{
    return a->known == OK && b->known == OK && a->uid == b->uid && strcmp(a->group, b->group) == 0;
}

/*
 * With the lock held: has its account or address as many as it may have? Of those from the network that have not said a
 * whole header yet it may have fewer: each costs a little whenever another is served.
 */
static int is_one_too_many(const struct clients *c, const struct client *client)
{
    size_t count = 0, silent = 0;

    for (const struct client *other = c->first; other != NULL; other = other->next) {
        if (!is_one_party(other, client))
            continue;
        count++;
        silent += other->address[0] != '\0' && other->due_ms != 0 ? 1 : 0;
    }
    return count >= c->account_max || silent >= c->account_max / SILENT_SHARE;
}

static void add(struct clients *c, struct client *client)
{
    if (client->known != OK)
        log_warn("client_unknown", "reason=%s", err_name(client->known));
    client->due_ms = clock_boot_ms() + c->header_ms;
    pthread_mutex_lock(&c->lock);
    if (client->known == OK && is_one_too_many(c, client)) {
        client->known = ERR_LIMIT;
        shutdown(client->fd, SHUT_RDWR);
    }
    client->next = c->first;
    if (c->first != NULL)
        c->first->previous = client;
    c->first = client;
    pthread_mutex_unlock(&c->lock);
}

enum err clients_add(struct clients *c, int fd, struct client **out)
{
    struct client *client = calloc(1, sizeof *client);

    if (client == NULL)
        return ERR_NOMEM;
    client->fd = fd;
    client->known = owner_of_socket(fd, &client->uid);
    add(c, client);
    *out = client;
    return OK;
}

/* An IPv4 client of a socket that serves both is written as what it is, not as one of IPv6's. */
static enum err read_address(int fd, char out[static INET6_ADDRSTRLEN])
{
    struct sockaddr_in6 peer = {.sin6_family = AF_UNSPEC};
    socklen_t len = sizeof peer;
    const void *bytes = &peer.sin6_addr;
    int family = AF_INET6;

    if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0)
        return ERR_REFUSED;
    if (peer.sin6_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)&peer)->sin_addr;
    else if (IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr))
        bytes = peer.sin6_addr.s6_addr + 12;
    if (bytes != &peer.sin6_addr)
        family = AF_INET;
    return inet_ntop(family, bytes, out, INET6_ADDRSTRLEN) != NULL ? OK : ERR_REFUSED;
}

enum err clients_add_remote(struct clients *c, int fd, struct client **out)
{
    struct client *client = calloc(1, sizeof *client);

    if (client == NULL)
        return ERR_NOMEM;
    client->fd = fd;
    client->uid = UINT32_MAX; /* no account of this computer */
    client->known = read_address(fd, client->address);
    tries_address_key(client->address, client->group);
    add(c, client);
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
    if (client->known != OK || client->address[0] != '\0')
        return ERR_REFUSED;
    *uid = client->uid;
    return OK;
}

enum err client_address(const struct client *client, const char **out)
{
    if (client->known != OK || client->address[0] == '\0')
        return ERR_REFUSED;
    *out = client->address;
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
