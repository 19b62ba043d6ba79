/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ahead: the chunks of a verified payload, opened a window at a time. While one window of a long document is on its way
 * to the printer, a thread opens the next: opening costs a third of what sending does, and a printer should not wait
 * for it.
 */
#ifndef PRINTSCOUT_COURIER_AHEAD_H
#define PRINTSCOUT_COURIER_AHEAD_H

#include "crypto/unseal.h"

#define WINDOW_CHUNKS 16 /* read from the file at once: 256 KiB stay in the processor's cache */

struct window {
    size_t chunks; /* how many there are; 0: the end */
    size_t plain_len[WINDOW_CHUNKS];
    uint8_t bytes[WINDOW_CHUNKS][CHUNK_SEALED_LEN]; /* opened in place */
};

/*
 * Read the chunks from first_chunk on, as many as there are and fit, and open them; none at the end.
 * Errors: as ahead_next().
 */
MUST_USE enum err window_read(struct unseal *unseal, int fd, uint64_t payload_len, uint64_t first_chunk,
                              struct window *out);

struct ahead; /* opaque; its windows live in locked memory */

/*
 * Begin at the first chunk.
 *   unseal, fd   used by this object alone until ahead_free()
 *   payload_len  prefix and chunks
 */
MUST_USE enum err ahead_new(struct unseal *unseal, int fd, uint64_t payload_len, struct ahead **out);
void ahead_free(struct ahead *a); /* ends the thread, wipes; NULL is fine */

/*
 * The next window; *out is valid until the next call, and has no chunks at the end.
 * Errors: ERR_AUTH, ERR_FORMAT, ERR_IO the file changed since it was verified.
 */
MUST_USE enum err ahead_next(struct ahead *a, const struct window **out);

#endif
