/* SPDX-License-Identifier: Apache-2.0 */
/* link_world: a courier and a device scout, each with a link, and between them a relay in memory that misbehaves as
 * told. */
#ifndef TESTS_UNIT_LINK_WORLD_H
#define TESTS_UNIT_LINK_WORLD_H

#include "tests/unit/fake_relay.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/scratch.h"

#define MESSAGES 10000

struct side { /* one end of the link, and what it saw */
    struct world *world;
    const struct node_keys *keys;
    struct link *link;
    struct scratch *state;
    unsigned handed[MESSAGES]; /* by the number in the body */
    size_t handed_len, acked_len, refused_len;
    unsigned next; /* to send */
    unsigned ups;
    enum err answer; /* what on_message says */
    enum err last_result;
    uint64_t last_seen;
};

struct world {
    struct fixture *fixture;
    struct loop *loop;
    struct side courier, scout;
    int (*is_over)(const struct world *w);
    int timed_out;
    enum message_type type; /* what the courier sends */
};

/* For cmocka: set up and tear down. */
int world_new(void **state);
int world_free(void **state);

/* Both ends connect to a relay of this malice. */
void world_start(struct world *w, const struct fake_malice *malice);

/* One end connects; world_start() does it for both. */
void side_start(struct world *w, struct side *s, const struct node_keys *keys, const uint8_t *certificate);

/* Let the loop run until is_over, or until it is clear that this will not be. */
void world_run_until(struct world *w, int (*is_over)(const struct world *));

/* Send a number to the other end. */
enum err side_send(struct side *s, enum message_type type, uint32_t number, link_ack_fn *fn, struct id *out);
void side_send_next(struct side *s);

/* For side_send: counts, and sends the next number. */
void side_on_ack(void *arg, struct id message, enum err result);

#endif
