/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_kinds: each record of PROTOCOL.md with its fields, its reader and its writer. */
#ifndef TESTS_REFERENCE_PROTOCOL_KINDS_H
#define TESTS_REFERENCE_PROTOCOL_KINDS_H

#include "base/buf.h"
#include "crypto/sign.h"
#include "tests/reference/protocol_fields.h"

#define KIND_KEY_MAX 96

struct kind {
    const char *name;
    const struct field *fields;
    size_t size; /* of the struct */
    /* key is the seed of who signs, or what the kind needs instead; both sides are derived from it. */
    enum err (*read)(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out);
    enum err (*write)(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out);
};

/* Each until name is NULL. */
extern const struct kind KINDS_OF_RECORDS[];   /* what is signed on its own */
extern const struct kind KINDS_OF_BODIES[];    /* what stands in messages, questions, codes and descriptions */
extern const struct kind KINDS_OF_QUESTIONS[]; /* who a password belongs to */
extern const struct kind KINDS_OF_SPOOL[];     /* files of the spool folder */

/* The signer's keys from a seed. */
struct pair {
    uint8_t public_key[KEY_LEN], secret_key[SIGN_SECRET_LEN];
};
struct pair pair_of(const uint8_t *seed);

#endif
