/* SPDX-License-Identifier: Apache-2.0 */
/* nodes: list them, take one out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/node_list.h"
#include "devicescout/verbs.h"

static json_t *node_json(const struct listed_node *n)
{
    char node[ID_HEX_SIZE], code[2 * CODE_ID_LEN + 1];

    hex_write(n->code_id, CODE_ID_LEN, code);
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:I, s:s, s:b}", "node", id_text(n->node, node), "person", n->person,
                     "shared", n->person[0] == '\0', "origin", (n->roles & ROLE_ORIGIN) != 0, "deliver",
                     (n->roles & ROLE_DELIVER) != 0, "joined_unix_ms", (json_int_t)n->joined_unix_ms, "code", code,
                     "revoked", (int)n->revoked);
}

static enum err print_json(const struct node_list *l)
{
    json_t *array = json_array();

    for (size_t i = 0; i < l->len; i++) {
        if (json_array_append_new(array, node_json(&l->nodes[i])) != 0) {
            json_decref(array);
            return ERR_NOMEM;
        }
    }
    return admin_print_json(json_pack("{s:o}", "nodes", array));
}

static void print_table(const struct node_list *l)
{
    if (l->len == 0)
        printf("No node has joined. Invite one: devicescout invite --for PERSON\n");
    for (size_t i = 0; i < l->len; i++) {
        const struct listed_node *n = &l->nodes[i];
        char node[ID_HEX_SIZE], code[2 * CODE_ID_LEN + 1], joined[32];

        hex_write(n->code_id, CODE_ID_LEN, code);
        printf("%s  %-20s  %s%s  joined %s  code %s%s\n", id_text(n->node, node),
               n->person[0] != '\0' ? n->person : "(shared)", n->roles & ROLE_ORIGIN ? "origin" : "",
               n->roles & ROLE_DELIVER ? "+deliver" : "", admin_time(n->joined_unix_ms, joined, sizeof joined), code,
               n->revoked ? "  REVOKED" : "");
    }
}

enum err verb_nodes(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    int json = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--json]", "List workstations and couriers.", args};
    struct node_list l = {NULL, 0};
    struct admin *a = NULL;
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK || (e = admin_open(config, &a)) != OK ||
        (e = node_list_get(a, &l)) != OK)
        goto out;
    if (json)
        e = print_json(&l);
    else
        print_table(&l);
out:
    node_list_free(&l);
    admin_close(a);
    return e;
}

/* The one node whose id begins so. */
static enum err find_node(struct admin *a, const char *prefix, struct id *out)
{
    struct node_list l = {NULL, 0};
    size_t found = 0;
    enum err e;

    if ((e = node_list_get(a, &l)) != OK)
        return e;
    for (size_t i = 0; i < l.len; i++) {
        char node[ID_HEX_SIZE];

        if (strncmp(id_text(l.nodes[i].node, node), prefix, strlen(prefix)) == 0) {
            *out = l.nodes[i].node;
            found++;
        }
    }
    node_list_free(&l);
    if (found == 1)
        return OK;
    fprintf(stderr,
            found == 0 ? "No node's id begins with '%s'. See them all: devicescout nodes\n"
                       : "More than one node's id begins with '%s': give more of it.\n",
            prefix);
    return found == 0 ? ERR_NOTFOUND : ERR_CONFIG;
}

enum err verb_revoke(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "NODE",
                                "Revoke a node, by its id or what is unique of it: its jobs are released no more, and "
                                "it delivers nothing.",
                                args};
    char text[ID_HEX_SIZE];
    struct admin *a = NULL;
    struct id node;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        goto out;
    if (count != 1 || strlen(operands[0]) < 4) {
        fprintf(stderr, "%s: say which node, by at least 4 digits of its id\n", argv[0]);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_open(config, &a)) != OK || (e = find_node(a, operands[0], &node)) != OK ||
        (e = admin_ask(a, KH_REVOKE, node.b, ID_LEN)) != OK)
        goto out;
    printf("Node %s is revoked; the next bulletin tells everybody.\n", id_text(node, text));
out:
    admin_close(a);
    return e;
}
