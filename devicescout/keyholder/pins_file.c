/* SPDX-License-Identifier: Apache-2.0 */
/* pins_file: a slot as bytes, all of them read at the start, one written in place and synced. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/derive.h"
#include "devicescout/keyholder/pins_state.h"
#include "proto/record.h"

#define PINS_MAX     100000
#define SLOT_LEN     256 /* divides a disk's sector, so a slot is written whole or not at all */
#define SLOT_VERSION 1
#define CHECK_LEN    32

static enum err slot_write(const struct pin_slot *s, uint8_t out[static SLOT_LEN])
{
    struct wbuf b = wbuf_of(out, SLOT_LEN);
    uint8_t check[CHECK_LEN];
    enum err e;

    memset(out, 0, SLOT_LEN);
    if ((e = wbuf_u8(&b, SLOT_VERSION)) != OK || (e = wbuf_u8(&b, s->is_set)) != OK ||
        (e = wbuf_u8(&b, s->failures)) != OK || (e = wbuf_u8(&b, 0)) != OK || (e = wbuf_id(&b, s->person)) != OK ||
        (e = wbuf_copy(&b, s->salt, PIN_SALT_LEN)) != OK || (e = wbuf_copy(&b, s->verifier, PIN_VERIFIER_LEN)) != OK)
        return e;
    if ((e = derive_sha256(&(struct piece){out, b.len}, 1, check)) != OK)
        return e;
    return wbuf_copy(&b, check, CHECK_LEN);
}

static enum err slot_read(const uint8_t bytes[static SLOT_LEN], struct pin_slot *s)
{
    struct rbuf b = rbuf_of(bytes, SLOT_LEN);
    uint8_t version, zero, check[CHECK_LEN], is[CHECK_LEN];

    if (rbuf_u8(&b, &version) || version != SLOT_VERSION || rbuf_u8(&b, &s->is_set) || rbuf_u8(&b, &s->failures) ||
        rbuf_u8(&b, &zero) || rbuf_id(&b, &s->person) || rbuf_copy(&b, s->salt, PIN_SALT_LEN) ||
        rbuf_copy(&b, s->verifier, PIN_VERIFIER_LEN))
        return ERR_FORMAT;
    if (derive_sha256(&(struct piece){bytes, SLOT_LEN - b.left}, 1, is) != OK || rbuf_copy(&b, check, CHECK_LEN) ||
        memcmp(is, check, CHECK_LEN) != 0)
        return ERR_FORMAT;
    return OK;
}

enum err pins_grow(struct pins *p)
{
    const size_t size = p->size > 0 ? 2 * p->size : 64;
    struct pin_slot *larger;

    if (p->len >= PINS_MAX)
        return ERR_FULL;
    if (p->len < p->size)
        return OK;
    if ((larger = realloc(p->slots, size * sizeof *larger)) == NULL)
        return ERR_NOMEM;
    p->slots = larger;
    p->size = size;
    return OK;
}

enum err pins_load(struct pins *p, uint64_t now_boot_ms)
{
    uint8_t bytes[SLOT_LEN];
    struct stat st;
    enum err e;

    if (fstat(p->fd, &st) != 0)
        return ERR_IO;
    /* A part of a slot at the end is one that was never acted on. */
    for (size_t i = 0; i < (size_t)st.st_size / SLOT_LEN; i++) {
        struct pin_slot s = {.is_set = 0};

        if ((e = file_read_at(p->fd, i * SLOT_LEN, bytes, SLOT_LEN)) != OK || (e = pins_grow(p)) != OK)
            return e;
        if (slot_read(bytes, &s) == OK) {
            s.open_boot_ms = now_boot_ms + pins_delay_after(s.failures);
            if ((e = idmap_put(&p->by_person, s.person, (uint32_t)i)) != OK)
                return e;
        } else {
            log_error("pin_slot_damaged", "slot=%zu next=its person sets a new PIN", i);
            s = (struct pin_slot){.is_set = 0};
        }
        p->slots[p->len++] = s;
    }
    return OK;
}

enum err pins_keep(struct pins *p, size_t place, const struct pin_slot *s)
{
    uint8_t bytes[SLOT_LEN];
    enum err e;

    if (p->broken)
        return ERR_IO;
    if ((e = slot_write(s, bytes)) != OK)
        return e;
    if (pwrite(p->fd, bytes, sizeof bytes, (off_t)(place * SLOT_LEN)) != (ssize_t)sizeof bytes ||
        fdatasync(p->fd) != 0) {
        p->broken = 1;
        log_error("pins_broken", "slot=%zu reason=%s", place, err_name(ERR_IO));
        return ERR_IO;
    }
    p->slots[place] = *s;
    return OK;
}
