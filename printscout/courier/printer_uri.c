/* SPDX-License-Identifier: Apache-2.0 */
/* printer_uri: a strict reader. What it does not know is refused, so that curl never sees a user name or a fragment. */
#include "printscout/courier/printer_uri.h"

#include <stdio.h>
#include <string.h>

#include "printscout/courier/format.h"

#define HOST_BYTES     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define IPV6_BYTES     "0123456789abcdefABCDEF:."
#define LANGUAGE_BYTES "abcdefghijklmnopqrstuvwxyz0123456789-"
#define PATH_BYTES     HOST_BYTES "/~!$&'()*+,;=:%?"

static enum err copy(char *out, const char *from, size_t len)
{
    if (len == 0 || len >= PRINTER_URI_SIZE)
        return ERR_FORMAT;
    memcpy(out, from, len);
    out[len] = '\0';
    return OK;
}

/* *at moves behind the host. */
static enum err read_host(const char **at, struct printer_uri *u)
{
    int v6 = **at == '[';
    size_t len;

    *at += v6;
    len = strspn(*at, v6 ? IPV6_BYTES : HOST_BYTES);
    if (copy(u->host, *at, len) != OK)
        return ERR_FORMAT;
    *at += len;
    if (!v6)
        return OK;
    return *(*at)++ == ']' && strchr(u->host, ':') != NULL ? OK : ERR_FORMAT;
}

static enum err read_port(const char **at, struct printer_uri *u)
{
    unsigned port = 0;
    int digits = 0;

    if (**at != ':')
        return OK;
    for (++*at; **at >= '0' && **at <= '9' && digits < 6; ++*at, digits++)
        port = port * 10 + (unsigned)(**at - '0');
    if (digits == 0 || port == 0 || port > UINT16_MAX)
        return ERR_FORMAT;
    u->port = (uint16_t)port;
    return OK;
}

/* What stands behind the host and port of a raw printer. */
static enum err read_raw(const char *at, struct printer_uri *u)
{
    static const struct {
        const char *language, *format;
    } languages[] = {{"pdf", FORMAT_PDF}, {"pwg-raster", FORMAT_PWG}, {"pcl", FORMAT_PCL}, {"postscript", FORMAT_PS}};
    static const char pjl[] = "?pjl", language[] = "language=";

    at += *at == '/';
    u->pjl = strncmp(at, pjl, strlen(pjl)) == 0;
    if (u->pjl)
        at += strlen(pjl);
    if (*at == '\0')
        return OK;
    if (*at != (u->pjl ? '&' : '?') || strncmp(at + 1, language, strlen(language)) != 0)
        return ERR_FORMAT;
    at += 1 + strlen(language);
    for (size_t i = 0; i < sizeof languages / sizeof *languages && u->format == NULL; i++) {
        if (strcmp(languages[i].language, at) == 0)
            u->format = languages[i].format;
    }
    return *at != '\0' && strspn(at, LANGUAGE_BYTES) == strlen(at) ? OK : ERR_FORMAT;
}

enum err printer_uri_read(const char *uri, enum delivery_protocol protocol, struct printer_uri *out)
{
    const char *scheme = protocol == DELIVERY_IPPS ? "ipps://" : "socket://";
    struct printer_uri u = {.port = protocol == DELIVERY_IPPS ? 631 : 9100};
    const char *at = uri + strlen(scheme);

    if (strncmp(uri, scheme, strlen(scheme)) != 0 || read_host(&at, &u) != OK || read_port(&at, &u) != OK)
        return ERR_FORMAT;
    if (protocol == DELIVERY_RAW) {
        if (read_raw(at, &u) != OK)
            return ERR_FORMAT;
    } else if (*at == '\0') {
        strcpy(u.path, "/");
    } else if (*at != '/' || strspn(at, PATH_BYTES) != strlen(at) || copy(u.path, at, strlen(at)) != OK) {
        return ERR_FORMAT;
    }
    *out = u;
    return OK;
}

const char *printer_uri_url(const struct printer_uri *u, char out[static PRINTER_URL_SIZE])
{
    int v6 = strchr(u->host, ':') != NULL;

    snprintf(out, PRINTER_URL_SIZE, "https://%s%s%s:%u%s", v6 ? "[" : "", u->host, v6 ? "]" : "", u->port, u->path);
    return out;
}
