/* SPDX-License-Identifier: Apache-2.0 */
/* server: listen, look at the peer's uid, hand over to connection.c. */
#include "devicescout/keyholder/server.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "devicescout/keyholder/connection.h"

#define BACKLOG     64
#define ACCEPT_MOST 16 /* in one turn, so that connecting in a loop starves nobody */
#define SYNC_MS     1000

struct listener {
    struct server *server;
    const char *path; /* NULL: not bound */
    enum ask_socket socket;
    int fd;
    size_t most, len;
    struct connection *connections[SERVER_SCOUTS_MAX];
};

struct server {
    struct loop *loop;
    struct keeper *keeper;
    struct workers *workers;
    uid_t scout_uid, admin_uids[SERVER_USERS_MAX];
    size_t admin_uids_len;
    uint64_t sync_timer; /* 0: none runs */
    struct listener scout, admin;
};

static int may_connect(const struct listener *l, uid_t uid)
{
    const struct server *s = l->server;

    if (l->socket == SOCKET_SCOUT)
        return uid == s->scout_uid;
    if (uid == 0)
        return 1;
    for (size_t i = 0; i < s->admin_uids_len; i++) {
        if (uid == s->admin_uids[i])
            return 1;
    }
    return 0;
}

static void on_sync(void *arg)
{
    struct server *s = arg;

    s->sync_timer = 0;
    if (audit_sync(s->keeper->audit) != OK)
        log_error("audit_not_synced", "reason=%s", err_name(ERR_IO));
}

/* What needed no sync to be answered, refusals above all, is made durable a little later, many at once. */
static void on_answer(void *arg)
{
    struct server *s = ((struct listener *)arg)->server;

    if (s->sync_timer == 0 && audit_is_dirty(s->keeper->audit) &&
        loop_after(s->loop, SYNC_MS, on_sync, s, &s->sync_timer) != OK)
        on_sync(s);
}

static void on_end(void *arg, struct connection *c)
{
    struct listener *l = arg;

    for (size_t i = 0; i < l->len; i++) {
        if (l->connections[i] == c)
            l->connections[i] = l->connections[--l->len];
    }
    connection_free(c);
}

/* Close the connection that has rested longest. ERR_FULL: all are busy. */
static enum err make_room(struct listener *l)
{
    struct connection *oldest = NULL;
    uint64_t since = UINT64_MAX;

    if (l->len < l->most)
        return OK;
    for (size_t i = 0; i < l->len; i++) {
        const uint64_t idle = connection_idle_since(l->connections[i]);

        if (idle != 0 && idle < since) {
            since = idle;
            oldest = l->connections[i];
        }
    }
    if (oldest == NULL)
        return ERR_FULL;
    on_end(l, oldest);
    return OK;
}

static void take(struct listener *l, int fd)
{
    const struct connection_opts opts = {.loop = l->server->loop,
                                         .keeper = l->server->keeper,
                                         .workers = l->server->workers,
                                         .socket = l->socket,
                                         .fd = fd,
                                         .on_answer = on_answer,
                                         .on_end = on_end,
                                         .arg = l};
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || !may_connect(l, peer.uid)) {
        log_info("peer_refused", "socket=%s uid=%u", l->socket == SOCKET_SCOUT ? "scout" : "admin", peer.uid);
        close(fd);
        return;
    }
    if (make_room(l) != OK) {
        close(fd);
        return;
    }
    if (connection_new(&opts, &l->connections[l->len]) == OK)
        l->len++;
}

static void on_connect(void *arg, int fd, uint32_t events)
{
    struct listener *l = arg;

    (void)events;
    for (int i = 0; i < ACCEPT_MOST; i++) {
        const int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (peer < 0)
            return;
        take(l, peer);
    }
}

/* Is somebody behind this path? */
static int is_answered(const struct sockaddr_un *address)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int answered;

    if (fd < 0)
        return 0;
    answered = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
    close(fd);
    return answered;
}

