/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_seal: how fast a job is sealed, from memory, in pieces as a client sends them. One line of JSON.
 * usage: bench_seal [GIB [PIECE_KIB]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/nodekeys.h"
#include "crypto/seal.h"

struct sink {
    uint64_t bytes;
    uint8_t last; /* read, so that no sealed byte can be optimized away */
};

static enum err swallow(void *arg, const uint8_t *sealed, size_t len)
{
    struct sink *sink = arg;

    sink->bytes += len;
    sink->last = sealed[len - 1];
    return OK;
}

static enum err seal_document(const uint8_t *piece, size_t piece_len, uint64_t len, struct sink *sink)
{
    uint8_t public_key[KEY_LEN], secret_key[KEY_LEN], start[SEAL_START_LEN];
    struct seal *s = NULL;
    enum err e;

    if ((e = box_pair_new(public_key, secret_key)) != OK)
        goto out;
    if ((e = seal_new(&(struct seal_opts){.epoch_public_key = public_key}, start, &s)) != OK)
        goto out;
    for (uint64_t done = 0; done < len; done += piece_len)
        if ((e = seal_bytes(s, piece, piece_len, swallow, sink)) != OK)
            goto out;
    e = seal_end(s, swallow, sink);
out:
    seal_free(s);
    secret_wipe(secret_key, sizeof secret_key);
    return e;
}

int main(int argc, char **argv)
{
    uint64_t gib = argc > 1 ? strtoull(argv[1], NULL, 10) : 4;
    size_t piece_kib = argc > 2 ? strtoull(argv[2], NULL, 10) : 1024;
    size_t piece_len = piece_kib * 1024;
    struct sink sink = {0};
    uint64_t started, took;
    uint8_t *piece;
    enum err e;

    if (gib == 0 || gib > 1024 || piece_kib == 0 || piece_kib > 1048576 || crypto_start() != OK) {
        fprintf(stderr, "usage: bench_seal [GIB [PIECE_KIB]]\n");
        return 2;
    }
    if ((piece = malloc(piece_len)) == NULL)
        return 1;
    memset(piece, 'p', piece_len);
    started = clock_mono_us();
    e = seal_document(piece, piece_len, gib << 30, &sink);
    took = clock_mono_us() - started;
    free(piece);
    if (e != OK || took == 0) {
        fprintf(stderr, "bench_seal: %s\n", err_text(e));
        return 1;
    }
    printf(
        "{\"what\": \"seal\", \"bytes\": %llu, \"piece_bytes\": %zu, \"seconds\": %.6f, \"bytes_per_second\": %.0f}\n",
        (unsigned long long)gib << 30, piece_len, (double)took / 1e6, (double)(gib << 30) * 1e6 / (double)took);
    return 0;
}
