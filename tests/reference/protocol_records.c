/* SPDX-License-Identifier: Apache-2.0 */
/* protocol_records: the signed records, for protocol_kinds.h. */
#include <stdlib.h>
#include <string.h>

#include "crypto/label.h"
#include "proto/bulletin.h"
#include "proto/closed.h"
#include "proto/hello.h"
#include "proto/order.h"
#include "proto/report.h"
#include "tests/reference/protocol_kinds.h"

struct pair pair_of(const uint8_t *seed)
{
    struct pair p;

    if (sign_pair(seed, p.public_key, p.secret_key) != OK)
        abort();
    return p;
}

/* A signed record: SIGNED(name, LABEL) needs name_read(bytes, len, public, out) and name_write(record, out). */
#define SIGNED(name, label)                                                                                            \
    static enum err read_##name(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)   \
    {                                                                                                                  \
        return name##_read(bytes, len, pair_of(key).public_key, out);                                                  \
    }                                                                                                                  \
    static enum err write_##name(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)         \
    {                                                                                                                  \
        enum err e = name##_write(record, out);                                                                        \
        return e != OK ? e : RECORD_SIGN(out, label, pair_of(key).secret_key);                                         \
    }

static const struct field CERTIFICATE[] = {BYTES(certificate, site),        BYTES(certificate, sign_public),
                                           BYTES(certificate, box_public),  NUMBER(certificate, roles, 8),
                                           NUMBER(certificate, serial, 16), END};
SIGNED(certificate, LABEL_CERTIFICATE)

static const struct field EPOCH[] = {NUMBER(bulletin_epoch, number, 32),
                                     BYTES(bulletin_epoch, public_key),
                                     NUMBER(bulletin_epoch, start_unix_ms, 64),
                                     NUMBER(bulletin_epoch, use_until_unix_ms, 64),
                                     NUMBER(bulletin_epoch, destroy_at_unix_ms, 64),
                                     END};
static const struct field SCOUT[] = {BYTES(bulletin_scout, node), BYTES(bulletin_scout, sign_public),
                                     BYTES(bulletin_scout, box_public), END};
static const struct field RELAY[] = {TEXT(bulletin_relay, url), BYTES(bulletin_relay, pin), END};
static const struct field NODE_ID[] = {{"node", FIELD_BYTES, 0, ID_LEN, 0, 0, NULL}, END};
static const struct field BULLETIN[] = {BYTES(bulletin, site_public),
                                        NUMBER(bulletin, version, 32),
                                        NUMBER(bulletin, issued_unix_ms, 64),
                                        LIST(bulletin, epochs, epochs_len, EPOCH),
                                        LIST(bulletin, scouts, scouts_len, SCOUT),
                                        LIST(bulletin, relays, relays_len, RELAY),
                                        NUMBER(bulletin, retention_s, 32),
                                        NUMBER(bulletin, flags, 32),
                                        NUMBER(bulletin, pin_digits_least, 8),
                                        VAR(bulletin, profile, profile_len),
                                        LIST(bulletin, revoked, revoked_len, NODE_ID),
                                        END};

static enum err read_bulletin(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    struct bulletin *b = NULL;
    enum err e = bulletin_read(bytes, len, verify_key_id(pair_of(key).public_key), &b);

    if (e == OK)
        memcpy(out, b, sizeof *b);
    free(b);
    return e;
}

static enum err write_bulletin(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    enum err e = bulletin_write(record, out);

    return e != OK ? e : RECORD_SIGN(out, LABEL_BULLETIN, pair_of(key).secret_key);
}

static const struct field HELLO[] = {BYTES(hello, certificate_bytes), BYTES(hello, hello_public),
                                     NUMBER(hello, boot_ms, 64), END};

/* key: the site's seed, then the node's. */
static enum err read_hello(const uint8_t key[static KIND_KEY_MAX], const uint8_t *bytes, size_t len, void *out)
{
    return hello_read(bytes, len, pair_of(key).public_key, out);
}

static enum err write_hello(const uint8_t key[static KIND_KEY_MAX], const void *record, struct wbuf *out)
{
    enum err e = hello_write(record, out);

    return e != OK ? e : RECORD_SIGN(out, LABEL_HELLO, pair_of(key + KEY_LEN).secret_key);
}

static const struct field ORDER[] = {BYTES(order, site),
                                     BYTES(order, order),
                                     BYTES(order, job),
                                     BYTES(order, recipient),
                                     BYTES(order, hello_public),
                                     NUMBER(order, deadline_boot_ms, 64),
                                     BYTES(order, printer),
                                     TEXT(order, printer_uri),
                                     NUMBER(order, protocol, 8),
                                     BYTES(order, printer_pin),
                                     NUMBER(order, source, 8),
                                     BYTES(order, blob),
                                     BYTES(order, payload_prefix),
                                     NUMBER(order, payload_len, 64),
                                     BYTES(order, wrapped_key),
                                     VAR(order, options, options_len),
                                     TEXT(order, person),
                                     NUMBER(order, authentication, 8),
                                     NUMBER(order, keep, 8),
                                     END};
SIGNED(order, LABEL_ORDER)

static const struct field REPORT[] = {BYTES(report, site),
                                      BYTES(report, order),
                                      BYTES(report, job),
                                      BYTES(report, node),
                                      NUMBER(report, state, 8),
                                      NUMBER(report, reason, 8),
                                      NUMBER(report, terminal, 8),
                                      NUMBER(report, confirmed, 8),
                                      NUMBER(report, sent_bytes, 64),
                                      NUMBER(report, impressions, 32),
                                      TEXT(report, printer_state_reasons),
                                      BYTES(report, hello_public),
                                      END};
SIGNED(report, LABEL_REPORT)

static const struct field CLOSED[] = {BYTES(closed, site), BYTES(closed, job), NUMBER(closed, reason, 8), END};
SIGNED(closed, LABEL_CLOSED)

const struct kind KINDS_OF_RECORDS[] = {
    {"certificate", CERTIFICATE, sizeof(struct certificate), read_certificate, write_certificate},
    {"bulletin", BULLETIN, sizeof(struct bulletin), read_bulletin, write_bulletin},
    {"hello", HELLO, sizeof(struct hello), read_hello, write_hello},
    {"order", ORDER, sizeof(struct order), read_order, write_order},
    {"report", REPORT, sizeof(struct report), read_report, write_report},
    {"closed", CLOSED, sizeof(struct closed), read_closed, write_closed},
    {NULL, NULL, 0, NULL, NULL},
};
