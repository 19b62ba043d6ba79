/* SPDX-License-Identifier: Apache-2.0 */
/* link_ops: what a link needs of a relay's client. link_new() gives it relay.h; tests give it a relay in memory. */
#ifndef PROTO_LINK_OPS_H
#define PROTO_LINK_OPS_H

#include "proto/link.h"

struct link_ops { /* as in relay.h */
    enum err (*relay_new)(const struct relay_opts *opts, struct relay **out);
    void (*relay_free)(struct relay *r);
    enum err (*relay_append)(struct relay *r, struct id recipient, struct id message, const uint8_t *sealed,
                             size_t len);
    enum err (*relay_read)(struct relay *r, uint64_t *cursor, relay_read_fn *fn, void *arg);
    void (*relay_stop)(struct relay *r);
    enum err (*relay_acknowledge)(struct relay *r, uint64_t cursor);
    unsigned resend_ms; /* wait before the first repeat of a message that is not acknowledged */
};

/* link_new() with another relay's client. ops is static. */
MUST_USE enum err link_new_with(const struct link_opts *opts, const struct link_ops *ops, struct link **out);

#endif
