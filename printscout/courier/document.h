/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document: a sealed job's document as a stream, in constant memory. Opened by an order on the main loop's thread, then
 * handed to one delivery's thread. While a long one is read, a thread behind it opens what comes next (ahead.h).
 */
#ifndef PRINTSCOUT_COURIER_DOCUMENT_H
#define PRINTSCOUT_COURIER_DOCUMENT_H

#include <sys/uio.h>

#include "crypto/unseal.h"
#include "proto/order.h"

struct document; /* opaque; its keys and plaintext live in locked memory */

/*
 * Open jobs/ID/job of the spool and compare it with the order: header, salt, commitment and length; then unwrap the
 * order's key with the hello key that it was granted to.
 *   hello_secret, hello_public  the pair
 *   out     on OK a new object for document_free()
 * Errors: ERR_NOTFOUND no such file; ERR_FORMAT another length, salt, commitment or job than the order says, or a
 * damaged header; ERR_REFUSED the order's key is not for this hello key or not this job's; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err document_open(int spool, const struct order *o, const uint8_t hello_secret[static KEY_LEN],
                                const uint8_t hello_public[static KEY_LEN], struct document **out);
void document_free(struct document *d); /* wipes; NULL is fine */

/*
 * Read and check all of it; gives nothing out. Before it has returned OK nothing can be read. As unseal_verify().
 *   look    NULL, or sees each chunk on the way
 */
MUST_USE enum err document_verify(struct document *d, unseal_look_fn *look, void *arg);

/* Bytes of the document; after document_verify. */
uint64_t document_len(const struct document *d);

/*
 * The next bytes, as many as there are but at most max; *len is 0 at the end.
 * Errors: ERR_STATE not verified; ERR_AUTH, ERR_FORMAT, ERR_IO the file changed meanwhile.
 */
MUST_USE enum err document_read(struct document *d, uint8_t *out, size_t max, size_t *len);

#define DOCUMENT_PIECES 16

/*
 * The next bytes where they are, without a copy: valid until the next call. *count is 0 at the end. Errors as above.
 * Not to be mixed with document_read() but after document_rewind().
 */
MUST_USE enum err document_next(struct document *d, struct iovec pieces[static DOCUMENT_PIECES], size_t *count);

/*
 * Bytes from anywhere: max of them, fewer at the end. Not while document_read() or document_next() are at it: after
 * document_rewind(). Errors as document_read().
 */
MUST_USE enum err document_read_at(struct document *d, uint64_t at, uint8_t *out, size_t max, size_t *len);

/* From the first byte again. */
void document_rewind(struct document *d);

#endif