/* Who may not connect is turned away at accept; the mode keeps even that from others where only we and root need it. */
static mode_t mode_for(const struct listener *l)
{
    const struct server *s = l->server;

    if (l->socket == SOCKET_SCOUT)
        return s->scout_uid == geteuid() ? 0600 : 0666;
    return s->admin_uids_len == 0 ? 0600 : 0666;
}

/* Where the socket will stand. With systemd it is there already (RuntimeDirectory=). */
static enum err make_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    int fd = -1;
    enum err e;

    if (slash == NULL || slash == path)
        return OK;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    if ((e = file_open_dir(folder, 0755, &fd)) == OK)
        close(fd);
    return e;
}

static enum err address_of(const char *path, const char *suffix, struct sockaddr_un *out)
{
    const int n = snprintf(out->sun_path, sizeof out->sun_path, "%s%s", path, suffix);

    out->sun_family = AF_UNIX;
    return n >= 0 && (size_t)n < sizeof out->sun_path ? OK : ERR_LIMIT;
}

/* The path appears by rename, when it listens already: who sees it can connect. */
static enum err listen_at(struct listener *l, const char *path)
{
    struct sockaddr_un address, beside;
    mode_t mask;
    int bound;
    enum err e;

    if ((e = address_of(path, "", &address)) != OK || (e = address_of(path, ".new", &beside)) != OK)
        return e;
    if ((e = make_folder(path)) != OK)
        return e;
    if (is_answered(&address))
        return ERR_EXISTS;
    if (unlink(beside.sun_path) != 0 && errno != ENOENT)
        return ERR_IO;
    if ((l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        return ERR_IO;
    mask = umask(0777 & ~mode_for(l)); /* from the first moment, not by a chmod after it */
    bound = bind(l->fd, (const struct sockaddr *)&beside, sizeof beside);
    umask(mask);
    if (bound != 0 || listen(l->fd, BACKLOG) != 0 || rename(beside.sun_path, path) != 0)
        return ERR_IO;
    l->path = path;
    return loop_watch(l->server->loop, l->fd, EPOLLIN, on_connect, l);
}

static enum err start_listener(struct server *s, struct listener *l, enum ask_socket socket, size_t most,
                               const char *path)
{
    enum err e;

    l->server = s;
    l->socket = socket;
    l->most = most;
    if ((e = listen_at(l, path)) != OK)
        log_error("socket_not_opened", "path=%s reason=%s errno=%s", path, err_name(e), strerror(errno));
    return e;
}

enum err server_start(const struct server_opts *opts, struct server **out)
{
    struct server *s = NULL;
    enum err e = ERR_LIMIT;

    if (opts->admin_uids_len > SERVER_USERS_MAX)
        goto out;
    e = ERR_NOMEM;
    if ((s = calloc(1, sizeof *s)) == NULL)
        goto out;
    s->loop = opts->loop;
    s->keeper = opts->keeper;
    s->workers = opts->workers;
    s->scout.fd = s->admin.fd = -1;
    s->scout_uid = opts->scout_uid;
    s->admin_uids_len = opts->admin_uids_len;
    memcpy(s->admin_uids, opts->admin_uids, opts->admin_uids_len * sizeof *opts->admin_uids);
    if ((e = start_listener(s, &s->scout, SOCKET_SCOUT, SERVER_SCOUTS_MAX, opts->scout_path)) != OK ||
        (e = start_listener(s, &s->admin, SOCKET_ADMIN, SERVER_ADMINS_MAX, opts->admin_path)) != OK)
        goto out;
    *out = s; /* the caller owns it now */
    s = NULL;
out:
    server_stop(s);
    return e;
}

static void stop_listener(struct server *s, struct listener *l)
{
    while (l->len > 0)
        connection_free(l->connections[--l->len]);
    if (l->fd >= 0) {
        loop_forget(s->loop, l->fd);
        close(l->fd);
    }
    if (l->path != NULL)
        unlink(l->path);
}

void server_stop(struct server *s)
{
    if (s == NULL)
        return;
    stop_listener(s, &s->scout);
    stop_listener(s, &s->admin);
    if (s->sync_timer != 0)
        loop_cancel(s->loop, s->sync_timer);
    free(s);
}
