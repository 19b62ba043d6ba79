/* SPDX-License-Identifier: Apache-2.0 */
/* target: a small reader of the few forms that people use. */
#include "devicescout/printers/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err complain(const char *text, const char *what)
{
    fprintf(stderr, "'%s': %s\n", text, what);
    return ERR_CONFIG;
}

/* "ipps", "ipp" and "https" all mean IPP over TLS here; *rest is what follows the scheme. */
static enum err read_scheme(const char *text, struct target *t, const char **rest)
{
    static const char *const tls[] = {"ipps://", "ipp://", "https://"};

    for (size_t i = 0; i < sizeof tls / sizeof *tls; i++) {
        if (strncmp(text, tls[i], strlen(tls[i])) == 0) {
            *rest = text + strlen(tls[i]);
            return OK;
        }
    }
    if (strncmp(text, "socket://", 9) == 0) {
        t->raw = 1;
        *rest = text + 9;
        return OK;
    }
    *rest = text;
    return strstr(text, "://") == NULL ? OK : complain(text, "no URI of a printer: ipps://, https:// or socket://");
}

static enum err read_port(const char *whole, const char *text, size_t len, uint16_t *out)
{
    char digits[8], *end;
    long n;

    if (len == 0 || len >= sizeof digits)
        return complain(whole, "the port is not a number");
    memcpy(digits, text, len);
    digits[len] = '\0';
    errno = 0;
    n = strtol(digits, &end, 10);
    if (digits[0] < '0' || digits[0] > '9' || *end != '\0' || n < 1 || n > 65535)
        return complain(whole, "the port is not a number from 1 to 65535");
    *out = (uint16_t)n;
    return OK;
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT; len bytes. */
static enum err read_authority(const char *whole, const char *text, size_t len, struct target *t)
{
    const char *end = text + len, *host = text, *host_end, *rest;

    if (len > 0 && text[0] == '[') {
        host = text + 1;
        if ((host_end = memchr(host, ']', len - 1)) == NULL)
            return complain(whole, "a ']' is missing");
        rest = host_end + 1;
    } else {
        const char *colon = memchr(text, ':', len);

        host_end = rest = colon != NULL ? colon : end;
        if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL)
            host_end = rest = end; /* a bare IPv6 address */
    }
    if (host_end == host || (size_t)(host_end - host) >= sizeof t->host)
        return complain(whole, "there is no host in it, or it is too long");
    memcpy(t->host, host, (size_t)(host_end - host));
    t->host[host_end - host] = '\0';
    if (t->host[strspn(t->host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%")] != '\0')
        return complain(whole, "the host holds something that no name or address has");
    if (rest == end)
        return OK;
    return *rest == ':' ? read_port(whole, rest + 1, (size_t)(end - rest - 1), &t->port)
                        : complain(whole, "something stands behind the host");
}

enum err target_read(const char *text, struct target *out)
{
    struct target t = {.port = 0};
    const char *rest = NULL;
    size_t len;
    enum err e;

    if ((e = read_scheme(text, &t, &rest)) != OK)
        return e;
    len = strcspn(rest, "/?");
    if ((e = read_authority(text, rest, len, &t)) != OK)
        return e;
    if (t.raw && strcmp(rest + len + (rest[len] == '/'), "?pjl") == 0) {
        t.pjl = 1;
        len += strlen(rest + len);
    }
    if (rest[len] == '?')
        return complain(text, "only ?pjl may stand behind the host of socket://");
    if (strlen(rest + len) >= sizeof t.path || rest[len + strcspn(rest + len, " \"<>\\^`{|}#")] != '\0')
        return complain(text, "the path is too long, or holds a blank or another character that no URI has");
    if (strcmp(rest + len, "/") != 0)
        memcpy(t.path, rest + len, strlen(rest + len) + 1);
    if (t.raw && t.path[0] != '\0')
        return complain(text, "a raw printer has no path");
    if (t.raw && t.port == 0)
        t.port = TARGET_PORT_RAW;
    *out = t;
    return OK;
}

enum err target_uri(const struct target *t, const char *scheme, char out[static PRINTER_URI_SIZE])
{
    const int v6 = strchr(t->host, ':') != NULL;
    const int n = snprintf(out, PRINTER_URI_SIZE, "%s://%s%s%s:%u%s%s", scheme, v6 ? "[" : "", t->host, v6 ? "]" : "",
                           (unsigned)t->port, t->path, t->pjl ? "?pjl" : "");

    return n >= 0 && n < PRINTER_URI_SIZE ? OK : ERR_LIMIT;
}
