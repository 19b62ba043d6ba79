/* SPDX-License-Identifier: Apache-2.0 */
/* owner: see owner.h. */
#include "printscout/queue/owner.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "printscout/queue/owner_tcp.h"
#include "printscout/queue/people.h"

static enum err owner_of_unix(int fd, uint32_t *uid)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return ERR_IO;
    if (peer.pid == 0 || peer.uid == (uid_t)-1) /* nobody connected: a socketpair half, or another namespace */
        return ERR_REFUSED;
    *uid = peer.uid;
    return OK;
}

static enum err ask_kernel(int fd, uint32_t *uid)
{
    struct sockaddr_storage ours, peer;
    socklen_t ours_len = sizeof ours, peer_len = sizeof peer;

    memset(&ours, 0, sizeof ours);
    memset(&peer, 0, sizeof peer);
    if (getsockname(fd, (struct sockaddr *)&ours, &ours_len) != 0)
        return ERR_IO;
    if (ours.ss_family == AF_UNIX)
        return owner_of_unix(fd, uid);
    if (ours.ss_family != AF_INET && ours.ss_family != AF_INET6)
        return ERR_UNSUPPORTED;
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) != 0)
        return errno == ENOTCONN ? ERR_REFUSED : ERR_IO;
    return owner_of_tcp(&ours, &peer, uid);
}

enum err owner_of_socket(int fd, uint32_t *uid)
{
    const enum err e = ask_kernel(fd, uid);

    /* Such a uid would be the number of somebody who prints over the network. */
    return e == OK && people_is_number(*uid) ? ERR_REFUSED : e;
}

enum err owner_account(uint32_t uid, char out[static ACCOUNT_SIZE])
{
    struct passwd entry, *found = NULL;
    char text[4096];
    size_t len;

    if (getpwuid_r(uid, &entry, text, sizeof text, &found) != 0 || found == NULL)
        return ERR_NOTFOUND;
    len = strlen(found->pw_name);
    if (len == 0 || len >= ACCOUNT_SIZE || !text_is_clean(found->pw_name, len))
        return ERR_NOTFOUND;
    memcpy(out, found->pw_name, len + 1);
    return OK;
}

enum err owner_uid(const char *account, uint32_t *uid)
{
    struct passwd entry, *found = NULL;
    char text[4096];

    if (getpwnam_r(account, &entry, text, sizeof text, &found) != 0 || found == NULL)
        return ERR_NOTFOUND;
    *uid = found->pw_uid;
    return OK;
}
