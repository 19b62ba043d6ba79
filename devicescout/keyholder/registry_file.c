/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_file: the registry as bytes.
 *
 *   "LATCHREG" 8 · version 1 · audit number 8 · audit hash 32 · bulletin length 4 · bulletin (signed)
 *   for each of its epochs: audit line 8
 *   nodes 4, each:     Ed25519 32 · X25519 32 · roles 1 · serial 2 · person text16 · joined 8 · code id 8 · revoked 1
 *   codes 4, each:     code id 8 · code key 32 · door 32 · person text16 · roles 1 · expires 8 · uses left 4
 *   printers 4, each:  as in PROTOCOL.md
 *   SHA-256 of all before: it finds a bad disk, not an enemy, who cannot write here anyway
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "crypto/derive.h"
#include "devicescout/keyholder/registry.h"

#define MAGIC             "LATCHREG"
#define MAGIC_LEN         8
#define REGISTRY_VERSION  1
#define NODE_BYTES_MAX    (2 * KEY_LEN + 1 + 2 + 2 + PERSON_SIZE + 8 + CODE_ID_LEN + 1)
#define CODE_BYTES_MAX    (CODE_ID_LEN + KEY_LEN + DOOR_LEN + 2 + PERSON_SIZE + 1 + 8 + 4)
#define REGISTRY_FILE_MAX (16 * 1024 * 1024) /* 20,000 nodes take 7 MiB */

static enum err node_write(const struct registry_node *n, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_copy(b, n->sign_public, KEY_LEN)) != OK || (e = wbuf_copy(b, n->box_public, KEY_LEN)) != OK ||
        (e = wbuf_u8(b, n->roles)) != OK || (e = wbuf_u16(b, n->serial)) != OK ||
        (e = wbuf_text16(b, n->person)) != OK || (e = wbuf_u64(b, n->joined_unix_ms)) != OK ||
        (e = wbuf_copy(b, n->code_id, CODE_ID_LEN)) != OK)
        return e;
    return wbuf_u8(b, n->revoked);
}

static enum err node_read(struct rbuf *b, struct registry_node *n)
{
    enum err e;

    if ((e = rbuf_copy(b, n->sign_public, KEY_LEN)) != OK || (e = rbuf_copy(b, n->box_public, KEY_LEN)) != OK ||
        (e = rbuf_u8(b, &n->roles)) != OK || (e = rbuf_u16(b, &n->serial)) != OK ||
        (e = rbuf_text16(b, n->person, sizeof n->person)) != OK || (e = rbuf_u64(b, &n->joined_unix_ms)) != OK ||
        (e = rbuf_copy(b, n->code_id, CODE_ID_LEN)) != OK || (e = rbuf_u8(b, &n->revoked)) != OK)
        return e;
    n->node = verify_key_id(n->sign_public);
    return OK;
}

static enum err code_write(const struct registry_code *c, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_copy(b, c->code_id, CODE_ID_LEN)) != OK || (e = wbuf_copy(b, c->code_key, KEY_LEN)) != OK ||
        (e = wbuf_copy(b, c->door, DOOR_LEN)) != OK || (e = wbuf_text16(b, c->person)) != OK ||
        (e = wbuf_u8(b, c->roles)) != OK || (e = wbuf_u64(b, c->expires_unix_ms)) != OK)
        return e;
    return wbuf_u32(b, c->uses_left);
}

static enum err code_read(struct rbuf *b, struct registry_code *c)
{
    enum err e;

    if ((e = rbuf_copy(b, c->code_id, CODE_ID_LEN)) != OK || (e = rbuf_copy(b, c->code_key, KEY_LEN)) != OK ||
        (e = rbuf_copy(b, c->door, DOOR_LEN)) != OK || (e = rbuf_text16(b, c->person, sizeof c->person)) != OK ||
        (e = rbuf_u8(b, &c->roles)) != OK || (e = rbuf_u64(b, &c->expires_unix_ms)) != OK)
        return e;
    return rbuf_u32(b, &c->uses_left);
}

static enum err head_write(const struct registry *r, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_copy(b, MAGIC, MAGIC_LEN)) != OK || (e = wbuf_u8(b, REGISTRY_VERSION)) != OK ||
        (e = wbuf_u64(b, r->audit.number)) != OK || (e = wbuf_copy(b, r->audit.hash, AUDIT_HASH_LEN)) != OK ||
        (e = wbuf_u32(b, (uint32_t)r->signed_len)) != OK || (e = wbuf_copy(b, r->signed_bulletin, r->signed_len)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < r->bulletin.epochs_len; i++)
        e = wbuf_u64(b, r->audit_from[i]);
    return e;
}

static enum err head_read(struct rbuf *b, struct id site, struct registry *r)
{
    struct bulletin *bulletin = NULL;
    const uint8_t *magic, *bytes;
    uint8_t version;
    uint32_t len;
    enum err e;

