/* SPDX-License-Identifier: Apache-2.0 */
/* op_join: invitations, and the nodes that come with them. */
#include <string.h>

#include "crypto/label.h"
#include "devicescout/keyholder/ask.h"

#define HOUR_MS     (UINT64_C(60) * 60 * 1000)
#define HOURS_ONE   24         /* a code that lets one node in */
#define HOURS_FLEET (365 * 24) /* one that goes into a disk image */
#define USES_MOST   REGISTRY_NODES_MAX

struct invite {
    char person[PERSON_SIZE];
    uint8_t roles;
    uint32_t hours, uses;
};

static enum err read_invite(struct ask *a, struct invite *i)
{
    struct rbuf b = rbuf_of(a->body, a->len);

    if (rbuf_text16(&b, i->person, sizeof i->person) != OK || rbuf_u8(&b, &i->roles) != OK ||
        rbuf_u32(&b, &i->hours) != OK || rbuf_u32(&b, &i->uses) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-an-invite", "The request is not what its format allows.");
    if (i->roles == 0 || (i->roles & ~(ROLE_ORIGIN | ROLE_DELIVER)) != 0)
        return ask_refuse(a, ERR_FORMAT, "roles", "An invitation is for a workstation, a courier or both.");
    if (i->uses == 0 || i->uses > USES_MOST)
        return ask_refuse(a, ERR_LIMIT, "uses", "A code may be used from once to 20,000 times.");
    if (i->hours == 0 || i->hours > (i->uses == 1 ? HOURS_ONE : HOURS_FLEET))
        return ask_refuse(a, ERR_LIMIT, "hours",
                          "A code for one node is good for up to 24 hours, one for many for up to a year.");
    if (a->k->registry->bulletin.relays_len == 0)
        return ask_refuse(a, ERR_STATE, "no-relay", "No relay is set: run `devicescout relay set URL` first.");
    return OK;
}

/* Everything of a new code; code and invitation are in locked memory of the caller's. */
static enum err make_code(const struct ask *a, const struct invite *i, struct registry_code *code,
                          struct invitation *invitation)
{
    const struct bulletin *b = &a->k->registry->bulletin;
    struct join_keys *keys;
    enum err e;

    if ((keys = secret_new(sizeof *keys)) == NULL)
        return ERR_NOMEM;
    secret_random(invitation->secret, CODE_SECRET_LEN);
    invitation->site = a->k->site;
    invitation->bulletin_least = b->version;
    memcpy(invitation->relay_url, b->relays[0].url, sizeof invitation->relay_url);
    memcpy(invitation->relay_pin, b->relays[0].pin, PIN_LEN);
    if ((e = join_derive(invitation->secret, a->k->site, keys)) == OK) {
        memcpy(code->code_id, keys->code_id, CODE_ID_LEN);
        memcpy(code->code_key, keys->code_key, KEY_LEN);
        memcpy(code->door, keys->door, DOOR_LEN);
        memcpy(code->person, i->person, sizeof code->person);
        code->roles = i->roles;
        code->expires_unix_ms = a->now_unix_ms + i->hours * HOUR_MS;
        code->uses_left = i->uses;
    }
    secret_free(keys);
    return e;
}

/* Takes the code into the registry; audited by its id. */
static enum err keep_code(struct ask *a, const struct registry_code *code)
{
    struct registry *next = NULL;
    char id[2 * CODE_ID_LEN + 1], person[3 * PERSON_SIZE];
    enum err e;

    hex_write(code->code_id, CODE_ID_LEN, id);
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    registry_drop_codes(next, a->now_unix_ms, 0);
    if (next->codes_len == REGISTRY_CODES_MAX)
        registry_drop_codes(next, a->now_unix_ms, 1);
    if ((e = registry_add_code(next, code)) != OK) {
        registry_free(next);
        return ask_refuse(a, e, "codes-full", "There are 1,024 open codes already.");
    }
    if ((e = audit_add(a->k->audit, "invite", "code=%s roles=%u uses=%u expires_unix_ms=%llu person=%s", id,
                       (unsigned)code->roles, (unsigned)code->uses_left, (unsigned long long)code->expires_unix_ms,
                       audit_escape(code->person, person, sizeof person))) != OK) {
        registry_free(next);
        return e;
    }
    return keeper_commit(a->k, next, 0);
}

enum err op_invite(struct ask *a)
{
    struct { /* all of it secret until the answer is written */
        struct registry_code code;
        struct invitation invitation;
        char text[CODE_TEXT_MAX];
    } *s = NULL;
    struct invite i;
    enum err e;

    if ((e = read_invite(a, &i)) != OK)
        return e;
    if ((s = secret_new(sizeof *s)) == NULL)
        return ERR_NOMEM;
    if ((e = make_code(a, &i, &s->code, &s->invitation)) == OK &&
        (e = invitation_write(&s->invitation, s->text)) == OK && (e = keep_code(a, &s->code)) == OK)
        e = wbuf_text16(a->out, s->text);
    secret_free(s);
    return e;
}

/* The code that the request was made with, still good. */
static enum err check_code(struct ask *a, const struct join_request *r, const struct registry_code **out)
{
    const struct registry_code *code = registry_code(a->k->registry, r->code_id);
    char id[2 * CODE_ID_LEN + 1];

