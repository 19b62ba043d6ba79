/* SPDX-License-Identifier: Apache-2.0 */
/* bulletin: fields in the order of PROTOCOL.md, "Bulletin"; each list's writer stands beside its reader. */
#include "proto/bulletin.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/label.h"

static enum err epochs_write(const struct bulletin *b, struct wbuf *out)
{
    enum err e = wbuf_u8(out, (uint8_t)b->epochs_len);

    for (size_t i = 0; e == OK && i < b->epochs_len; i++) {
        const struct bulletin_epoch *epoch = &b->epochs[i];

        if ((e = wbuf_u32(out, epoch->number)) != OK || (e = wbuf_copy(out, epoch->public_key, KEY_LEN)) != OK ||
            (e = wbuf_u64(out, epoch->start_unix_ms)) != OK || (e = wbuf_u64(out, epoch->use_until_unix_ms)) != OK)
            return e;
        e = wbuf_u64(out, epoch->destroy_at_unix_ms);
    }
    return e;
}

static enum err epochs_read(struct rbuf *in, struct bulletin *b)
{
    enum err e = rbuf_count(in, BULLETIN_EPOCHS_MAX, &b->epochs_len);

    for (size_t i = 0; e == OK && i < b->epochs_len; i++) {
        struct bulletin_epoch *epoch = &b->epochs[i];

        if ((e = rbuf_u32(in, &epoch->number)) != OK || (e = rbuf_copy(in, epoch->public_key, KEY_LEN)) != OK ||
            (e = rbuf_u64(in, &epoch->start_unix_ms)) != OK || (e = rbuf_u64(in, &epoch->use_until_unix_ms)) != OK)
            return e;
        e = rbuf_u64(in, &epoch->destroy_at_unix_ms);
    }
    return e;
}

static enum err scouts_write(const struct bulletin *b, struct wbuf *out)
{
    enum err e = wbuf_u8(out, (uint8_t)b->scouts_len);

    for (size_t i = 0; e == OK && i < b->scouts_len; i++) {
        const struct bulletin_scout *scout = &b->scouts[i];

        if ((e = wbuf_id(out, scout->node)) != OK || (e = wbuf_copy(out, scout->sign_public, KEY_LEN)) != OK)
            return e;
        e = wbuf_copy(out, scout->box_public, KEY_LEN);
    }
    return e;
}

static enum err scouts_read(struct rbuf *in, struct bulletin *b)
{
    enum err e = rbuf_count(in, BULLETIN_SCOUTS_MAX, &b->scouts_len);

    for (size_t i = 0; e == OK && i < b->scouts_len; i++) {
        struct bulletin_scout *scout = &b->scouts[i];

        if ((e = rbuf_id(in, &scout->node)) != OK || (e = rbuf_copy(in, scout->sign_public, KEY_LEN)) != OK)
            return e;
        e = rbuf_copy(in, scout->box_public, KEY_LEN);
    }
    return e;
}

static enum err relays_write(const struct bulletin *b, struct wbuf *out)
{
    enum err e = wbuf_u8(out, (uint8_t)b->relays_len);

    for (size_t i = 0; e == OK && i < b->relays_len; i++) {
        if ((e = wbuf_text16(out, b->relays[i].url)) != OK)
            return e;
        e = wbuf_copy(out, b->relays[i].pin, PIN_LEN);
    }
    return e;
}

static enum err relays_read(struct rbuf *in, struct bulletin *b)
{
    enum err e = rbuf_count(in, BULLETIN_RELAYS_MAX, &b->relays_len);

    for (size_t i = 0; e == OK && i < b->relays_len; i++) {
        if ((e = rbuf_text16(in, b->relays[i].url, RELAY_URL_SIZE)) != OK)
            return e;
        e = rbuf_copy(in, b->relays[i].pin, PIN_LEN);
    }
    return e;
}

static enum err revoked_write(const struct bulletin *b, struct wbuf *out)
{
    enum err e = wbuf_u16(out, (uint16_t)b->revoked_len);

    for (size_t i = 0; e == OK && i < b->revoked_len; i++)
        e = wbuf_id(out, b->revoked[i]);
    return e;
}

static enum err revoked_read(struct rbuf *in, struct bulletin *b)
{
    uint16_t n;
    enum err e = rbuf_u16(in, &n);

    if (e != OK)
        return e;
    if (n > BULLETIN_REVOKED_MAX)
        return ERR_LIMIT;
    b->revoked_len = n;
    for (size_t i = 0; e == OK && i < b->revoked_len; i++)
        e = rbuf_id(in, &b->revoked[i]);
    return e;
}

/* Only copied: who needs it reads it, and a profile that is new or odd costs nobody the rest of the bulletin. */
static enum err profile_copy(struct rbuf *in, struct bulletin *b)
{
    const uint8_t *bytes;
    enum err e = rbuf_bytes16(in, BULLETIN_PROFILE_MAX, &bytes, &b->profile_len);

    if (e == OK && b->profile_len > 0)
        memcpy(b->profile, bytes, b->profile_len);
    return e;
}

int relay_url_is_sound(const char *url)
{
    static const char scheme[] = "https://";

    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return 0;
    url += sizeof scheme - 1;
    return *url != '\0' && url[strcspn(url, "/?#@\\\" ")] == '\0';
}

