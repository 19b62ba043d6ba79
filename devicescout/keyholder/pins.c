/* SPDX-License-Identifier: Apache-2.0 */
/* pins: slots in memory and at their places in the file. Changes go to the disk first, then count as made. */
#include "devicescout/keyholder/pins.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "devicescout/keyholder/pins_state.h"

/* Two slips of the finger cost nothing; then one second, doubling to a minute: ten tries take two minutes at least. */
#define FREE_TRIES   2
#define DELAY_MS     1000
#define DELAY_MAX_MS 60000

uint64_t pins_delay_after(uint8_t failures)
{
    uint64_t delay = DELAY_MS;

    if (failures <= FREE_TRIES)
        return 0;
    for (int i = FREE_TRIES + 1; i < failures && delay < DELAY_MAX_MS; i++)
        delay *= 2;
    return delay < DELAY_MAX_MS ? delay : DELAY_MAX_MS;
}

enum err pins_open(int dirfd, const uint8_t *pepper, uint64_t now_boot_ms, struct pins **out)
{
    struct pins *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL)
        goto out;
    p->pepper = pepper;
    e = ERR_IO;
    if ((p->fd = openat(dirfd, PINS_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
        goto out;
    if ((e = file_sync_dir(dirfd)) != OK || (e = pins_load(p, now_boot_ms)) != OK)
        goto out;
    *out = p; /* the caller owns it now */
    p = NULL;
out:
    pins_free(p);
    return e;
}

void pins_free(struct pins *p)
{
    if (p == NULL)
        return;
    if (p->fd >= 0)
        close(p->fd);
    idmap_free(&p->by_person);
    if (p->slots != NULL)
        secret_wipe(p->slots, p->size * sizeof *p->slots);
    free(p->slots);
    free(p);
}

static enum err find(const struct pins *p, const char *person, struct id *id, uint32_t *place)
{
    const enum err e = pepper_person(p->pepper, person, id);

    return e != OK ? e : idmap_get(&p->by_person, *id, place);
}

static void fill_try(const struct pins *p, struct id person, const char *pin, struct pin_try *t)
{
    t->pepper = p->pepper;
    t->person = person;
    memcpy(t->pin, pin, strlen(pin) + 1);
    t->failed = ERR_STATE; /* it has not run */
}

enum err pins_begin_try(struct pins *p, const char *person, const char *pin, uint64_t now_boot_ms, struct pin_try *out,
                        enum pin_verdict *verdict, uint64_t *wait_ms)
{
    struct pin_slot s;
    uint32_t place;
    struct id id;
    enum err e;

    *wait_ms = 0;
    if (pin[0] == '\0' || strlen(pin) > PIN_MOST)
        return ERR_FORMAT;
    *verdict = PIN_NONE;
    if ((e = find(p, person, &id, &place)) == ERR_NOTFOUND || (e == OK && !p->slots[place].is_set))
        return OK;
    if (e != OK)
        return e;
    s = p->slots[place];
    *verdict = PIN_LOCKED;
    if (s.failures >= PIN_TRIES_MAX)
        return OK;
    *verdict = PIN_WAIT;
    if (now_boot_ms < s.open_boot_ms) {
        *wait_ms = s.open_boot_ms - now_boot_ms;
        return OK;
    }
    s.failures++;
    s.open_boot_ms = now_boot_ms + pins_delay_after(s.failures);
    if ((e = pins_keep(p, place, &s)) != OK)
        return e;
    *out = (struct pin_try){.is_new = 0};
    fill_try(p, id, pin, out);
    memcpy(out->salt, s.salt, PIN_SALT_LEN);
    memcpy(out->verifier, s.verifier, PIN_VERIFIER_LEN);
    *verdict = PIN_RIGHT;
    return OK;
}

void pin_try_run(void *arg)
{
    struct pin_try *t = arg;
    uint8_t is[PIN_VERIFIER_LEN];

    if (t->is_new)
        secret_random(t->salt, PIN_SALT_LEN);
    t->failed = pepper_pin(t->pepper, t->person, t->pin, t->salt, is);
    if (t->is_new)
        memcpy(t->verifier, is, PIN_VERIFIER_LEN);
    else
        t->right = t->failed == OK && secret_equal(is, t->verifier, PIN_VERIFIER_LEN);
    secret_wipe(is, sizeof is);
    secret_wipe(t->pin, sizeof t->pin);
}

enum err pins_end_try(struct pins *p, const struct pin_try *t, enum pin_verdict *verdict)
{
    struct pin_slot s;
    uint32_t place;
    enum err e;

    *verdict = PIN_WRONG;
    if (t->failed != OK)
        return t->failed;
    if ((e = idmap_get(&p->by_person, t->person, &place)) != OK)
        return e;
    s = p->slots[place];
    if (t->right && s.is_set && secret_equal(s.verifier, t->verifier, PIN_VERIFIER_LEN)) {
        s.failures = 0;
        s.open_boot_ms = 0;
        if ((e = pins_keep(p, place, &s)) == OK)
            *verdict = PIN_RIGHT;
        return e;
    }
    if (s.failures >= PIN_TRIES_MAX)
        *verdict = PIN_LOCKED;
    return OK;
}

enum err pins_begin_set(struct pins *p, const char *person, const char *pin, struct pin_try *out)
{
    struct id id;
    enum err e;

    if ((e = pin_check_new(pin, 1)) == ERR_FORMAT || e == ERR_LIMIT)
        return ERR_FORMAT;
    if ((e = pepper_person(p->pepper, person, &id)) != OK)
        return e;
    *out = (struct pin_try){.is_new = 1};
    fill_try(p, id, pin, out);
    return OK;
}

enum err pins_end_set(struct pins *p, const struct pin_try *t)
{
    struct pin_slot s = {.person = t->person, .is_set = 1};
    uint32_t place;
    int is_there;
    enum err e;

    if (t->failed != OK)
        return t->failed;
    is_there = idmap_get(&p->by_person, t->person, &place) == OK;
    if (!is_there && (e = pins_grow(p)) != OK)
        return e;
    if (!is_there)
        place = (uint32_t)p->len;
    memcpy(s.salt, t->salt, PIN_SALT_LEN);
    memcpy(s.verifier, t->verifier, PIN_VERIFIER_LEN);
    if ((e = pins_keep(p, place, &s)) != OK || is_there)
        return e;
    p->len++; /* on the disk in any case: without the map it is found at the next start */
    return idmap_put(&p->by_person, t->person, place);
}

enum err pins_unlock(struct pins *p, const char *person)
{
    struct pin_slot s;
    uint32_t place;
    struct id id;
    enum err e;

    if ((e = find(p, person, &id, &place)) != OK)
        return e;
    s = p->slots[place];
    if (s.failures == 0)
        return OK;
    s.failures = 0;
    s.open_boot_ms = 0;
    return pins_keep(p, place, &s);
}

enum err pins_clear(struct pins *p, const char *person)
{
    struct pin_slot s = {.is_set = 0};
    uint32_t place;
    enum err e;

    if ((e = find(p, person, &s.person, &place)) != OK)
        return e;
    s.failures = p->slots[place].failures;
    s.open_boot_ms = p->slots[place].open_boot_ms;
    return pins_keep(p, place, &s);
}

enum err pins_look(const struct pins *p, const char *person, enum pin_verdict *verdict)
{
    uint32_t place;
    struct id id;
    const enum err e = find(p, person, &id, &place);

    *verdict = PIN_NONE;
    if (e == ERR_NOTFOUND || (e == OK && !p->slots[place].is_set))
        return OK;
    if (e == OK)
        *verdict = p->slots[place].failures >= PIN_TRIES_MAX ? PIN_LOCKED : PIN_RIGHT;
    return e;
}

size_t pins_count(const struct pins *p)
{
    return p->len;
}
