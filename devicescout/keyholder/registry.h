/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry: what the keyholder knows besides its secrets: the bulletin with epochs, relays, device scouts and policy;
 * nodes, codes and printers. One file, replaced whole, so a change and the bulletin that tells of it come together or
 * not at all. A change is made on a copy (change.h); what is in memory is always what is on disk.
 */
#ifndef KEYHOLDER_REGISTRY_H
#define KEYHOLDER_REGISTRY_H

#include "devicescout/audit_chain.h"
#include "proto/bulletin.h"
#include "proto/join.h"
#include "proto/keyholder.h"

#define REGISTRY_FILE      "registry"
#define REGISTRY_NODES_MAX 20000
#define REGISTRY_CODES_MAX 1024 /* their doors fit one frame */

struct registry_node {
    struct id node;
    uint8_t sign_public[KEY_LEN];
    uint8_t box_public[KEY_LEN];
    uint8_t roles;
    uint16_t serial;          /* of its latest certificate; older ones are refused */
    char person[PERSON_SIZE]; /* "": shared */
    uint64_t joined_unix_ms;
    uint8_t code_id[CODE_ID_LEN];
    uint8_t revoked;
};

struct registry_code { /* holds a secret, so codes live in locked memory */
    uint8_t code_id[CODE_ID_LEN];
    uint8_t code_key[KEY_LEN];
    uint8_t door[DOOR_LEN];
    char person[PERSON_SIZE];
    uint8_t roles;
    uint64_t expires_unix_ms;
    uint32_t uses_left;
};

struct registry {
    struct bulletin bulletin; /* as it was signed; revoked nodes are in it too */
    uint8_t *signed_bulletin;
    size_t signed_len;
    uint64_t audit_from[BULLETIN_EPOCHS_MAX]; /* the audit line at which each epoch begins */
    struct audit_mark audit;                  /* how long the audit chain is at the least */
    struct registry_node *nodes;
    size_t nodes_len;
    struct registry_code *codes; /* secret_new */
    size_t codes_len;
    struct printer *printers;
    size_t printers_len;
};

MUST_USE enum err registry_new(struct registry **out); /* empty */
MUST_USE enum err registry_copy(const struct registry *r, struct registry **out);
void registry_free(struct registry *r); /* NULL is fine */

/* Each returns NULL when there is none. What they point to lives until the next change. */
struct registry_node *registry_node(const struct registry *r, struct id node);
struct registry_code *registry_code(const struct registry *r, const uint8_t code_id[static CODE_ID_LEN]);
struct printer *registry_printer(const struct registry *r, struct id printer);
struct printer *registry_printer_named(const struct registry *r, const char *name);
const struct bulletin_epoch *registry_epoch(const struct registry *r, uint32_t number);

/* ERR_FULL; ERR_NOMEM. The caller has looked that it is not there. */
MUST_USE enum err registry_add_node(struct registry *r, const struct registry_node *n);
MUST_USE enum err registry_add_code(struct registry *r, const struct registry_code *c);
MUST_USE enum err registry_add_printer(struct registry *r, const struct printer *p);
void registry_remove_printer(struct registry *r, struct id printer);

/* Is this code still good at that time? */
int registry_code_is_open(const struct registry_code *c, uint64_t now_unix_ms);
/* Forget expired codes, and with used_up those that have let in all they may. A node whose answer was lost asks again,
 * so a used code is better kept while there is room. */
void registry_drop_codes(struct registry *r, uint64_t now_unix_ms, int used_up);

/* The file "registry" in the state folder. */
MUST_USE enum err registry_save(const struct registry *r, int dirfd);
/* ERR_NOTFOUND; ERR_FORMAT damaged; ERR_AUTH another site's. */
MUST_USE enum err registry_load(int dirfd, struct id site, struct registry **out);

#endif
