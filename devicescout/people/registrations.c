/* SPDX-License-Identifier: Apache-2.0 */
/* registrations: a ring. */
#include "devicescout/people/registrations.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"

#define WAITING_MAX  256 /* more than panels at which somebody registers at the same time */
#define ADDRESS_SIZE 64

struct waiting {
    struct id handle;
    uint8_t mac[ROSTER_MAC_LEN];
    char address[ADDRESS_SIZE];
    uint64_t until_boot_ms; /* 0: free */
};

struct registrations {
    pthread_mutex_t lock;
    size_t next;
    struct waiting waiting[WAITING_MAX];
};

enum err registrations_new(struct registrations **out)
{
    struct registrations *r = calloc(1, sizeof *r);

    if (r == NULL)
        return ERR_NOMEM;
    pthread_mutex_init(&r->lock, NULL);
    *out = r;
    return OK;
}

void registrations_free(struct registrations *r)
{
    if (r == NULL)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r);
}

void registrations_add(struct registrations *r, const uint8_t mac[static ROSTER_MAC_LEN], const char *address,
                       uint64_t now_boot_ms, char handle[static ID_HEX_SIZE])
{
    struct waiting *w;

    pthread_mutex_lock(&r->lock);
    w = &r->waiting[r->next];
    r->next = (r->next + 1) % WAITING_MAX;
    secret_random(w->handle.b, ID_LEN);
    memcpy(w->mac, mac, ROSTER_MAC_LEN);
    snprintf(w->address, sizeof w->address, "%s", address);
    w->until_boot_ms = now_boot_ms + REGISTRATION_MS;
    id_text(w->handle, handle);
    pthread_mutex_unlock(&r->lock);
}

enum err registrations_take(struct registrations *r, const char *handle, const char *address, uint64_t now_boot_ms,
                            uint8_t mac[static ROSTER_MAC_LEN])
{
    struct id id;
    enum err e = ERR_NOTFOUND;

    if (id_read(handle, &id) != OK)
        return e;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < WAITING_MAX; i++) {
        struct waiting *w = &r->waiting[i];

        if (w->until_boot_ms <= now_boot_ms || !secret_equal(w->handle.b, id.b, ID_LEN) ||
            strcmp(w->address, address) != 0)
            continue;
        memcpy(mac, w->mac, ROSTER_MAC_LEN);
        *w = (struct waiting){.until_boot_ms = 0};
        e = OK;
    }
    pthread_mutex_unlock(&r->lock);
    return e;
}
