/* SPDX-License-Identifier: Apache-2.0 */
/* closed: the site's word that a job id is closed for ever. PROTOCOL.md, "Closed". */
#ifndef PROTO_CLOSED_H
#define PROTO_CLOSED_H

#include "proto/record.h"

#define CLOSED_LEN 98

enum close_reason { CLOSED_DELIVERED = 1, CLOSED_CANCELED = 2, CLOSED_EXPIRED = 3 };

struct closed {
    struct id site, job;
    uint8_t reason;
};

MUST_USE enum err closed_write(const struct closed *c, struct wbuf *out);
MUST_USE enum err closed_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN],
                              struct closed *out);

#endif
