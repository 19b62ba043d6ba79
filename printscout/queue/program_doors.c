/* SPDX-License-Identifier: Apache-2.0 */
/* program_doors: the sockets that the settings name, the server behind them, and how the queue is found. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "printscout/conf.h"
#include "printscout/queue/listen.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/program_parts.h"

#define OTHER_FILES 256 /* descriptors beside the connections; a document on its way has two */

static const char *listen_reason(enum err e)
{
    switch (e) {
    case ERR_EXISTS:
        return "another process listens there.";
    case ERR_REFUSED:
        return "not a loopback address; this queue takes jobs of this computer's own people only.";
    case ERR_FORMAT:
        return "not an address; write digits, 127.0.0.1 or ::1.";
    default:
        return program_reason(e);
    }
}

enum err program_open_doors(struct program *p)
{
    const char *path = conf_text(p->conf, CONF_QUEUE_SOCKET);
    const char *address = conf_text(p->conf, CONF_QUEUE_ADDRESS);
    enum err e;

    if (path[0] != '\0' && (e = listen_unix(path, &p->unix_fd)) != OK)
        return program_fail(path, listen_reason(e));
    if (address[0] != '\0') {
        e = listen_loopback(address, (int)conf_number(p->conf, CONF_QUEUE_PORT), &p->tcp_fd, &p->port);
        if (e != OK)
            return program_fail(address, listen_reason(e));
    }
    if (path[0] == '\0' && address[0] == '\0')
        return program_fail(CONF_QUEUE_SOCKET " and " CONF_QUEUE_ADDRESS, "both are empty, so nobody could print.");
    return OK;
}

enum err program_raise_file_limit(const struct program *p)
{
    const rlim_t need = (p->shared != NULL ? 3 : 2) * (rlim_t)conf_number(p->conf, CONF_CONNECTIONS_MAX) + OTHER_FILES;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return program_fail("file descriptors", strerror(errno));
    if (limit.rlim_cur >= need)
        return OK;
    limit.rlim_cur = need;
    if (limit.rlim_max < need)
        limit.rlim_max = need; /* root may */
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return program_fail(CONF_CONNECTIONS_MAX,
                            "more than this process may open files; lower it, or raise LimitNOFILE.");
    return OK;
}

enum err program_start_http(struct program *p)
{
    struct http_opts opts = {
        .queue = &p->queue,
        .unix_fd = p->unix_fd,
        .tcp_fd = p->tcp_fd,
        .shared_fd = -1,
        .connections_max = (unsigned)conf_number(p->conf, CONF_CONNECTIONS_MAX),
        .header_timeout_s = (unsigned)conf_number(p->conf, CONF_HEADER_TIMEOUT_S),
        .body_timeout_s = (unsigned)conf_number(p->conf, CONF_BODY_TIMEOUT_S),
    };
    enum err e;

    if (p->shared != NULL) {
        opts.gate = p->shared->gate;
        opts.shared_fd = p->shared->fd;
        opts.shared_printer = p->shared->printer;
        opts.shared_offers = p->shared->offers;
        opts.shared_certificate = p->shared->certificate;
        opts.shared_key = p->shared->key;
    }
    e = http_start(&opts, &p->http);
    p->unix_fd = p->tcp_fd = -1; /* the server's */
    if (p->shared != NULL) {
        p->shared->fd = -1;
        shared_forget_key(p->shared);
    }
    return e == OK ? OK : program_fail("start", "the HTTP server did not.");
}

static enum err write_port(const char *path, int port)
{
    char text[16];
    const int len = snprintf(text, sizeof text, "%d\n", port);
    enum err e;

    if (path[0] == '\0')
        return OK;
    e = file_replace(AT_FDCWD, path, text, (size_t)len, 0644);
    return e == OK ? OK : program_fail(path, program_reason(e));
}

enum err program_announce(struct program *p)
{
    const int is_wanted = conf_bool(p->conf, CONF_QUEUE_DNS_SD);
    enum err e = OK;

    if (is_wanted && p->port != 0)
        e = dnssd_start(p->queue.printer, p->queue.offers, &p->dnssd);
    if (is_wanted && p->shared != NULL && e == OK)
        e = dnssd_start(p->shared->printer, p->shared->offers, &p->shared_dnssd);
    return e == OK ? OK : program_fail("start", program_reason(e));
}

enum err program_write_ports(const struct program *p)
{
    enum err e = OK;

    if (p->shared != NULL && (e = write_port(conf_text(p->conf, CONF_SHARED_PORT_FILE), p->shared->port)) != OK)
        return e;
    return write_port(conf_text(p->conf, CONF_QUEUE_PORT_FILE), p->port);
}
