/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_file: the files of the audit log. Folder "audit" holds segments; each is named by the number of its first line,
 * twenty digits, so their names sort as their lines do. A segment begins with each epoch: what is older than the oldest
 * living epoch need not be read at start.
 */
#ifndef KEYHOLDER_AUDIT_FILE_H
#define KEYHOLDER_AUDIT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "devicescout/audit_chain.h"

#define AUDIT_FOLDER    "audit"
#define AUDIT_NAME_SIZE 21

struct audit_segments {
    uint64_t *first; /* line numbers, rising */
    size_t len;
};

const char *audit_segment_name(uint64_t first, char out[static AUDIT_NAME_SIZE]);
/* List the segments of the folder dirfd. ERR_FORMAT: a file that is none. */
MUST_USE enum err audit_segments_list(int dirfd, struct audit_segments *out);
void audit_segments_free(struct audit_segments *s);

/* Lines of one segment, in order. Start with {.fd = fd}; fd stays the caller's and is read from its offset. */
struct audit_lines {
    int fd;
    uint64_t offset; /* in the file, of the next line; the caller sets it when fd is not at 0 */
    size_t start, end;
    char buf[4 * AUDIT_LINE_MAX];
};

/*
 * The next line, without its newline; it lives until the next call.
 * Errors: ERR_NOTFOUND no more; ERR_STATE the file ends in the middle of a line; ERR_FORMAT too long; ERR_IO.
 */
MUST_USE enum err audit_lines_next(struct audit_lines *l, const char **line, size_t *len);

#endif
