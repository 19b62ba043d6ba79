/* SPDX-License-Identifier: Apache-2.0 */
/* audit_open: what audit.c, audit_load.c and audit_read.c share. For those three only. */
#ifndef KEYHOLDER_AUDIT_OPEN_H
#define KEYHOLDER_AUDIT_OPEN_H

#include "devicescout/keyholder/audit.h"
#include "devicescout/keyholder/audit_file.h"

struct audit {
    int dirfd; /* the folder "audit" */
    int fd;    /* the last segment, for appending */
    uint64_t size;
    struct audit_mark mark;
    struct id site;
    const uint8_t *site_secret;
    uint64_t since_checkpoint; /* lines */
    int dirty, broken;
    struct { /* where the last audit_read stopped, so that the next page needs no search */
        uint64_t number, segment, offset;
    } page;
};

/* Check the chain, replay it, and leave a->fd, size and mark at its end. */
MUST_USE enum err audit_load(struct audit *a, const struct audit_opts *opts);
/* Open the segment that begins with line first, for appending; it may be new. */
MUST_USE enum err audit_open_segment(struct audit *a, uint64_t first);

#endif
