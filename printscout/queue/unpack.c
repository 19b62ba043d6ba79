/* SPDX-License-Identifier: Apache-2.0 */
/* unpack: see unpack.h. */
#include "printscout/queue/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define PIECE_LEN 65536 /* what comes out at a time: the sealer takes chunks of 16 KiB */

struct unpack {
    enum unpack_method method;
    z_stream stream;
    int started, ended;
    uint64_t in, out;
    uint8_t piece[PIECE_LEN];
};

enum err unpack_new(enum unpack_method method, struct unpack **out)
{
    struct unpack *u = calloc(1, sizeof *u);

    if (u == NULL)
        return ERR_NOMEM;
    u->method = method;
    *out = u;
    return OK;
}

void unpack_free(struct unpack *u)
{
    if (u == NULL)
        return;
    if (u->started)
        inflateEnd(&u->stream);
    explicit_bzero(u->piece, sizeof u->piece); /* it held the document */
    free(u);
}

/*
 * "deflate" is RFC 1951 by the letter of IPP and RFC 1950 by HTTP's; clients send either. The first byte of the latter
 * is x8 hex, which in the former starts a stored block with a bit set that every encoder leaves clear.
 */
static int window_bits(enum unpack_method method, uint8_t first)
{
    if (method == UNPACK_GZIP)
        return 15 + 16;
    return (first & 0x0f) == 8 ? 15 : -15;
}

static enum err start(struct unpack *u, uint8_t first)
{
    if (inflateInit2(&u->stream, window_bits(u->method, first)) != Z_OK)
        return ERR_NOMEM;
    u->started = 1;
    return OK;
}

/* One call of inflate, and what it gave. */
static enum err unpack_piece(struct unpack *u, unpack_write_fn *write, void *arg)
{
    size_t len;
    int r;

    u->stream.next_out = u->piece;
    u->stream.avail_out = PIECE_LEN;
    r = inflate(&u->stream, Z_NO_FLUSH);
    if (r == Z_MEM_ERROR)
        return ERR_NOMEM;
    if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
        return ERR_FORMAT;
    u->ended = r == Z_STREAM_END;
    len = PIECE_LEN - u->stream.avail_out;
    u->out += len;
    if (u->out > UNPACK_FREE_BYTES && u->out / UNPACK_RATIO_MAX > u->in)
        return ERR_LIMIT;
    return len > 0 ? write(arg, u->piece, len) : OK;
}

enum err unpack_bytes(struct unpack *u, const uint8_t *bytes, size_t len, unpack_write_fn *write, void *arg)
{
    enum err e;

    if (len == 0)
        return OK;
    if (u->ended || len > UINT32_MAX)
        return ERR_FORMAT;
    if (!u->started && (e = start(u, bytes[0])) != OK)
        return e;
    u->in += len;
    u->stream.next_in = (uint8_t *)(uintptr_t)bytes; /* zlib reads it only */
    u->stream.avail_in = (uInt)len;
    do {
        if ((e = unpack_piece(u, write, arg)) != OK)
            return e;
    } while (!u->ended && (u->stream.avail_in > 0 || u->stream.avail_out == 0));
    return u->stream.avail_in == 0 ? OK : ERR_FORMAT;
}

enum err unpack_end(const struct unpack *u)
{
    return u->ended ? OK : ERR_FORMAT;
}
