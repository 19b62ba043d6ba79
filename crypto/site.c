/* SPDX-License-Identifier: Apache-2.0 */
/* site: identity and root file of site.h; the kit is kit.c. Layout: FORMAT.md, "Root file". */
#include "crypto/site.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/chunked_open.h"
#include "crypto/chunked_seal.h"
#include "crypto/derive.h"
#include "crypto/label.h"

static const uint8_t MAGIC[8] = {'L', 'A', 'T', 'C', 'H', 'R', 'O', 'O'};

#define VERSION         1
#define SALT_LEN        16
#define FILE_HEADER_LEN (8 + 1 + 1 + 4 + 4 + SALT_LEN)
#define FILE_LEN        (FILE_HEADER_LEN + CHUNKED_PREFIX_LEN + KEY_LEN + CHUNK_TAG_LEN)

/* About a second on a small machine. The most is what a file may ask of the program that reads it. */
#define PASSES          3
#define PASSES_MOST     16
#define MEMORY_KIB      (256 * 1024)
#define MEMORY_KIB_MOST (1024 * 1024)

_Static_assert(SALT_LEN == crypto_pwhash_SALTBYTES, "the salt is Argon2id's");
_Static_assert(FILE_LEN <= ROOT_FILE_MAX, "the file fits");

struct cost {
    uint32_t passes, memory_kib;
    uint8_t salt[SALT_LEN];
};

enum err site_identity(const uint8_t root[static KEY_LEN], uint8_t public_key[static KEY_LEN],
                       uint8_t secret_key[static SIGN_SECRET_LEN])
{
    const struct piece info[] = {LABEL_PIECE(LABEL_SITE_IDENTITY)};
    uint8_t *seed = secret_new(KEY_LEN);
    enum err e = ERR_NOMEM;

    if (seed == NULL)
        goto out;
    if ((e = derive_hkdf(NULL, 0, root, KEY_LEN, info, 1, seed, KEY_LEN)) != OK)
        goto out;
    e = sign_pair(seed, public_key, secret_key);
out:
    secret_free(seed);
    return e;
}

static enum err password_key(const char *password, const struct cost *c, uint8_t key[static KEY_LEN])
{
    size_t memory = (size_t)c->memory_kib * 1024;

    if (crypto_pwhash(key, KEY_LEN, password, strlen(password), c->salt, c->passes, memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ERR_NOMEM;
    return OK;
}

static enum err file_context(const uint8_t *file, uint8_t out[static 64])
{
    const struct piece pieces[] = {LABEL_PIECE(LABEL_ROOT_FILE), {file, FILE_HEADER_LEN}};

    return derive_sha512(pieces, 2, out);
}

static enum err file_header_write(const struct cost *c, uint8_t *file)
{
    struct wbuf b = wbuf_of(file, FILE_HEADER_LEN);

    if (wbuf_copy(&b, MAGIC, sizeof MAGIC) || wbuf_u8(&b, VERSION) || wbuf_u8(&b, 0) || wbuf_u32(&b, c->passes) ||
        wbuf_u32(&b, c->memory_kib) || wbuf_copy(&b, c->salt, SALT_LEN))
        return ERR_LIMIT;
    return OK;
}

static enum err file_header_read(const uint8_t *file, size_t len, struct cost *c)
{
    struct rbuf b = rbuf_of(file, len);
    uint8_t magic[sizeof MAGIC], version, reserved;

    if (rbuf_copy(&b, magic, sizeof magic) || memcmp(magic, MAGIC, sizeof magic) != 0 || rbuf_u8(&b, &version))
        return ERR_FORMAT;
    if (version != VERSION)
        return ERR_UNSUPPORTED;
    if (rbuf_u8(&b, &reserved) || reserved != 0 || rbuf_u32(&b, &c->passes) || rbuf_u32(&b, &c->memory_kib) ||
        rbuf_copy(&b, c->salt, SALT_LEN) || len != FILE_LEN)
        return ERR_FORMAT;
    if (c->passes < PASSES || c->memory_kib < MEMORY_KIB) /* weaker than anything that we wrote */
        return ERR_FORMAT;
    if (c->passes > PASSES_MOST || c->memory_kib > MEMORY_KIB_MOST)
        return ERR_LIMIT;
    return OK;
}

enum err root_file_write(const uint8_t root[static KEY_LEN], const char *password, uint8_t *out, size_t *outlen)
{
    struct cost c = {.passes = PASSES, .memory_kib = MEMORY_KIB};
    uint8_t context[64];
    uint8_t *key = NULL;
    enum err e = ERR_REFUSED;

    if (password[0] == '\0')
        goto out;
    e = ERR_NOMEM;
    if ((key = secret_new(KEY_LEN)) == NULL)
        goto out;
    secret_random(c.salt, SALT_LEN);
    if ((e = file_header_write(&c, out)) != OK)
        goto out;
    if ((e = password_key(password, &c, key)) != OK)
        goto out;
    if ((e = file_context(out, context)) != OK)
        goto out;
    if ((e = chunked_seal_all(key, context, sizeof context, root, KEY_LEN, out + FILE_HEADER_LEN)) != OK)
        goto out;
    *outlen = FILE_LEN;
out:
    secret_free(key);
    return e;
}

enum err root_file_read(const uint8_t *file, size_t len, const char *password, uint8_t root[static KEY_LEN])
{
    uint8_t context[64];
    uint8_t *key = NULL;
    size_t root_len;
    struct cost c;
    enum err e;

    if ((e = file_header_read(file, len, &c)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((key = secret_new(KEY_LEN)) == NULL)
        goto out;
    if ((e = password_key(password, &c, key)) != OK)
        goto out;
    if ((e = file_context(file, context)) != OK)
        goto out;
    e = chunked_open_all(key, context, sizeof context, file + FILE_HEADER_LEN, len - FILE_HEADER_LEN, root, KEY_LEN,
                         &root_len);
out:
    secret_free(key);
    return e;
}
