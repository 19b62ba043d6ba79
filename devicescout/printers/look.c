/* SPDX-License-Identifier: Apache-2.0 */
/* look: find the printer, and say in a sentence why it could not be found. look_show.c prints what was. */
#include "devicescout/printers/look.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "devicescout/printers/dial.h"

#define RAW_MS 3000

static enum err complain(const struct target *t, enum err e)
{
    switch (e) {
    case ERR_NOTFOUND:
        fprintf(stderr, "There is no host '%s'.\n", t->host);
        break;
    case ERR_UNREACHABLE:
        fprintf(stderr, "%s does not answer on port %u.\n", t->host, (unsigned)t->port);
        break;
    case ERR_TIMEOUT:
        fprintf(stderr, "%s took too long on port %u.\n", t->host, (unsigned)t->port);
        break;
    case ERR_AUTH:
        fprintf(stderr, "%s:%u showed another certificate at the second look. Somebody may stand in between.\n",
                t->host, (unsigned)t->port);
        break;
    case ERR_PEER:
        fprintf(stderr,
                "%s:%u answers, but not as an IPP printer over TLS. A printer without: --raw, where policy "
                "allows it.\n",
                t->host, (unsigned)t->port);
        break;
    default:
        fprintf(stderr, "%s:%u: %s\n", t->host, (unsigned)t->port, err_text(e));
    }
    return e;
}

enum err look_tls(struct look *l)
{
    static const uint16_t usual[] = {631, 443};
    const uint16_t said[] = {l->target.port};
    const uint16_t *ports = l->target.port != 0 ? said : usual;
    const size_t count = l->target.port != 0 ? 1 : sizeof usual / sizeof *usual;
    enum err e = ERR_UNREACHABLE;

    for (size_t i = 0; i < count && e != OK; i++) {
        l->target.port = ports[i];
        e = tls_look(l->target.host, ports[i], clock_unix_ms(), &l->tls);
    }
    if (e != OK)
        return complain(&l->target, e);
    if (l->tls.flaws & TLS_OLD_VERSION) {
        look_print_tls(l, stderr);
        fprintf(stderr, "It speaks %s at most, which is broken; deliveries need TLS 1.2. Update its firmware.\n",
                l->tls.version);
        return ERR_REFUSED;
    }
    return OK;
}

enum err look_ipp(struct look *l, const char *name)
{
    const enum err e = ipp_look(&l->target, name, l->tls.pin, &l->ipp);

    return e == OK ? OK : complain(&l->target, e);
}

enum err look_raw(const struct target *t)
{
    int fd = -1;
    const enum err e = dial(t->host, t->port, RAW_MS, &fd);

    if (e != OK)
        return complain(t, e);
    close(fd);
    return OK;
}
