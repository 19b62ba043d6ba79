/* SPDX-License-Identifier: Apache-2.0 */
/* hellos: one slot for each node, in memory and at its place in the file. */
#include "devicescout/keyholder/hellos.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "devicescout/keyholder/idmap.h"

#define EARLIER   8 /* keys remembered: a day's hellos are more, but those have long run past their deadline */
#define NODES_MAX 20000
#define BOOT_LEN  36 /* /proc/sys/kernel/random/boot_id */
#define SLOT_LEN  (ID_LEN + KEY_LEN + 8 + 8 + 2 + EARLIER * KEY_LEN)

static const uint8_t no_key[KEY_LEN];

struct slot {
    struct hello_seen seen;            /* its key is zero after hellos_drop_other() */
    uint8_t earlier[EARLIER][KEY_LEN]; /* newest first; zero: none */
};

struct hellos {
    int fd; /* -1: no file; then a restart waits for new hellos */
    struct idmap by_node;
    struct slot *slots;
    size_t len, size;
};

static enum err slot_write(const struct slot *s, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_id(b, s->seen.node)) != OK || (e = wbuf_copy(b, s->seen.hello_public, KEY_LEN)) != OK ||
        (e = wbuf_u64(b, s->seen.boot_ms)) != OK || (e = wbuf_u64(b, s->seen.came_boot_ms)) != OK ||
        (e = wbuf_u16(b, s->seen.serial)) != OK)
        return e;
    return wbuf_copy(b, s->earlier, sizeof s->earlier);
}

static enum err slot_read(struct rbuf *b, struct slot *s)
{
    enum err e;

    if ((e = rbuf_id(b, &s->seen.node)) != OK || (e = rbuf_copy(b, s->seen.hello_public, KEY_LEN)) != OK ||
        (e = rbuf_u64(b, &s->seen.boot_ms)) != OK || (e = rbuf_u64(b, &s->seen.came_boot_ms)) != OK ||
        (e = rbuf_u16(b, &s->seen.serial)) != OK)
        return e;
    return rbuf_copy(b, s->earlier, sizeof s->earlier);
}

static enum err add_slot(struct hellos *h, struct id node, struct slot **out)
{
    enum err e;

    if (h->len >= NODES_MAX)
        return ERR_FULL;
    if (h->len == h->size) {
        const size_t size = h->size > 0 ? 2 * h->size : 64;
        struct slot *more = realloc(h->slots, size * sizeof *more);

        if (more == NULL)
            return ERR_NOMEM;
        h->slots = more;
        h->size = size;
    }
    if ((e = idmap_put(&h->by_node, node, (uint32_t)h->len)) != OK)
        return e;
    *out = &h->slots[h->len++];
    **out = (struct slot){.seen.node = node};
    return OK;
}

/* All slots of a file of this boot. A file that is not one counts as none. */
static void read_slots(struct hellos *h, const uint8_t boot[static BOOT_LEN])
{
    uint8_t bytes[SLOT_LEN];

    if (file_read_at(h->fd, 0, bytes, BOOT_LEN) != OK || memcmp(bytes, boot, BOOT_LEN) != 0)
        return;
    for (size_t i = 0; file_read_at(h->fd, BOOT_LEN + i * SLOT_LEN, bytes, SLOT_LEN) == OK; i++) {
        struct rbuf b = rbuf_of(bytes, sizeof bytes);
        struct slot slot, *place;

        if (slot_read(&b, &slot) != OK || id_is_zero(slot.seen.node) || add_slot(h, slot.seen.node, &place) != OK)
            return;
        *place = slot;
    }
}

/* Slots stay where they are; only what is behind the last good one goes, or everything after a reboot. */
static enum err open_file(struct hellos *h, int dirfd)
{
    uint8_t *boot = NULL;
    size_t len;
    enum err e;

    if ((e = file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &boot, &len)) != OK)
        return e;
    e = ERR_IO;
    h->fd = openat(dirfd, HELLOS_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (h->fd < 0 || len < BOOT_LEN)
        goto out;
    read_slots(h, boot);
    if (ftruncate(h->fd, (off_t)(BOOT_LEN + h->len * SLOT_LEN)) != 0 || pwrite(h->fd, boot, BOOT_LEN, 0) != BOOT_LEN)
        goto out;
    e = OK;
out:
    free(boot);
    return e;
}