/* What the tables cannot say. Writer and reader ask the same, so that no bulletin is signed that scouts refuse. */
static enum err check(const struct bulletin *b)
{
    if (b->epochs_len > BULLETIN_EPOCHS_MAX || b->scouts_len > BULLETIN_SCOUTS_MAX ||
        b->relays_len > BULLETIN_RELAYS_MAX || b->revoked_len > BULLETIN_REVOKED_MAX ||
        b->profile_len > BULLETIN_PROFILE_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < b->epochs_len; i++) {
        const struct bulletin_epoch *epoch = &b->epochs[i];

        if (i > 0 && epoch->number <= epoch[-1].number)
            return ERR_FORMAT;
        if (epoch->start_unix_ms > epoch->use_until_unix_ms || epoch->use_until_unix_ms > epoch->destroy_at_unix_ms)
            return ERR_FORMAT;
    }
    for (size_t i = 0; i < b->scouts_len; i++) {
        if (!id_equal(b->scouts[i].node, verify_key_id(b->scouts[i].sign_public)))
            return ERR_FORMAT;
    }
    for (size_t i = 0; i < b->relays_len; i++) {
        if (!relay_url_is_sound(b->relays[i].url))
            return ERR_FORMAT;
    }
    return (b->flags & ~(uint32_t)POLICY_KNOWN) != 0 ? ERR_UNSUPPORTED : OK;
}

enum err bulletin_write(const struct bulletin *b, struct wbuf *out)
{
    enum err e;

    if ((e = check(b)) != OK)
        return e;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_copy(out, b->site_public, KEY_LEN)) != OK ||
        (e = wbuf_u32(out, b->version)) != OK || (e = wbuf_u64(out, b->issued_unix_ms)) != OK ||
        (e = epochs_write(b, out)) != OK || (e = scouts_write(b, out)) != OK || (e = relays_write(b, out)) != OK ||
        (e = wbuf_u32(out, b->retention_s)) != OK || (e = wbuf_u32(out, b->flags)) != OK ||
        (e = wbuf_u8(out, b->pin_digits_least)) != OK || (e = wbuf_bytes16(out, b->profile, b->profile_len)) != OK)
        return e;
    return revoked_write(b, out);
}

static enum err fields_read(struct rbuf *in, struct bulletin *b)
{
    enum err e;

    if ((e = rbuf_copy(in, b->site_public, KEY_LEN)) != OK || (e = rbuf_u32(in, &b->version)) != OK ||
        (e = rbuf_u64(in, &b->issued_unix_ms)) != OK || (e = epochs_read(in, b)) != OK ||
        (e = scouts_read(in, b)) != OK || (e = relays_read(in, b)) != OK || (e = rbuf_u32(in, &b->retention_s)) != OK ||
        (e = rbuf_u32(in, &b->flags)) != OK || (e = rbuf_u8(in, &b->pin_digits_least)) != OK ||
        (e = profile_copy(in, b)) != OK || (e = revoked_read(in, b)) != OK)
        return e;
    return rbuf_end(in);
}

enum err bulletin_read(const uint8_t *bytes, size_t len, struct id site, struct bulletin **out)
{
    struct bulletin *b = NULL;
    struct rbuf in;
    enum err e;

    e = ERR_LIMIT;
    if (len > BULLETIN_MAX_LEN)
        goto out;
    e = ERR_FORMAT;
    if (len < 1 + KEY_LEN)
        goto out;
    /* The key stands in the record itself; the pinned id says whether it is the site's. */
    e = ERR_AUTH;
    if (!id_equal(verify_key_id(bytes + 1), site))
        goto out;
    if ((e = RECORD_OPEN(bytes, len, LABEL_BULLETIN, bytes + 1, &in)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((b = calloc(1, sizeof *b)) == NULL)
        goto out;
    if ((e = fields_read(&in, b)) != OK || (e = check(b)) != OK)
        goto out;
    b->site = site;
    *out = b; /* the caller owns it now */
    b = NULL;
out:
    free(b);
    return e;
}

enum err bulletin_follows(const uint8_t *known, size_t known_len, uint32_t known_version, const uint8_t *bytes,
                          size_t len, uint32_t version)
{
    if (known == NULL || version > known_version)
        return OK;
    if (version < known_version)
        return ERR_STALE;
    return len == known_len && memcmp(bytes, known, len) == 0 ? ERR_EXISTS : ERR_AUTH;
}

void bulletin_tag(const uint8_t *bytes, size_t len, char out[static ID_HEX_SIZE])
{
    uint8_t hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, bytes, len);
    hex_write(hash, ID_LEN, out);
}

enum err bulletin_epoch_now(const struct bulletin *b, uint64_t now_unix_ms, const struct bulletin_epoch **out)
{
    const struct bulletin_epoch *found = NULL;

    for (size_t i = 0; i < b->epochs_len; i++) {
        if (b->epochs[i].start_unix_ms <= now_unix_ms) /* numbers rise, so the last one found is the highest */
            found = &b->epochs[i];
    }
    if (found == NULL)
        return ERR_NOTFOUND;
    *out = found;
    return now_unix_ms > found->use_until_unix_ms ? ERR_EXPIRED : OK;
}

int bulletin_is_revoked(const struct bulletin *b, struct id node)
{
    for (size_t i = 0; i < b->revoked_len; i++) {
        if (id_equal(b->revoked[i], node))
            return 1;
    }
    return 0;
}

const struct bulletin_scout *bulletin_scout(const struct bulletin *b, struct id node)
{
    for (size_t i = 0; i < b->scouts_len; i++) {
        if (id_equal(b->scouts[i].node, node))
            return &b->scouts[i];
    }
    return NULL;
}
