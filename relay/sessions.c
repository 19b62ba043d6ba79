/* SPDX-License-Identifier: Apache-2.0 */
/* sessions: each is in two hash tables, by its token's hash and by its node. */
#include "relay/sessions.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096 /* some 10,000 scouts make short lists */

struct entry {
    struct session who;
    uint8_t token_hash[crypto_hash_sha256_BYTES];
    uint8_t nonce[NONCE_LEN];
    uint64_t made_boot_ms;
    struct entry *next_by_token, *next_by_node;
};

struct sessions {
    struct entry *by_token[BUCKETS], *by_node[BUCKETS];
    size_t count;
};

enum err sessions_new(struct sessions **out)
{
    return (*out = calloc(1, sizeof **out)) == NULL ? ERR_NOMEM : OK;
}

static size_t bucket_of(const uint8_t *random)
{
    return ((size_t)random[0] << 8 | random[1]) % BUCKETS;
}

static int is_of(const struct entry *s, struct id site, struct id node)
{
    return id_equal(s->who.node, node) && id_equal(s->who.site, site);
}

/* *link is the session in its list by_node. */
static void remove_at(struct sessions *ss, struct entry **link)
{
    struct entry *gone = *link;
    struct entry **t = &ss->by_token[bucket_of(gone->token_hash)];

    while (*t != gone)
        t = &(*t)->next_by_token;
    *t = gone->next_by_token;
    *link = gone->next_by_node;
    ss->count--;
    free(gone);
}

void sessions_free(struct sessions *ss)
{
    if (ss == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (ss->by_node[i] != NULL)
            remove_at(ss, &ss->by_node[i]);
    }
    free(ss);
}

size_t sessions_count(const struct sessions *ss)
{
    return ss->count;
}

/* Make room among the node's own sessions, and see that the nonce is new to it. */
static enum err make_room(struct sessions *ss, const struct session *who, const uint8_t *nonce, uint64_t now_boot_ms)
{
    struct entry **oldest = NULL;
    size_t n = 0;

    for (struct entry **link = &ss->by_node[bucket_of(who->node.b)]; *link != NULL; link = &(*link)->next_by_node) {
        if (!is_of(*link, who->site, who->node))
            continue;
        if (memcmp((*link)->nonce, nonce, NONCE_LEN) == 0)
            return ERR_REPLAY;
        oldest = link; /* new ones stand in front */
        n++;
    }
    if (n < SESSIONS_PER_NODE)
        return OK;
    if (now_boot_ms - (*oldest)->made_boot_ms < NONCE_LIFE_MS)
        return ERR_LIMIT;
    remove_at(ss, oldest);
    return OK;
}

static void hash_token(const uint8_t token[static SESSION_TOKEN_LEN], uint8_t out[static crypto_hash_sha256_BYTES])
{
    crypto_hash_sha256(out, token, SESSION_TOKEN_LEN);
}

enum err sessions_make(struct sessions *ss, const struct session *who, const uint8_t nonce[static NONCE_LEN],
                       uint64_t now_boot_ms, char token[static SESSION_TOKEN_HEX_SIZE])
{
    uint8_t bytes[SESSION_TOKEN_LEN];
    struct entry **head;
    struct entry *s;
    enum err e;

    if ((e = make_room(ss, who, nonce, now_boot_ms)) != OK)
        return e;
    if ((s = calloc(1, sizeof *s)) == NULL)
        return ERR_NOMEM;
    randombytes_buf(bytes, sizeof bytes);
    s->who = *who;
    s->made_boot_ms = now_boot_ms;
    memcpy(s->nonce, nonce, NONCE_LEN);
    hash_token(bytes, s->token_hash);
    head = &ss->by_token[bucket_of(s->token_hash)];
    s->next_by_token = *head;
    *head = s;
    head = &ss->by_node[bucket_of(who->node.b)];
    s->next_by_node = *head;
    *head = s;
    ss->count++;
    hex_write(bytes, sizeof bytes, token);
    sodium_memzero(bytes, sizeof bytes);
    return OK;
}

enum err sessions_find(struct sessions *ss, const char *token, uint64_t now_boot_ms, struct session *out)
{
    uint8_t bytes[SESSION_TOKEN_LEN], hash[crypto_hash_sha256_BYTES];

    if (hex_read(token, bytes, sizeof bytes) != OK)
        return ERR_AUTH;
    hash_token(bytes, hash);
    sodium_memzero(bytes, sizeof bytes);
    for (struct entry *s = ss->by_token[bucket_of(hash)]; s != NULL; s = s->next_by_token) {
        if (memcmp(s->token_hash, hash, sizeof hash) != 0)
            continue;
        if (now_boot_ms - s->made_boot_ms >= SESSION_LIFE_MS)
            return ERR_AUTH;
        *out = s->who;
        return OK;
    }
    return ERR_AUTH;
}

void sessions_drop(struct sessions *ss, struct id site, struct id node)
{
    struct entry **link = &ss->by_node[bucket_of(node.b)];

    while (*link != NULL) {
        if (is_of(*link, site, node))
            remove_at(ss, link);
        else
            link = &(*link)->next_by_node;
    }
}

void sessions_expire(struct sessions *ss, uint64_t now_boot_ms)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry **link = &ss->by_node[i];

        while (*link != NULL) {
            if (now_boot_ms - (*link)->made_boot_ms >= SESSION_LIFE_MS)
                remove_at(ss, link);
            else
                link = &(*link)->next_by_node;
        }
    }
}