    if ((e = rbuf_take(b, MAGIC_LEN, &magic)) != OK || (e = rbuf_u8(b, &version)) != OK)
        return e;
    if (memcmp(magic, MAGIC, MAGIC_LEN) != 0)
        return ERR_FORMAT;
    if (version != REGISTRY_VERSION)
        return ERR_UNSUPPORTED;
    if ((e = rbuf_u64(b, &r->audit.number)) != OK || (e = rbuf_copy(b, r->audit.hash, AUDIT_HASH_LEN)) != OK ||
        (e = rbuf_u32(b, &len)) != OK || (e = rbuf_take(b, len, &bytes)) != OK)
        return e;
    if ((e = bulletin_read(bytes, len, site, &bulletin)) != OK)
        return e;
    r->bulletin = *bulletin;
    free(bulletin);
    if ((r->signed_bulletin = malloc(len)) == NULL)
        return ERR_NOMEM;
    memcpy(r->signed_bulletin, bytes, len);
    r->signed_len = len;
    for (size_t i = 0; e == OK && i < r->bulletin.epochs_len; i++)
        e = rbuf_u64(b, &r->audit_from[i]);
    return e;
}

static enum err tables_write(const struct registry *r, struct wbuf *b)
{
    enum err e;

    if ((e = wbuf_u32(b, (uint32_t)r->nodes_len)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < r->nodes_len; i++)
        e = node_write(&r->nodes[i], b);
    if (e == OK)
        e = wbuf_u32(b, (uint32_t)r->codes_len);
    for (size_t i = 0; e == OK && i < r->codes_len; i++)
        e = code_write(&r->codes[i], b);
    if (e == OK)
        e = wbuf_u32(b, (uint32_t)r->printers_len);
    for (size_t i = 0; e == OK && i < r->printers_len; i++)
        e = printer_write(&r->printers[i], b);
    return e;
}

static enum err tables_read(struct rbuf *b, struct registry *r)
{
    uint32_t n;
    enum err e;

    if ((e = rbuf_u32(b, &n)) != OK)
        return e;
    for (; e == OK && n > 0; n--) {
        struct registry_node node = {0};

        if ((e = node_read(b, &node)) == OK)
            e = registry_add_node(r, &node);
    }
    if (e != OK || (e = rbuf_u32(b, &n)) != OK)
        return e;
    if (n > REGISTRY_CODES_MAX)
        return ERR_LIMIT;
    for (; e == OK && n > 0; n--)
        e = code_read(b, &r->codes[r->codes_len++]); /* straight into locked memory */
    if (e != OK || (e = rbuf_u32(b, &n)) != OK)
        return e;
    for (; e == OK && n > 0; n--) {
        struct printer p;

        if ((e = printer_read(b, &p)) == OK)
            e = registry_add_printer(r, &p);
    }
    return e;
}

enum err registry_save(const struct registry *r, int dirfd)
{
    const size_t size = 1024 + r->signed_len + sizeof r->audit_from + r->nodes_len * NODE_BYTES_MAX +
                        r->codes_len * CODE_BYTES_MAX + KH_FRAME_MAX;
    uint8_t *bytes = NULL, sum[32];
    struct wbuf b;
    enum err e = ERR_NOMEM;

    if ((bytes = secret_new(size)) == NULL) /* code keys pass through it */
        goto out;
    b = wbuf_of(bytes, size);
    if ((e = head_write(r, &b)) != OK || (e = tables_write(r, &b)) != OK)
        goto out;
    if ((e = derive_sha256(&(struct piece){bytes, b.len}, 1, sum)) != OK || (e = wbuf_copy(&b, sum, sizeof sum)) != OK)
        goto out;
    e = file_replace(dirfd, REGISTRY_FILE, bytes, b.len, 0600);
out:
    secret_free(bytes);
    return e;
}

static enum err read_all(const uint8_t *bytes, size_t len, struct id site, struct registry *r)
{
    struct rbuf b;
    uint8_t sum[32];
    enum err e;

    if (len < sizeof sum)
        return ERR_FORMAT;
    len -= sizeof sum;
    if ((e = derive_sha256(&(struct piece){bytes, len}, 1, sum)) != OK)
        return e;
    if (memcmp(sum, bytes + len, sizeof sum) != 0)
        return ERR_FORMAT;
    b = rbuf_of(bytes, len);
    if ((e = head_read(&b, site, r)) != OK || (e = tables_read(&b, r)) != OK)
        return e;
    return rbuf_end(&b);
}

enum err registry_load(int dirfd, struct id site, struct registry **out)
{
    struct registry *r = NULL;
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err e;

    if ((e = file_read(dirfd, REGISTRY_FILE, REGISTRY_FILE_MAX, &bytes, &len)) != OK)
        goto out;
    if ((e = registry_new(&r)) != OK || (e = read_all(bytes, len, site, r)) != OK)
        goto out;
    *out = r; /* the caller owns it now */
    r = NULL;
out:
    if (bytes != NULL)
        secret_wipe(bytes, len);
    free(bytes);
    registry_free(r);
    return e;
}
