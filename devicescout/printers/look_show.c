/* SPDX-License-Identifier: Apache-2.0 */
/* look_show: what was seen, for people and for scripts. */
#include "devicescout/fleet/admin.h"
#include "devicescout/printers/look.h"

static const struct {
    enum tls_flaw flaw;
    const char *name, *sentence;
} flaws[] = {{TLS_OLD_VERSION, "old-tls", "it speaks nothing newer than TLS 1.1"},
             {TLS_WEAK_KEY, "weak-key", "its key is weak: RSA needs 2048 bits, EC 256; make a new one at the printer"},
             {TLS_WEAK_HASH, "weak-hash", "its certificate is signed with a broken hash; the pin does not rely on it"},
             {TLS_EXPIRED, "expired", "its certificate has expired; the pin does not rely on dates"},
             {TLS_NOT_YET, "not-yet-valid", "its certificate is not valid yet; is a clock wrong?"}};
#define FLAWS (sizeof flaws / sizeof *flaws)

void look_print_tls(const struct look *l, FILE *to)
{
    char pin[65], from[32], until[32];

    hex_write(l->tls.pin, 32, pin);
    fprintf(to, "%s port %u shows this certificate:\n", l->target.host, (unsigned)l->target.port);
    fprintf(to, "  subject    %s\n  issuer     %s\n  valid      %s to %s\n", l->tls.subject, l->tls.issuer,
            admin_time(l->tls.from_unix_ms, from, sizeof from), admin_time(l->tls.until_unix_ms, until, sizeof until));
    fprintf(to, "  key        %s, signed with %s, over %s\n  pin        %s\n", l->tls.key, l->tls.hash, l->tls.version,
            pin);
    for (size_t i = 0; i < FLAWS; i++) {
        if (l->tls.flaws & flaws[i].flaw)
            fprintf(to, "  MIND       %s\n", flaws[i].sentence);
    }
}

void look_print_ipp(const struct look *l, FILE *to)
{
    fprintf(to, "  model      %s\n  state      %s (%s)\n  formats    %s\n", l->ipp.make_and_model, l->ipp.state,
            l->ipp.state_reasons, l->ipp.formats);
}

json_t *look_tls_json(const struct look *l)
{
    json_t *array = json_array();
    char pin[65];

    for (size_t i = 0; i < FLAWS; i++) {
        if ((l->tls.flaws & flaws[i].flaw) && json_array_append_new(array, json_string(flaws[i].name)) != 0)
            break;
    }
    hex_write(l->tls.pin, 32, pin);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "pin", pin, "subject", l->tls.subject, "issuer",
                     l->tls.issuer, "key", l->tls.key, "hash", l->tls.hash, "tls", l->tls.version, "valid_from_unix_ms",
                     (json_int_t)l->tls.from_unix_ms, "valid_until_unix_ms", (json_int_t)l->tls.until_unix_ms, "flaws",
                     array);
}

json_t *look_ipp_json(const struct look *l)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "make_and_model", l->ipp.make_and_model, "state", l->ipp.state,
                     "state_reasons", l->ipp.state_reasons, "formats", l->ipp.formats);
}

json_t *look_printer_json(const struct printer *p)
{
    char id[ID_HEX_SIZE], pin[2 * PIN_LEN + 1];

    hex_write(p->pin, PIN_LEN, pin);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "printer", id_text(p->id, id), "name", p->name, "place",
                     p->place, "uri", p->uri, "raw", p->protocol == DELIVERY_RAW, "pin",
                     p->protocol == DELIVERY_RAW ? "" : pin, "language", p->language);
}
