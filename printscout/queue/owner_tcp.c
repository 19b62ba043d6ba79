/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner_tcp: one question over sock_diag(7), with the connection's exact four-tuple. The kernel answers from its hash
 * table, however many sockets there are.
 */
#include "printscout/queue/owner_tcp.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
};

static void put_address(const struct sockaddr_storage *from, __be16 *port, __be32 out[4])
{
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)from;

        *port = in->sin_port;
        memcpy(out, &in->sin_addr, sizeof in->sin_addr);
    } else {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

        *port = in6->sin6_port;
        memcpy(out, &in6->sin6_addr, sizeof in6->sin6_addr);
    }
}

static enum err ask(int netlink, const struct sockaddr_storage *ours, const struct sockaddr_storage *peer)
{
    struct question q = {
        .head = {.nlmsg_len = sizeof q, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = (__u8)ours->ss_family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u},
    };
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

    /* The socket in question is the client's: its own end is what we call the peer. */
    put_address(peer, &q.body.id.idiag_sport, q.body.id.idiag_src);
    put_address(ours, &q.body.id.idiag_dport, q.body.id.idiag_dst);
    q.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    q.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (sendto(netlink, &q, sizeof q, 0, (const struct sockaddr *)&kernel, sizeof kernel) != (ssize_t)sizeof q)
        return ERR_IO;
    return OK;
}

/* The kernel answers before sendto returns; nobody else can send to a netlink socket that only asks the kernel. */
static enum err read_answer(int netlink, struct inet_diag_msg *out)
{
    union {
        struct nlmsghdr head;
        char bytes[4096];
    } answer;
    struct nlmsgerr error;
    ssize_t n;

    while ((n = recv(netlink, &answer, sizeof answer, MSG_DONTWAIT)) < 0 && errno == EINTR)
        ;
    if (n < (ssize_t)sizeof answer.head || !NLMSG_OK(&answer.head, (size_t)n))
        return ERR_IO;
    if (answer.head.nlmsg_type == NLMSG_ERROR && answer.head.nlmsg_len >= NLMSG_LENGTH(sizeof error)) {
        memcpy(&error, NLMSG_DATA(&answer.head), sizeof error);
        return error.error == -ENOENT ? ERR_REFUSED : ERR_IO;
    }
    if (answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY || answer.head.nlmsg_len < NLMSG_LENGTH(sizeof *out))
        return ERR_IO;
    memcpy(out, NLMSG_DATA(&answer.head), sizeof *out);
    return OK;
}

enum err owner_of_tcp(const struct sockaddr_storage *ours, const struct sockaddr_storage *peer, uint32_t *uid)
{
    struct inet_diag_msg found;
    __be16 port, found_port;
    __be32 address[4] = {0};
    enum err e = ERR_IO;
    int netlink;

    if ((netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) < 0)
        goto out;
    if ((e = ask(netlink, ours, peer)) != OK)
        goto out;
    if ((e = read_answer(netlink, &found)) != OK)
        goto out;
    /* A listener on the client's port would be found as well, if the connection itself is gone. */
    put_address(peer, &port, address);
    found_port = found.id.idiag_sport;
    e = ERR_REFUSED;
    if (found_port != port || memcmp(found.id.idiag_src, address, sizeof address) != 0)
        goto out;
    if (found.id.idiag_dport == 0)
        goto out;
    /* Closed by its owner: such a socket belongs to no file any more, and its uid reads as 0, which is root's. */
    if (found.idiag_inode == 0)
        goto out;
    *uid = found.idiag_uid;
    e = OK;
out:
    if (netlink >= 0)
        close(netlink);
    return e;
}
