/* SPDX-License-Identifier: Apache-2.0 */
/* nodekeys: see nodekeys.h. The file: Ed25519 seed (32), X25519 secret key (32). */
#include "crypto/nodekeys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define FILE_LEN (2 * KEY_LEN)

static enum err keys_from_file(const uint8_t file[static FILE_LEN], struct node_keys **out)
{
    struct node_keys *k = secret_new(sizeof *k);
    enum err e = ERR_NOMEM;

    if (k == NULL)
        goto out;
    if ((e = sign_pair(file, k->sign_public, k->sign_secret)) != OK)
        goto out;
    memcpy(k->box_secret, file + KEY_LEN, KEY_LEN);
    e = ERR_AUTH;
    if (crypto_scalarmult_base(k->box_public, k->box_secret) != 0)
        goto out;
    k->node = verify_key_id(k->sign_public);
    *out = k; /* the caller owns it now */
    k = NULL;
    e = OK;
out:
    node_keys_free(k);
    return e;
}

enum err node_keys_new(struct node_keys **out)
{
    uint8_t *file = secret_new(FILE_LEN);
    enum err e = ERR_NOMEM;

    if (file == NULL)
        goto out;
    secret_random(file, FILE_LEN);
    e = keys_from_file(file, out);
out:
    secret_free(file);
    return e;
}

void node_keys_free(struct node_keys *k)
{
    secret_free(k);
}

enum err node_keys_save(const struct node_keys *k, int dirfd, const char *path)
{
    uint8_t *file = secret_new(FILE_LEN);
    struct stat st;
    enum err e = ERR_NOMEM;

    if (file == NULL)
        goto out;
    e = ERR_EXISTS;
    if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        goto out;
    e = ERR_IO;
    if (errno != ENOENT)
        goto out;
    memcpy(file, k->sign_secret, KEY_LEN); /* libsodium's secret key begins with the seed */
    memcpy(file + KEY_LEN, k->box_secret, KEY_LEN);
    e = file_replace(dirfd, path, file, FILE_LEN, 0600);
out:
    secret_free(file);
    return e;
}

enum err node_keys_load(int dirfd, const char *path, struct node_keys **out)
{
    uint8_t *file = secret_new(FILE_LEN);
    enum err e = ERR_NOMEM;

    if (file == NULL)
        goto out;
    if ((e = file_read_secret(dirfd, path, file, FILE_LEN)) != OK)
        goto out;
    e = keys_from_file(file, out);
out:
    secret_free(file);
    return e;
}

enum err box_pair_new(uint8_t public_key[static KEY_LEN], uint8_t secret_key[static KEY_LEN])
{
    secret_random(secret_key, KEY_LEN);
    return crypto_scalarmult_base(public_key, secret_key) == 0 ? OK : ERR_AUTH;
}
