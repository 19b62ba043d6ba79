/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: what all signed records share. A writer writes the fields; record_sign() appends the signature. A reader
 * checks the signature over the bytes as received before it believes a field. Layouts: PROTOCOL.md.
 */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include "base/buf.h"
#include "crypto/sign.h"

#define RECORD_VERSION 1

/* Append the signature over label and all that b holds. label_size is sizeof the label. Programs that sign link this.
 */
MUST_USE enum err record_sign(struct wbuf *b, const char *label, size_t label_size,
                              const uint8_t secret_key[static SIGN_SECRET_LEN]);
#define RECORD_SIGN(b, label, key) record_sign((b), (label), sizeof(label), (key))

/*
 * Check the signature at the end of bytes and give a cursor over the fields before it, its version byte already read.
 * Errors: ERR_FORMAT too short; ERR_UNSUPPORTED another version; ERR_AUTH.
 */
MUST_USE enum err record_open(const uint8_t *bytes, size_t len, const char *label, size_t label_size,
                              const uint8_t public_key[static KEY_LEN], struct rbuf *fields);
#define RECORD_OPEN(bytes, len, label, key, fields) record_open((bytes), (len), (label), sizeof(label), (key), (fields))

/* Ids inside records. */
MUST_USE enum err rbuf_id(struct rbuf *b, struct id *out);
MUST_USE enum err wbuf_id(struct wbuf *b, struct id id);

/* The length of a list in one byte, which must fit its table: ERR_LIMIT. */
MUST_USE enum err rbuf_count(struct rbuf *b, size_t max, size_t *out);

#endif
