/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_sequence: sequence numbers that no restart uses again. File "sequence" holds (version 1, number 8) the highest
 * that may be in use; it is raised by whole blocks before the numbers are used, so few messages wait for a disk.
 */
#ifndef PROTO_LINK_SEQUENCE_H
#define PROTO_LINK_SEQUENCE_H

#include <stdint.h>

#include "base/err.h"

struct sequence {
    int dir;
    uint64_t start;    /* this run counts from start + 1 to each peer */
    uint64_t reserved; /* as in the file */
};

/* dir stays the caller's. ERR_FORMAT: the file is damaged; ERR_IO, ERR_FULL. */
MUST_USE enum err sequence_start(int dir, struct sequence *out);
/* Before a number is used: it is in the file, or above it stands in the file. ERR_IO, ERR_FULL. */
MUST_USE enum err sequence_reserve(struct sequence *s, uint64_t number);

#endif
