/* SPDX-License-Identifier: Apache-2.0 */
/* order: the grant. Composed and signed by the keyholder alone, obeyed by the courier it names. PROTOCOL.md, "Order".
 */
#ifndef PROTO_ORDER_H
#define PROTO_ORDER_H

#include "crypto/chunked.h"
#include "crypto/header.h"
#include "proto/record.h"

#define ORDER_MAX_LEN    8192
#define PRINTER_URI_SIZE 256 /* with its NUL */
#define PERSON_SIZE      256 /* with its NUL */
#define OPTIONS_MAX_LEN  4096
#define ORDER_START_MS   10000 /* how long after it was composed a delivery may start */

enum delivery_protocol { DELIVERY_IPPS = 1, DELIVERY_RAW = 2 };
enum order_source { SOURCE_SPOOL = 0, SOURCE_BLOB = 1 };
enum authentication { BY_PASSWORD = 1, BY_BADGE = 2, BY_BADGE_PIN = 3, BY_NAME_PIN = 4, BY_PHONE = 5 };
/* "password", "badge", "badge-pin" …; "unknown" for what is none. The words of API and audit log. */
const char *authentication_name(uint8_t authentication);

struct order {
    struct id site, order, job, recipient;
    uint8_t hello_public[KEY_LEN];
    uint64_t deadline_boot_ms;
    struct id printer;
    char printer_uri[PRINTER_URI_SIZE];
    uint8_t protocol;
    uint8_t printer_pin[32];
    uint8_t source;
    struct id blob;
    uint8_t payload_prefix[CHUNKED_PREFIX_LEN];
    uint64_t payload_len;
    uint8_t wrapped_key[WRAP_LEN];
    uint8_t options[OPTIONS_MAX_LEN]; /* RFC 8010 §3.1.4 attributes */
    size_t options_len;
    char person[PERSON_SIZE]; /* who asked: the job's person, or somebody whom they let release for them */
    uint8_t authentication;
    uint8_t keep; /* 1: the job stays held when it was printed */
};

/*
 * Do protocol, URI and pin belong together? IPPS is ipps://… with a pin, raw 9100 is socket://… with a pin of zeros.
 * Orders and the printer registry ask it when they are written and when they are read. ERR_FORMAT.
 */
MUST_USE enum err delivery_check(uint8_t protocol, const char *uri, const uint8_t pin[static 32]);

MUST_USE enum err order_write(const struct order *o, struct wbuf *out);
MUST_USE enum err order_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN],
                             struct order *out);

#endif
