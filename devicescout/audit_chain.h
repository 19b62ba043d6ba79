/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_chain: the lines of the audit log, each bound to all before it, so that no byte can change unseen. Writing and
 * checking stand here side by side; the keyholder writes (audit.h), `devicescout audit verify` checks. PROTOCOL.md,
 * "Audit chain":
 *
 *   NUMBER UNIX_MS EVENT [KEY=VALUE …] HASH\n
 *
 * NUMBER counts from 1. HASH is 64 hex digits: the first 32 bytes of SHA-512(label audit · hash of the line before, 32
 * zero bytes for the first · the line up to and without the blank before HASH). Values are percent-encoded, so neither
 * a blank nor a newline nor a control character of anybody's can make a field or a line. A line "checkpoint
 * signature=…" carries the site's signature, label audit, over site id 16 · number 8 and hash 32 of the line before it.
 */
#ifndef DEVICESCOUT_AUDIT_CHAIN_H
#define DEVICESCOUT_AUDIT_CHAIN_H

#include "base/err.h"
#include "base/hex.h"
#include "crypto/verify.h"

#define AUDIT_HASH_LEN       32
#define AUDIT_HASH_DIGITS    (2 * AUDIT_HASH_LEN)
#define AUDIT_LINE_MAX       4096 /* with its newline; the longest detail is two names of 255 bytes, escaped */
#define AUDIT_EVENT_SIZE     40
#define AUDIT_CHECKPOINT     "checkpoint"
#define AUDIT_CHECKPOINT_LEN (ID_LEN + 8 + AUDIT_HASH_LEN)

struct audit_mark { /* how far a chain goes; all zero before its first line */
    uint64_t number;
    uint8_t hash[AUDIT_HASH_LEN];
};

struct audit_entry { /* one line, read; points into it */
    uint64_t number, unix_ms;
    char event[AUDIT_EVENT_SIZE];
    const char *detail; /* the fields, blanks between; not NUL-terminated */
    size_t detail_len;
};

/*
 * Compose the line after mark, which moves on to it.
 *   detail  fields (audit_fields.h); "" for none
 *   out     receives the line with newline and NUL; *len does not count the NUL
 * Errors: ERR_LIMIT too long; ERR_FORMAT the event is not lower-case letters, dots and underscores, or the detail
 * holds a byte that no field has.
 */
MUST_USE enum err audit_chain_write(struct audit_mark *mark, uint64_t unix_ms, const char *event, const char *detail,
                                    char out[static AUDIT_LINE_MAX + 1], size_t *len);

/*
 * Check the line after mark, which moves on to it.
 *   line    len bytes without the newline
 * Errors: ERR_FORMAT not a line; ERR_AUTH its hash or number does not follow. mark and out are untouched then.
 */
MUST_USE enum err audit_chain_read(struct audit_mark *mark, const char *line, size_t len, struct audit_entry *out);

/* The fields of a line, its hash unchecked: to show it. ERR_FORMAT. */
MUST_USE enum err audit_chain_fields(const char *line, size_t len, struct audit_entry *out);

/* Number and hash of a line as it stands, unchecked: where a chain goes on from. ERR_FORMAT. */
MUST_USE enum err audit_chain_peek(const char *line, size_t len, struct audit_mark *out);

/* What a checkpoint signs: the chain up to mark. */
void audit_checkpoint_bytes(struct id site, const struct audit_mark *mark, uint8_t out[static AUDIT_CHECKPOINT_LEN]);
/* Is e a checkpoint of the chain up to before, signed by this site? ERR_AUTH, ERR_FORMAT. */
MUST_USE enum err audit_checkpoint_check(const struct audit_entry *e, const struct audit_mark *before,
                                         const uint8_t site_public[static KEY_LEN]);

#endif
