/* SPDX-License-Identifier: Apache-2.0 */
/* bulletin: what a site tells its scouts: epochs, device scouts, relays, policy, profile, revoked nodes. PROTOCOL.md,
 * "Bulletin". */
#ifndef PROTO_BULLETIN_H
#define PROTO_BULLETIN_H

#include "proto/record.h"

#define BULLETIN_MAX_LEN     65536
#define BULLETIN_EPOCHS_MAX  32
#define BULLETIN_SCOUTS_MAX  8
#define BULLETIN_RELAYS_MAX  8
#define BULLETIN_REVOKED_MAX 3000
#define BULLETIN_PROFILE_MAX 8192
#define RELAY_URL_SIZE       256 /* with its NUL */
#define PIN_LEN              32  /* SHA-256 of a SubjectPublicKeyInfo */

enum policy_flag {
    POLICY_RAW_ALLOWED = 1,
    POLICY_HELD_SHOWN_COMPLETED = 2,
    POLICY_KEEP_ALLOWED = 4,
    POLICY_POSTSCRIPT_ALLOWED = 8,
    POLICY_ANY_FORMAT_ALLOWED = 16 /* documents of no known format */
};
#define POLICY_KNOWN                                                                                                   \
    (POLICY_RAW_ALLOWED | POLICY_HELD_SHOWN_COMPLETED | POLICY_KEEP_ALLOWED | POLICY_POSTSCRIPT_ALLOWED |              \
     POLICY_ANY_FORMAT_ALLOWED)

struct bulletin_epoch {
    uint32_t number;
    uint8_t public_key[KEY_LEN];
    uint64_t start_unix_ms, use_until_unix_ms, destroy_at_unix_ms;
};
struct bulletin_scout {
    struct id node;
    uint8_t sign_public[KEY_LEN];
    uint8_t box_public[KEY_LEN];
};
struct bulletin_relay {
    char url[RELAY_URL_SIZE]; /* https://host:port, no path */
    uint8_t pin[PIN_LEN];
};
struct bulletin {
    uint8_t site_public[KEY_LEN];
    struct id site; /* not in the record: its hash */
    uint32_t version;
    uint64_t issued_unix_ms;
    size_t epochs_len, scouts_len, relays_len, revoked_len;
    struct bulletin_epoch epochs[BULLETIN_EPOCHS_MAX];
    struct bulletin_scout scouts[BULLETIN_SCOUTS_MAX];
    struct bulletin_relay relays[BULLETIN_RELAYS_MAX];
    uint32_t retention_s;
    uint32_t flags;
    uint8_t pin_digits_least;
    uint8_t profile[BULLETIN_PROFILE_MAX]; /* profile.h; as it came */
    size_t profile_len;                    /* 0: the site has not said what its printers can */
    struct id revoked[BULLETIN_REVOKED_MAX];
};

MUST_USE enum err bulletin_write(const struct bulletin *b, struct wbuf *out);

/*
 * Check and read. The site's key is in it, so the id is what the caller trusts.
 *   site    the pinned site id
 *   out     on OK a new bulletin for free()
 * Errors: ERR_AUTH another site's or not signed by it; ERR_FORMAT; ERR_LIMIT; ERR_UNSUPPORTED.
 */
MUST_USE enum err bulletin_read(const uint8_t *bytes, size_t len, struct id site, struct bulletin **out);

/* May new replace known (NULL: none)? ERR_STALE older; ERR_AUTH the same version with other bytes: an alarm; ERR_EXISTS
 * the same. */
MUST_USE enum err bulletin_follows(const uint8_t *known, size_t known_len, uint32_t known_version, const uint8_t *bytes,
                                   size_t len, uint32_t version);

/* What names these bytes among all bulletins, for whoever asks whether there are others: 32 hex digits. */
void bulletin_tag(const uint8_t *bytes, size_t len, char out[static ID_HEX_SIZE]);

/* The epoch to seal to now: ERR_NOTFOUND none has started; ERR_EXPIRED its use-until is past (*out is set all the
 * same). */
MUST_USE enum err bulletin_epoch_now(const struct bulletin *b, uint64_t now_unix_ms, const struct bulletin_epoch **out);

/* Is it https://host:port and nothing behind it? Bulletins and invitations hold no other. */
int relay_url_is_sound(const char *url);

int bulletin_is_revoked(const struct bulletin *b, struct id node);
/* NULL when it is none of the bulletin's. */
const struct bulletin_scout *bulletin_scout(const struct bulletin *b, struct id node);

#endif