enum err hellos_new(int dirfd, struct hellos **out)
{
    struct hellos *h = calloc(1, sizeof *h);
    enum err e;

    if (h == NULL)
        return ERR_NOMEM;
    h->fd = -1;
    if ((e = open_file(h, dirfd)) != OK) {
        log_warn("hellos_not_kept", "reason=%s", err_name(e));
        if (h->fd >= 0)
            close(h->fd);
        h->fd = -1;
    }
    *out = h;
    return OK;
}

void hellos_free(struct hellos *h)
{
    if (h == NULL)
        return;
    if (h->fd >= 0)
        close(h->fd);
    idmap_free(&h->by_node);
    free(h->slots);
    free(h);
}

static void keep(const struct hellos *h, const struct slot *s)
{
    uint8_t bytes[SLOT_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    const off_t place = (off_t)(BOOT_LEN + (size_t)(s - h->slots) * SLOT_LEN);

    if (h->fd < 0)
        return;
    if (slot_write(s, &b) != OK || pwrite(h->fd, bytes, sizeof bytes, place) != (ssize_t)sizeof bytes)
        log_warn("hellos_not_kept", "reason=%s", err_name(ERR_IO)); /* it only costs a wait after a restart */
}

static struct slot *find(const struct hellos *h, struct id node)
{
    uint32_t place;

    return idmap_get(&h->by_node, node, &place) == OK ? &h->slots[place] : NULL;
}

static int was_earlier(const struct slot *s, const uint8_t key[static KEY_LEN])
{
    for (size_t i = 0; i < EARLIER; i++) {
        if (memcmp(s->earlier[i], key, KEY_LEN) == 0)
            return 1;
    }
    return 0;
}

static int has_key(const struct slot *s)
{
    return memcmp(s->seen.hello_public, no_key, KEY_LEN) != 0;
}

/* The latest key becomes an earlier one. */
static void retire(struct slot *s)
{
    if (!has_key(s))
        return;
    memmove(s->earlier[1], s->earlier[0], (EARLIER - 1) * KEY_LEN);
    memcpy(s->earlier[0], s->seen.hello_public, KEY_LEN);
}

enum err hellos_take(struct hellos *h, const struct hello *hello, uint64_t now_boot_ms)
{
    struct slot *s = find(h, hello->certificate.node);
    enum err e;

    if (s != NULL && was_earlier(s, hello->hello_public))
        return ERR_STALE;
    if (s != NULL && memcmp(s->seen.hello_public, hello->hello_public, KEY_LEN) == 0) {
        /* The same key with an earlier clock would be an old hello; the same hello keeps its time. */
        if (hello->boot_ms <= s->seen.boot_ms)
            return hello->boot_ms == s->seen.boot_ms ? OK : ERR_STALE;
    } else if (s != NULL) {
        retire(s);
    } else if ((e = add_slot(h, hello->certificate.node, &s)) != OK) {
        return e;
    }
    s->seen.boot_ms = hello->boot_ms;
    s->seen.came_boot_ms = now_boot_ms;
    s->seen.serial = hello->certificate.serial;
    memcpy(s->seen.hello_public, hello->hello_public, KEY_LEN);
    keep(h, s);
    return OK;
}

enum err hellos_drop_other(struct hellos *h, struct id node, const uint8_t current[static KEY_LEN])
{
    struct slot *s = find(h, node);

    if (s == NULL)
        return ERR_NOTFOUND;
    if (memcmp(s->seen.hello_public, current, KEY_LEN) == 0)
        return OK;
    retire(s);
    memcpy(s->seen.hello_public, no_key, KEY_LEN);
    keep(h, s);
    return OK;
}

enum err hellos_find(const struct hellos *h, struct id node, uint64_t now_boot_ms, struct hello_seen *out)
{
    const struct slot *s = find(h, node);

    if (s == NULL || !has_key(s) || now_boot_ms - s->seen.came_boot_ms > HELLO_FRESH_MS)
        return ERR_STALE;
    *out = s->seen;
    return OK;
}

uint64_t hello_deadline(const struct hello_seen *s, uint64_t now_boot_ms)
{
    return s->boot_ms + (now_boot_ms - s->came_boot_ms) + ORDER_START_MS;
}
