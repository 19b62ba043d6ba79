/* SPDX-License-Identifier: Apache-2.0 */
/* node_list: the keyholder's nodes, asked for page by page. */
#ifndef FLEET_NODE_LIST_H
#define FLEET_NODE_LIST_H

#include "devicescout/fleet/admin.h"

struct listed_node {
    struct id node;
    uint8_t roles;
    char person[PERSON_SIZE];
    uint64_t joined_unix_ms;
    uint8_t code_id[CODE_ID_LEN];
    uint8_t revoked;
};

struct node_list {
    struct listed_node *nodes;
    size_t len;
};

/* Errors, after a sentence on standard error. */
MUST_USE enum err node_list_get(struct admin *a, struct node_list *out);
void node_list_free(struct node_list *l);

#endif
