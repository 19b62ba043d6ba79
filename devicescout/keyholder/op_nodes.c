/* SPDX-License-Identifier: Apache-2.0 */
/* op_nodes: take back what was let in: nodes and codes. The bulletin tells everybody. */
#include <string.h>

#include "crypto/label.h"
#include "devicescout/keyholder/ask.h"

/* As many revoked nodes as a bulletin can name. */
static enum err check_room(struct ask *a, size_t more)
{
    if (a->k->registry->bulletin.revoked_len + more > BULLETIN_REVOKED_MAX)
        return ask_refuse(a, ERR_FULL, "revoked-full", "A bulletin holds 3,000 revoked nodes; no more fit.");
    return OK;
}

static enum err revoke_one(struct ask *a, struct registry_node *n)
{
    char node[ID_HEX_SIZE], code[2 * CODE_ID_LEN + 1];

    n->revoked = 1;
    hex_write(n->code_id, CODE_ID_LEN, code);
    return audit_add(a->k->audit, "revoke", "node=%s code=%s", id_text(n->node, node), code);
}

enum err op_revoke(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    const struct registry_node *n;
    struct id node;
    enum err e;

    if (rbuf_id(&b, &node) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-node", "The request is not what its format allows.");
    ask_about(a, "node", node);
    if ((n = registry_node(a->k->registry, node)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "node-unknown", "No such node is registered.");
    if (n->revoked)
        return ask_refuse(a, ERR_EXISTS, "node-revoked", "The node is revoked already.");
    if ((e = check_room(a, 1)) != OK || (e = keeper_change(a->k, &next)) != OK)
        return e;
    if ((e = revoke_one(a, registry_node(next, node))) != OK) {
        registry_free(next);
        return e;
    }
    return keeper_commit(a->k, next, 1);
}

static size_t joined_by(const struct registry *r, const uint8_t code_id[static CODE_ID_LEN])
{
    size_t count = 0;

    for (size_t i = 0; i < r->nodes_len; i++)
        count += !r->nodes[i].revoked && memcmp(r->nodes[i].code_id, code_id, CODE_ID_LEN) == 0;
    return count;
}

/* The code is over, and every node that came by it is revoked. */
static enum err withdraw(struct ask *a, const uint8_t code_id[static CODE_ID_LEN], struct registry *next)
{
    struct registry_code *code = registry_code(next, code_id);
    char text[2 * CODE_ID_LEN + 1];
    enum err e;

    hex_write(code_id, CODE_ID_LEN, text);
    if ((e = audit_add(a->k->audit, "withdraw", "code=%s", text)) != OK)
        return e;
    if (code != NULL)
        code->expires_unix_ms = 0;
    registry_drop_codes(next, a->now_unix_ms, 0);
    for (size_t i = 0; e == OK && i < next->nodes_len; i++) {
        if (!next->nodes[i].revoked && memcmp(next->nodes[i].code_id, code_id, CODE_ID_LEN) == 0)
            e = revoke_one(a, &next->nodes[i]);
    }
    return e;
}

enum err op_withdraw(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    uint8_t code_id[CODE_ID_LEN];
    size_t count;
    enum err e;

    if (rbuf_copy(&b, code_id, CODE_ID_LEN) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-code", "The request is not what its format allows.");
    count = joined_by(a->k->registry, code_id);
    if (count == 0 && registry_code(a->k->registry, code_id) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "code-unknown", "There is no such code, and no node came by it.");
    if ((e = check_room(a, count)) != OK || (e = keeper_change(a->k, &next)) != OK)
        return e;
    if ((e = withdraw(a, code_id, next)) != OK) {
        registry_free(next);
        return e;
    }
    if ((e = keeper_commit(a->k, next, count > 0)) != OK)
        return e;
    return wbuf_u16(a->out, (uint16_t)count);
}

static enum err node_write(const struct registry_node *n, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_id(out, n->node)) != OK || (e = wbuf_u8(out, n->roles)) != OK ||
        (e = wbuf_text16(out, n->person)) != OK || (e = wbuf_u64(out, n->joined_unix_ms)) != OK ||
        (e = wbuf_copy(out, n->code_id, CODE_ID_LEN)) != OK)
        return e;
    return wbuf_u8(out, n->revoked);
}

/* A frame holds some hundreds; the rest is asked for by number. */
enum err op_nodes(struct ask *a)
{
    const struct registry *r = a->k->registry;
    struct rbuf b = rbuf_of(a->body, a->len);
    struct wbuf count_at;
    uint32_t from;
    uint16_t count = 0;
    enum err e;

    if (rbuf_u32(&b, &from) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-number", "The request is not what its format allows.");
    if ((e = wbuf_u32(a->out, (uint32_t)r->nodes_len)) != OK)
        return e;
    count_at = wbuf_of(a->out->start + a->out->len, 2);
    if ((e = wbuf_u16(a->out, 0)) != OK)
        return e;
    for (size_t i = from; i < r->nodes_len; i++) {
        const size_t before = a->out->len;

        if (node_write(&r->nodes[i], a->out) != OK) {
            a->out->len = before; /* the frame is full */
            break;
        }
        count++;
    }
    return wbuf_u16(&count_at, count);
}

/* A device scout is no node of the registry: the bulletin itself names it, with its keys. */
enum err op_scout_add(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct certificate c = {.site = a->k->site, .roles = ROLE_DEVICESCOUT, .serial = 1};
    struct registry *next = NULL;
    struct bulletin_scout *s;
    char node[ID_HEX_SIZE];
    enum err e;

    if (rbuf_copy(&b, c.sign_public, KEY_LEN) != OK || rbuf_copy(&b, c.box_public, KEY_LEN) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-keys", "The request is not what its format allows.");
    c.node = verify_key_id(c.sign_public);
    ask_about(a, "node", c.node);
    if (a->k->registry->bulletin.scouts_len >= BULLETIN_SCOUTS_MAX)
        return ask_refuse(a, ERR_FULL, "scouts-full", "A site has at most 8 device scouts.");
    if (bulletin_scout(&a->k->registry->bulletin, c.node) != NULL || registry_node(a->k->registry, c.node) != NULL)
        return ask_refuse(a, ERR_EXISTS, "node-known", "These keys are registered already.");
    if ((e = certificate_write(&c, a->out)) != OK ||
        (e = RECORD_SIGN(a->out, LABEL_CERTIFICATE, a->k->site_secret)) != OK)
        return e;
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    s = &next->bulletin.scouts[next->bulletin.scouts_len++];
    s->node = c.node;
    memcpy(s->sign_public, c.sign_public, KEY_LEN);
    memcpy(s->box_public, c.box_public, KEY_LEN);
    if ((e = audit_add(a->k->audit, "scout_add", "node=%s", id_text(c.node, node))) != OK) {
        registry_free(next);
        return e;
    }
    return keeper_commit(a->k, next, 1);
}
