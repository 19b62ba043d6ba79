/* SPDX-License-Identifier: Apache-2.0 */
/* nodes: the couriers that devicescout has heard of: their keys, whose they are, and how far each list was read. On the
 * loop's thread. */
#ifndef DEVICESCOUT_JOBS_NODES_H
#define DEVICESCOUT_JOBS_NODES_H

#include "proto/certificate.h"
#include "proto/link.h"
#include "proto/order.h"

#define NODE_PARTS_MAX  256 /* parts of one list: 256 * 1024 jobs on one node */
#define NODE_WANTED_MAX 512 /* jobs that one round asks for; the rest in the next */

struct node {
    struct link_peer peer;
    uint8_t certificate[CERTIFICATE_LEN];
    int introduced;           /* a hello of it was accepted since this process started */
    char person[PERSON_SIZE]; /* whose its every job is; "": shared */
    uint8_t roles;
    uint64_t hello_sequence; /* of the newest hello; an older one is a repetition */

    /* The round in which it says again what it holds; see sync.h. */
    int synced;
    int asking;             /* a sync is on its way */
    struct id nonce;        /* that its lists must echo */
    struct id message;      /* the sync, until the lists are complete */
    uint64_t list_sequence; /* of the complete list's first part: an older announcement says nothing new */
    uint16_t parts;
    uint8_t seen[NODE_PARTS_MAX];
    size_t seen_len;
    uint64_t round;  /* its number; a job that was named carries it */
    unsigned rounds; /* in a row, because some jobs were not known */
    struct {
        struct id job;
        uint32_t digest;
    } wanted[NODE_WANTED_MAX]; /* listed, and not known like that */
    size_t wanted_len;
};

struct nodes;

MUST_USE enum err nodes_new(size_t max, struct nodes **out);
void nodes_free(struct nodes *n);

/* NULL: not known. */
struct node *nodes_find(struct nodes *n, struct id id);
/* Add or refresh by a certificate that was checked. ERR_FULL; ERR_NOMEM. */
MUST_USE enum err nodes_put(struct nodes *n, const uint8_t bytes[static CERTIFICATE_LEN], const struct certificate *c,
                            struct node **out);

typedef void nodes_each_fn(void *arg, struct node *node);
void nodes_each(struct nodes *n, nodes_each_fn *fn, void *arg);

#endif
