/* SPDX-License-Identifier: Apache-2.0 */
/* order: fields in the order of PROTOCOL.md, "Order". */
#include "proto/order.h"

#include <string.h>

#include "crypto/label.h"

const char *authentication_name(uint8_t authentication)
{
    static const char *const names[] = {[BY_PASSWORD] = "password",
                                        [BY_BADGE] = "badge",
                                        [BY_BADGE_PIN] = "badge-pin",
                                        [BY_NAME_PIN] = "name-pin",
                                        [BY_PHONE] = "phone"};

    return authentication >= BY_PASSWORD && authentication <= BY_PHONE ? names[authentication] : "unknown";
}

enum err delivery_check(uint8_t protocol, const char *uri, const uint8_t pin[static 32])
{
    static const uint8_t no_pin[32];
    int pinned = memcmp(pin, no_pin, sizeof no_pin) != 0;

    switch (protocol) {
    case DELIVERY_IPPS: /* without a pin any printer could stand in for the one named */
        return pinned && strncmp(uri, "ipps://", 7) == 0 && uri[7] != '\0' ? OK : ERR_FORMAT;
    case DELIVERY_RAW:
        return !pinned && strncmp(uri, "socket://", 9) == 0 && uri[9] != '\0' ? OK : ERR_FORMAT;
    default:
        return ERR_FORMAT;
    }
}

/* What the layout cannot say. Writer and reader ask the same, so that no order is signed that couriers refuse. */
static enum err check(const struct order *o)
{
    if (o->options_len > OPTIONS_MAX_LEN)
        return ERR_LIMIT;
    if (o->source != SOURCE_SPOOL && o->source != SOURCE_BLOB)
        return ERR_FORMAT;
    if ((o->source == SOURCE_SPOOL) != (id_is_zero(o->blob) != 0))
        return ERR_FORMAT;
    if (o->payload_len < CHUNKED_PREFIX_LEN + CHUNK_TAG_LEN) /* an empty document is one empty chunk */
        return ERR_FORMAT;
    if (o->person[0] == '\0' || o->authentication < BY_PASSWORD || o->authentication > BY_PHONE || o->keep > 1)
        return ERR_FORMAT;
    return delivery_check(o->protocol, o->printer_uri, o->printer_pin);
}

enum err order_write(const struct order *o, struct wbuf *out)
{
    size_t before = out->len;
    enum err e;

    if ((e = check(o)) != OK)
        return e;
    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_id(out, o->site)) != OK ||
        (e = wbuf_id(out, o->order)) != OK || (e = wbuf_id(out, o->job)) != OK ||
        (e = wbuf_id(out, o->recipient)) != OK || (e = wbuf_copy(out, o->hello_public, KEY_LEN)) != OK ||
        (e = wbuf_u64(out, o->deadline_boot_ms)) != OK || (e = wbuf_id(out, o->printer)) != OK ||
        (e = wbuf_text16(out, o->printer_uri)) != OK || (e = wbuf_u8(out, o->protocol)) != OK ||
        (e = wbuf_copy(out, o->printer_pin, sizeof o->printer_pin)) != OK || (e = wbuf_u8(out, o->source)) != OK ||
        (e = wbuf_id(out, o->blob)) != OK || (e = wbuf_copy(out, o->payload_prefix, CHUNKED_PREFIX_LEN)) != OK ||
        (e = wbuf_u64(out, o->payload_len)) != OK || (e = wbuf_copy(out, o->wrapped_key, WRAP_LEN)) != OK ||
        (e = wbuf_bytes16(out, o->options, o->options_len)) != OK || (e = wbuf_text16(out, o->person)) != OK ||
        (e = wbuf_u8(out, o->authentication)) != OK || (e = wbuf_u8(out, o->keep)) != OK)
        return e;
    return out->len - before > ORDER_MAX_LEN - SIGNATURE_LEN ? ERR_LIMIT : OK;
}

static enum err fields_read(struct rbuf *b, struct order *o)
{
    const uint8_t *options;
    enum err e;

    if ((e = rbuf_id(b, &o->site)) != OK || (e = rbuf_id(b, &o->order)) != OK || (e = rbuf_id(b, &o->job)) != OK ||
        (e = rbuf_id(b, &o->recipient)) != OK || (e = rbuf_copy(b, o->hello_public, KEY_LEN)) != OK ||
        (e = rbuf_u64(b, &o->deadline_boot_ms)) != OK || (e = rbuf_id(b, &o->printer)) != OK ||
        (e = rbuf_text16(b, o->printer_uri, PRINTER_URI_SIZE)) != OK || (e = rbuf_u8(b, &o->protocol)) != OK ||
        (e = rbuf_copy(b, o->printer_pin, sizeof o->printer_pin)) != OK || (e = rbuf_u8(b, &o->source)) != OK ||
        (e = rbuf_id(b, &o->blob)) != OK || (e = rbuf_copy(b, o->payload_prefix, CHUNKED_PREFIX_LEN)) != OK ||
        (e = rbuf_u64(b, &o->payload_len)) != OK || (e = rbuf_copy(b, o->wrapped_key, WRAP_LEN)) != OK ||
        (e = rbuf_bytes16(b, OPTIONS_MAX_LEN, &options, &o->options_len)) != OK ||
        (e = rbuf_text16(b, o->person, PERSON_SIZE)) != OK || (e = rbuf_u8(b, &o->authentication)) != OK ||
        (e = rbuf_u8(b, &o->keep)) != OK)
        return e;
    memcpy(o->options, options, o->options_len);
    return rbuf_end(b);
}

enum err order_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN], struct order *out)
{
    struct order o = {0};
    struct rbuf b;
    enum err e;

    if (len > ORDER_MAX_LEN)
        return ERR_LIMIT;
    if ((e = RECORD_OPEN(bytes, len, LABEL_ORDER, site_public, &b)) != OK)
        return e;
    if ((e = fields_read(&b, &o)) != OK || (e = check(&o)) != OK)
        return e;
    if (!id_equal(o.site, verify_key_id(site_public)))
        return ERR_FORMAT;
    *out = o;
    return OK;
}
