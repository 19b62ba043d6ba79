/* SPDX-License-Identifier: Apache-2.0 */
/* audit_syslog: header, structured data, frame. */
#include "devicescout/desk/audit_syslog.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "devicescout/audit_fields.h"
#include "devicescout/fleet/audit_text.h"

#define FACILITY_AUDIT 13 /* log audit */
#define NOTICE         5
#define INFORMATIONAL  6

enum kind { TO_FILE, TO_UDP, TO_TCP };

struct syslog_target {
    enum kind kind;
    int fd;
};

static int is_refusal(const char *event)
{
    return strstr(event, "refused") != NULL || strstr(event, "locked") != NULL;
}

/* RFC 5424 §6.3.3: a backslash before a quote, a backslash and a bracket. Control characters stay encoded: a message is
 * one line everywhere. ERR_LIMIT. */
static enum err add_field(struct wbuf *b, const struct audit_field *f)
{
    char value[AUDIT_TEXT_SIZE];
    enum err e;

    if ((e = wbuf_u8(b, ' ')) != OK || (e = wbuf_copy(b, f->key, strlen(f->key))) != OK ||
        (e = wbuf_copy(b, "=\"", 2)) != OK)
        return e;
    for (const char *at = audit_text(f->value, "", value); e == OK && *at != '\0'; at++) {
        if (strchr("\"\\]", *at) != NULL && (e = wbuf_u8(b, '\\')) != OK)
            return e;
        e = wbuf_u8(b, (uint8_t)*at);
    }
    return e == OK ? wbuf_u8(b, '"') : e;
}

enum err syslog_write(const struct audit_entry *e, const char *host, char out[static SYSLOG_MESSAGE_MAX], size_t *len)
{
    const int priority = FACILITY_AUDIT * 8 + (is_refusal(e->event) ? NOTICE : INFORMATIONAL);
    struct wbuf b = wbuf_of(out, SYSLOG_MESSAGE_MAX - 1);
    char when[AUDIT_TIME_SIZE];
    struct audit_walk w;
    struct audit_field f;
    enum err err = OK;
    int n;

    /* 32473 is the number for examples (RFC 5612): structured data of one's own needs some enterprise's. */
    n = snprintf(out, SYSLOG_MESSAGE_MAX, "<%d>1 %s %s latchkey - %s [audit@32473 number=\"%" PRIu64 "\"", priority,
                 audit_time(e->unix_ms, 'T', when), host, e->event, e->number);
    if (n < 0 || n >= SYSLOG_MESSAGE_MAX)
        return ERR_LIMIT;
    b.len = (size_t)n;
    audit_walk_start(&w, e);
    while (err == OK && audit_walk_next(&w, &f))
        err = add_field(&b, &f);
    if (err != OK || (err = wbuf_u8(&b, ']')) != OK)
        return err;
    out[b.len] = '\0';
    *len = b.len;
    return OK;
}

/* HOST:PORT, [v6]:PORT */
static enum err dial(const char *address, int type, int *out)
{
    const struct addrinfo hints = {.ai_socktype = type, .ai_family = AF_UNSPEC};
    const char *colon = strrchr(address, ':');
    struct addrinfo *found = NULL;
    char host[256];
    size_t len = colon != NULL ? (size_t)(colon - address) : 0;
    int brackets = len > 1 && address[0] == '[' && address[len - 1] == ']';

    *out = -1;
    if (colon == NULL || len == 0 || len >= sizeof host)
        return ERR_CONFIG;
    memcpy(host, address + brackets, len - 2 * (size_t)brackets);
    host[len - 2 * (size_t)brackets] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return ERR_UNREACHABLE;
    for (const struct addrinfo *a = found; a != NULL && *out < 0; a = a->ai_next) {
        *out = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (*out >= 0 && connect(*out, a->ai_addr, a->ai_addrlen) != 0) {
            close(*out);
            *out = -1;
        }
    }
    freeaddrinfo(found);
    return *out >= 0 ? OK : ERR_UNREACHABLE;
}

enum err syslog_open(const char *target, struct syslog_target **out)
{
    struct syslog_target *t = calloc(1, sizeof *t);
    enum err e = ERR_NOMEM;

    if (t == NULL)
        return e;
    if (strncmp(target, "udp://", 6) == 0) {
        t->kind = TO_UDP;
        e = dial(target + 6, SOCK_DGRAM, &t->fd);
    } else if (strncmp(target, "tcp://", 6) == 0) {
        t->kind = TO_TCP;
        e = dial(target + 6, SOCK_STREAM, &t->fd);
    } else {
        t->fd = strcmp(target, "-") == 0 ? dup(STDOUT_FILENO)
                                         : open(target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        e = t->fd >= 0 ? OK : ERR_IO;
    }
    if (e != OK) {
        fprintf(stderr, "%s: cannot be opened: %s\n", target, err_text(e));
        free(t);
        return e;
    }
    *out = t;
    return OK;
}

enum err syslog_send(struct syslog_target *t, const char *message, size_t len)
{
    char frame[SYSLOG_MESSAGE_MAX + 16];
    const int n = t->kind == TO_TCP   ? snprintf(frame, sizeof frame, "%zu %.*s", len, (int)len, message)
                  : t->kind == TO_UDP ? snprintf(frame, sizeof frame, "%.*s", (int)len, message)
                                      : snprintf(frame, sizeof frame, "%.*s\n", (int)len, message);

    if (n < 0 || (size_t)n >= sizeof frame)
        return ERR_LIMIT;
    return file_write(t->fd, frame, (size_t)n);
}

enum err syslog_close(struct syslog_target *t)
{
    enum err e = OK;

    if (t == NULL)
        return OK;
    if (t->kind == TO_TCP && shutdown(t->fd, SHUT_WR) != 0)
        e = ERR_IO;
    if (close(t->fd) != 0)
        e = ERR_IO;
    free(t);
    return e;
}
