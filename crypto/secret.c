/* SPDX-License-Identifier: Apache-2.0 */
/* secret: see secret.h. */
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

enum err crypto_start(void)
{
    return sodium_init() < 0 ? ERR_IO : OK;
}

void *secret_new(size_t len)
{
    void *secret = sodium_malloc(len);

    if (secret != NULL)
        memset(secret, 0, len); /* sodium_malloc fills with 0xdb; an empty object is easier to free half made */
    return secret;
}

void secret_free(void *secret)
{
    sodium_free(secret); /* wipes first */
}

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}

void secret_random(void *bytes, size_t len)
{
    randombytes_buf(bytes, len);
}

enum err secret_base64_read(const char *text, size_t len, void *out, size_t size, size_t *outlen)
{
    const char *end = NULL;

    if (sodium_base642bin(out, size, text, len, NULL, outlen, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
        end == text + len)
        return OK;
    sodium_memzero(out, size);
    return ERR_FORMAT;
}

int secret_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