    hex_write(r->code_id, CODE_ID_LEN, id);
    ask_about_text(a, "code", id);
    ask_about(a, "node", verify_key_id(r->sign_public));
    if (!id_equal(r->site, a->k->site))
        return ask_refuse(a, ERR_REFUSED, "other-site", "The request is for another site.");
    if (code == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "code-unknown", "The code is not known: it has expired or was withdrawn.");
    if (join_request_check(a->body, a->len, code->code_key) != OK)
        return ask_refuse(a, ERR_AUTH, "mac", "The request was not made with that code.");
    *out = code;
    return OK;
}

/* A node whose answer was lost asks again with the same keys and code: it is the same node, and the code is not used
 * up by it. */
static int is_same(const struct registry_node *n, const struct join_request *r)
{
    return n != NULL && !n->revoked && memcmp(n->code_id, r->code_id, CODE_ID_LEN) == 0 &&
           memcmp(n->box_public, r->box_public, KEY_LEN) == 0;
}

static enum err admit(struct ask *a, const struct join_request *r, const struct registry_code *code)
{
    struct registry *next = NULL;
    struct registry_node n = {.roles = code->roles, .joined_unix_ms = a->now_unix_ms, .serial = 1};
    char node[ID_HEX_SIZE], id[2 * CODE_ID_LEN + 1], person[3 * PERSON_SIZE];
    enum err e;

    n.node = verify_key_id(r->sign_public);
    memcpy(n.sign_public, r->sign_public, KEY_LEN);
    memcpy(n.box_public, r->box_public, KEY_LEN);
    memcpy(n.person, code->person, sizeof n.person);
    memcpy(n.code_id, code->code_id, CODE_ID_LEN);
    hex_write(code->code_id, CODE_ID_LEN, id);
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    registry_code(next, code->code_id)->uses_left--;
    if ((e = registry_add_node(next, &n)) != OK)
        goto out;
    if ((e = audit_add(a->k->audit, "join", "node=%s code=%s roles=%u serial=%u person=%s", id_text(n.node, node), id,
                       (unsigned)n.roles, (unsigned)n.serial, audit_escape(n.person, person, sizeof person))) != OK)
        goto out;
    e = keeper_commit(a->k, next, 0);
    next = NULL; /* keeper_commit took it */
out:
    registry_free(next);
    return e;
}

static enum err answer_join(struct ask *a, struct id node, const uint8_t door[static DOOR_LEN])
{
    const struct registry_node *n = registry_node(a->k->registry, node);
    struct certificate c = {.site = a->k->site, .roles = n->roles, .serial = n->serial};
    enum err e;

    memcpy(c.sign_public, n->sign_public, KEY_LEN);
    memcpy(c.box_public, n->box_public, KEY_LEN);
    if ((e = certificate_write(&c, a->out)) != OK ||
        (e = RECORD_SIGN(a->out, LABEL_CERTIFICATE, a->k->site_secret)) != OK ||
        (e = wbuf_text16(a->out, n->person)) != OK)
        return e;
    return wbuf_copy(a->out, door, DOOR_LEN);
}

enum err op_join(struct ask *a)
{
    const struct registry_code *code = NULL;
    const struct registry_node *known;
    struct join_request r;
    uint8_t door[DOOR_LEN];
    enum err e;

    if ((e = join_request_read(a->body, a->len, &r)) != OK)
        return ask_refuse(a, e, "not-a-join", "That is not a join request.");
    if ((e = check_code(a, &r, &code)) != OK)
        return e;
    memcpy(door, code->door, DOOR_LEN); /* the code moves with the registry */
    known = registry_node(a->k->registry, verify_key_id(r.sign_public));
    if (known != NULL && known->revoked)
        return ask_refuse(a, ERR_REFUSED, "node-revoked", "The node is revoked; it needs new keys to join again.");
    if (bulletin_scout(&a->k->registry->bulletin, verify_key_id(r.sign_public)) != NULL)
        return ask_refuse(a, ERR_REFUSED, "device-scout", "A device scout's keys cannot join as a courier's.");
    /* The request proves the code, not the keys: devicescout saw that they were used, and we do not believe it. With a
     * code of its own it could else make anybody's computer another person's. */
    if (known != NULL && !is_same(known, &r))
        return ask_refuse(a, ERR_EXISTS, "node-known", "These keys have joined already; joining again needs new ones.");
    if (known == NULL) {
        if (!registry_code_is_open(code, a->now_unix_ms))
            return ask_refuse(a, ERR_EXPIRED, "code-over", "The code has expired or is used up.");
        if ((e = admit(a, &r, code)) != OK)
            return e;
    }
    return answer_join(a, verify_key_id(r.sign_public), door);
}
