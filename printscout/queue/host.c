/* SPDX-License-Identifier: Apache-2.0 */
/* host: see host.h. */
#include "printscout/queue/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define HOST_SIZE 256

/* "name:port" or "[address]:port" without port and brackets, copied to out. 0: not of that form. */
static int split(const char *header, char out[static HOST_SIZE])
{
    const char *end, *port;
    size_t len;

    if (header[0] == '[') {
        header++;
        end = strchr(header, ']');
        port = end != NULL ? end + 1 : NULL;
    } else {
        end = header + strcspn(header, ":");
        port = end;
    }
    if (end == NULL || (len = (size_t)(end - header)) == 0 || len >= HOST_SIZE)
        return 0;
    if (*port == ':')
        port += 1 + strspn(port + 1, "0123456789");
    if (*port != '\0')
        return 0;
    memcpy(out, header, len);
    out[len] = '\0';
    return 1;
}

static int is_loopback(const char *text)
{
    struct in_addr in;
    struct in6_addr in6;

    if (inet_pton(AF_INET, text, &in) == 1)
        return ntohl(in.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, text, &in6) == 1 && IN6_IS_ADDR_LOOPBACK(&in6);
}

int host_is_ours(const char *header, const char *name)
{
    char host[HOST_SIZE];
    const size_t name_len = strcspn(name, "."); /* DNS-SD adds ".local" to the first part */
    size_t len;

    if (header == NULL || !split(header, host))
        return 0;
    len = strlen(host);
    if (len > 1 && host[len - 1] == '.')
        host[--len] = '\0';
    if (is_loopback(host) || strcasecmp(host, "localhost") == 0 || strcasecmp(host, name) == 0)
        return 1;
    return len == name_len + 6 && strncasecmp(host, name, name_len) == 0 && strcasecmp(host + name_len, ".local") == 0;
}
