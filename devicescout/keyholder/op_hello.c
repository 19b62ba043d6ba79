/* SPDX-License-Identifier: Apache-2.0 */
/* op_hello: what devicescout learns from messages: who says hello, and what a description says. */
#include <string.h>

#include "devicescout/keyholder/ask.h"
#include "devicescout/keyholder/open_job.h"

enum err op_describe(struct ask *a)
{
    struct open_job *job = NULL;
    enum err e;

    if ((e = open_job(a, a->body, a->len, &job)) != OK)
        return e;
    if ((e = wbuf_u32(a->out, job->d.number)) == OK &&
        (e = wbuf_copy(a->out, job->d.payload_prefix, CHUNKED_PREFIX_LEN)) == OK &&
        (e = wbuf_u64(a->out, job->d.payload_len)) == OK && (e = wbuf_text16(a->out, job->owner)) == OK)
        e = wbuf_copy(a->out, job->d.ticket, job->d.ticket_len);
    secret_free(job);
    return e;
}

/* Is the certificate the one that the registry knows this node by? */
static enum err check_node(struct ask *a, const struct certificate *c, const struct registry_node **out)
{
    const struct registry_node *n = registry_node(a->k->registry, c->node);

    ask_about(a, "node", c->node);
    if ((c->roles & (ROLE_ORIGIN | ROLE_DELIVER)) == 0)
        return ask_refuse(a, ERR_REFUSED, "no-courier", "That certificate is not a courier's.");
    if (n == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "node-unknown", "No such node is registered.");
    if (n->revoked)
        return ask_refuse(a, ERR_REFUSED, "node-revoked", "The node is revoked.");
    if (n->serial != c->serial || n->roles != c->roles || memcmp(n->box_public, c->box_public, KEY_LEN) != 0)
        return ask_refuse(a, ERR_STALE, "certificate-old", "The node has a newer certificate.");
    *out = n;
    return OK;
}

enum err op_hello(struct ask *a)
{
    const struct registry_node *n = NULL;
    struct hello hello;
    enum err e;

    if ((e = hello_read(a->body, a->len, a->k->site_public, &hello)) != OK)
        return ask_refuse(a, e, "hello-does-not-check", "The hello is not of a node of this site.");
    if ((e = check_node(a, &hello.certificate, &n)) != OK)
        return e;
    if ((e = hellos_take(a->k->hellos, &hello, a->now_boot_ms)) != OK)
        return ask_refuse(a, e, e == ERR_STALE ? "hello-stale" : err_name(e),
                          e == ERR_STALE ? "The node has said a later hello." : err_text(e));
    if ((e = wbuf_id(a->out, n->node)) != OK || (e = wbuf_text16(a->out, n->person)) != OK)
        return e;
    return wbuf_u8(a->out, n->roles);
}
