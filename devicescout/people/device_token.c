/* SPDX-License-Identifier: Apache-2.0 */
/* device_token: make, hash, find. */
#include "devicescout/people/device_token.h"

#include <string.h>

#include "crypto/derive.h"
#include "crypto/secret.h"

void device_name(const struct roster_device *d, char out[static DEVICE_NAME_SIZE])
{
    hex_write(d->hash, DEVICE_NAME_LEN, out);
}

struct wanted {
    const char *name;
    struct roster_device *out;
    int found;
};

static void is_wanted(void *arg, const struct roster_device *d)
{
    struct wanted *w = arg;
    char name[DEVICE_NAME_SIZE];

    device_name(d, name);
    if (strcmp(name, w->name) != 0)
        return;
    *w->out = *d;
    w->found = 1;
}

enum err device_named(struct roster *r, const char *name, struct roster_device *out)
{
    struct wanted w = {.name = name, .out = out};
    const enum err e = roster_devices(r, is_wanted, &w);

    return e == OK && !w.found ? ERR_NOTFOUND : e;
}

enum err device_token_new(struct roster *r, struct roster_device *d, char token[static DEVICE_TOKEN_SIZE])
{
    uint8_t bytes[DEVICE_TOKEN_LEN];
    enum err e;

    secret_random(bytes, sizeof bytes);
    hex_write(bytes, sizeof bytes, token);
    if ((e = derive_sha256(&(struct piece){bytes, sizeof bytes}, 1, d->hash)) == OK)
        e = roster_device_put(r, d);
    secret_wipe(bytes, sizeof bytes);
    return e;
}

enum err device_token_find(struct roster *r, const char *token, struct roster_device *out)
{
    uint8_t bytes[DEVICE_TOKEN_LEN], hash[ROSTER_HASH_LEN];
    enum err e;

    if (hex_read(token, bytes, sizeof bytes) != OK)
        return ERR_NOTFOUND;
    if ((e = derive_sha256(&(struct piece){bytes, sizeof bytes}, 1, hash)) == OK)
        e = roster_device_find(r, hash, out);
    secret_wipe(bytes, sizeof bytes);
    return e;
}
