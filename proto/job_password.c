/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_password: the hash that IPP sends is as good as the password, so only a salted HMAC of it is kept. Four digits
 * would be guessed from that too: what protects them is the seal around the ticket, and the count of tries.
 */
#include "proto/job_password.h"

#include <string.h>

#include "crypto/derive.h"
#include "crypto/label.h"
#include "crypto/secret.h"

#define FREE_TRIES   3
#define WAIT_MOST_MS 60000

static const struct {
    const char *keyword;
    size_t len;
} methods[JOB_PASSWORD_METHODS] = {
    [JOB_PASSWORD_NONE] = {"none", 0},
    [JOB_PASSWORD_SHA2_256] = {"sha2-256", 32},
    [JOB_PASSWORD_SHA2_512] = {"sha2-512", 64},
};

const char *job_password_keyword(enum job_password_method m)
{
    return methods[m].keyword;
}

size_t job_password_hash_len(enum job_password_method m)
{
    return methods[m].len;
}

enum err job_password_hash(enum job_password_method m, const void *password, size_t len,
                           uint8_t out[static JOB_PASSWORD_HASH_MOST])
{
    const struct piece piece = {password, len};

    switch (m) {
    case JOB_PASSWORD_SHA2_256:
        return derive_sha256(&piece, 1, out);
    case JOB_PASSWORD_SHA2_512:
        return derive_sha512(&piece, 1, out);
    default:
        return ERR_FORMAT;
    }
}

static enum err verifier_of(const struct job_password *p, const uint8_t *hash,
                            uint8_t out[static JOB_PASSWORD_VERIFIER])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_JOB_PASSWORD), {&p->method, 1}, {hash, methods[p->method].len}};
    uint8_t mac[64];
    enum err e = derive_hmac_sha512(p->salt, sizeof p->salt, pieces, 3, mac);

    memcpy(out, mac, JOB_PASSWORD_VERIFIER);
    secret_wipe(mac, sizeof mac);
    return e;
}

enum err job_password_make(enum job_password_method m, const uint8_t *hash, size_t len, struct job_password *out)
{
    struct job_password p = {.method = (uint8_t)m};
    enum err e;

    if (m <= JOB_PASSWORD_NONE || m >= JOB_PASSWORD_METHODS || len != methods[m].len)
        return ERR_FORMAT;
    secret_random(p.salt, sizeof p.salt);
    if ((e = verifier_of(&p, hash, p.verifier)) == OK)
        *out = p;
    secret_wipe(&p, sizeof p);
    return e;
}

static void count_wrong(struct job_password_tries *tries, uint64_t now_boot_ms)
{
    uint64_t wait_ms = 1000;

    if (++tries->wrong < FREE_TRIES)
        return;
    for (unsigned i = FREE_TRIES; i < tries->wrong && wait_ms < WAIT_MOST_MS; i++)
        wait_ms *= 2;
    tries->wait_until_boot_ms = now_boot_ms + (wait_ms < WAIT_MOST_MS ? wait_ms : WAIT_MOST_MS);
}

enum err job_password_try(const struct job_password *p, struct job_password_tries *tries, const char *text,
                          uint64_t now_boot_ms)
{
    uint8_t hash[JOB_PASSWORD_HASH_MOST], verifier[JOB_PASSWORD_VERIFIER];
    enum err e;

    if (now_boot_ms < tries->wait_until_boot_ms)
        return ERR_LIMIT;
    if ((e = job_password_hash((enum job_password_method)p->method, text, strlen(text), hash)) == OK)
        e = verifier_of(p, hash, verifier);
    if (e == OK && !secret_equal(verifier, p->verifier, sizeof verifier)) {
        count_wrong(tries, now_boot_ms);
        e = ERR_AUTH;
    } else if (e == OK) {
        *tries = (struct job_password_tries){0};
    }
    secret_wipe(hash, sizeof hash);
    secret_wipe(verifier, sizeof verifier);
    return e;
}
