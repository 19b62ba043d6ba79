/* SPDX-License-Identifier: Apache-2.0 */
/* upload_parts: what upload.c and upload_commit.c share. For those two only. */
#ifndef QUEUE_UPLOAD_PARTS_H
#define QUEUE_UPLOAD_PARTS_H

#include "crypto/seal.h"
#include "printscout/queue/content.h"
#include "printscout/queue/upload.h"

struct upload {
    int spool;
    struct id job;
    int folder, file; /* -1: not open */
    int has_folder;   /* it is on the disk and not yet a job: upload_free() removes it */
    int is_moved;     /* and stands in jobs/ already */
    uint64_t bytes_max, free_least;
    uint64_t written;     /* sealed bytes */
    uint64_t set_to_work; /* of them, what the disk was told to begin with */
    struct seal *seal;
    struct unpack *unpack;   /* NULL: not compressed */
    struct content *content; /* counts the pages */
    uint8_t head[UPLOAD_HEAD_LEN];
    size_t head_len;
};

#endif
