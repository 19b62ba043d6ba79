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

int secret_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
