/* SPDX-License-Identifier: Apache-2.0 */
/* op_printer: the registry of printers. A grant names nothing that is not here. */
#include <string.h>

#include "devicescout/keyholder/ask.h"

enum err op_printers(struct ask *a)
{
    const struct registry *r = a->k->registry;
    enum err e = wbuf_u16(a->out, (uint16_t)r->printers_len);

    for (size_t i = 0; e == OK && i < r->printers_len; i++)
        e = printer_write(&r->printers[i], a->out);
    return e;
}

/* A line with all that an order will say of the printer. */
static enum err audit_printer(struct ask *a, const char *event, const struct printer *p)
{
    char id[ID_HEX_SIZE], name[3 * PRINTER_NAME_SIZE], uri[3 * PRINTER_URI_SIZE], pin[2 * PIN_LEN + 1];

    hex_write(p->pin, PIN_LEN, pin);
    return audit_add(a->k->audit, event, "printer=%s name=%s uri=%s pin=%s", id_text(p->id, id),
                     audit_escape(p->name, name, sizeof name), audit_escape(p->uri, uri, sizeof uri), pin);
}

enum err op_printer_add(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    struct printer p;
    enum err e;

    if (printer_read(&b, &p) != OK || rbuf_end(&b) != OK || id_is_zero(p.id))
        return ask_refuse(a, ERR_FORMAT, "not-a-printer",
                          "A printer has a name of letters, digits, - and _, and an ipps:// URI with a pin or a "
                          "socket:// URI with a language.");
    ask_about(a, "printer", p.id);
    if (registry_printer(a->k->registry, p.id) != NULL || registry_printer_named(a->k->registry, p.name) != NULL)
        return ask_refuse(a, ERR_EXISTS, "printer-known", "A printer of that name is registered already.");
    if (p.protocol == DELIVERY_RAW && !(a->k->registry->bulletin.flags & POLICY_RAW_ALLOWED))
        return ask_refuse(a, ERR_REFUSED, "raw-not-allowed",
                          "The site does not allow unencrypted delivery: `devicescout policy --raw yes` does.");
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    if ((e = registry_add_printer(next, &p)) != OK) {
        e = ask_refuse(a, e, "printers-full", "No more printers fit.");
        goto out;
    }
    if ((e = audit_printer(a, "printer_add", &p)) != OK)
        goto out;
    e = keeper_commit(a->k, next, 0);
    next = NULL; /* keeper_commit took it */
out:
    registry_free(next);
    return e;
}

enum err op_printer_remove(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    const struct printer *p;
    struct id printer;
    enum err e;

    if (rbuf_id(&b, &printer) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-printer", "The request is not what its format allows.");
    ask_about(a, "printer", printer);
    if ((p = registry_printer(a->k->registry, printer)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "printer-unknown", "No such printer is registered.");
    if ((e = audit_printer(a, "printer_remove", p)) != OK || (e = keeper_change(a->k, &next)) != OK)
        return e;
    registry_remove_printer(next, printer);
    return keeper_commit(a->k, next, 0);
}

enum err op_printer_trust(struct ask *a)
{
    struct rbuf b = rbuf_of(a->body, a->len);
    struct registry *next = NULL;
    struct printer *p;
    uint8_t pin[PIN_LEN];
    struct id printer;
    enum err e;

    if (rbuf_id(&b, &printer) != OK || rbuf_copy(&b, pin, sizeof pin) != OK || rbuf_end(&b) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-pin", "The request is not what its format allows.");
    ask_about(a, "printer", printer);
    if ((p = registry_printer(a->k->registry, printer)) == NULL)
        return ask_refuse(a, ERR_NOTFOUND, "printer-unknown", "No such printer is registered.");
    if (delivery_check(p->protocol, p->uri, pin) != OK)
        return ask_refuse(a, ERR_FORMAT, "not-a-pin", "A printer over IPPS has a pin, a raw one has none.");
    if ((e = keeper_change(a->k, &next)) != OK)
        return e;
    p = registry_printer(next, printer);
    memcpy(p->pin, pin, sizeof pin);
    if ((e = audit_printer(a, "printer_trust", p)) != OK) {
        registry_free(next);
        return e;
    }
    return keeper_commit(a->k, next, 0);
}
