/* SPDX-License-Identifier: Apache-2.0 */
/* dnssd_txt: see dnssd_txt.h. What printers differ in comes from the offer. "TLS" on _ipps alone:
 * there is no upgrade on _ipp. */
#include "printscout/queue/dnssd_txt.h"

#include <stdio.h>
#include <string.h>

#include "printscout/queue/urf.h"

#define TEXT_SIZE 256 /* a TXT string has at most 255 bytes */

#define STAPLE 4 /* finishings, PWG 5100.1 */
#define PUNCH  5
#define BIND   7

static AvahiStringList *add_pair(AvahiStringList *txt, const char *key, const char *value)
{
    return avahi_string_list_add_pair(txt, key, value);
}

static AvahiStringList *add_flag(AvahiStringList *txt, const char *key, int value)
{
    return add_pair(txt, key, value ? "T" : "F");
}

/* Words with commas between, as far as they fit. */
static AvahiStringList *add_words(AvahiStringList *txt, const char *key, const char *const *words, size_t count)
{
    char text[TEXT_SIZE] = "";
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t need = strlen(words[i]) + (len > 0);

        if (strlen(key) + 1 + len + need > TEXT_SIZE - 1)
            break;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "," : "", words[i]);
    }
    return add_pair(txt, key, text);
}

/* Staples, punches and bindings have kinds by edge and corner, each a number of its own. */
static int can_finish(const struct profile *p, uint32_t basic, uint32_t first, uint32_t last)
{
    for (uint32_t n = first; n <= last; n++) {
        if (profile_has_number(p->finishings, p->finishings_len, n))
            return 1;
    }
    return profile_has_number(p->finishings, p->finishings_len, basic);
}

/* The class of the largest sheet, by its shorter side. */
static const char *paper_max(const struct profile *p)
{
    static const struct {
        uint32_t shorter, longer;
        const char *name;
    } classes[] = {{21590, 35560, "legal-A4"}, {29700, 43180, "tabloid-A3"}, {42000, 59400, "isoC-A2"}};
    size_t largest = 0;
    int is_small = 1;

    for (size_t i = 0; i < p->media_len; i++) {
        uint32_t w, l, a, b;
        size_t c = 0;

        if (profile_media_size(p->media[i].text, &w, &l) != OK)
            continue;
        a = w < l ? w : l;
        b = w < l ? l : w;
        is_small = is_small && (a < 21000 || b < 27940); /* less than A4 or letter */
        while (c < sizeof classes / sizeof *classes && (a > classes[c].shorter || b > classes[c].longer))
            c++;
        largest = c > largest ? c : largest;
    }
    if (is_small)
        return "<legal-A4";
    return largest < sizeof classes / sizeof *classes ? classes[largest].name : ">isoC-A2";
}

static AvahiStringList *add_abilities(AvahiStringList *txt, const struct profile *p)
{
    txt = add_flag(txt, "Color", p->features & PROFILE_COLOR);
    txt = add_flag(txt, "Duplex", p->features & (PROFILE_TWO_SIDED_LONG | PROFILE_TWO_SIDED_SHORT));
    txt = add_flag(txt, "Copies", p->copies_max > 1);
    txt = add_flag(txt, "Collate", p->copies_max > 1);
    txt = add_flag(txt, "Staple", can_finish(p, STAPLE, 20, 35));
    txt = add_pair(txt, "Punch", can_finish(p, PUNCH, 70, 85) ? "1" : "0");
    txt = add_flag(txt, "Bind", can_finish(p, BIND, 50, 53));
    return add_pair(txt, "PaperMax", paper_max(p));
}

AvahiStringList *dnssd_txt(const struct printer *p, const struct offer *o)
{
    static const struct {
        const char *key, *value;
    } fixed[] = {{"txtvers", "1"},           {"qtotal", "1"}, {"rp", "ipp/print"}, {"priority", "50"}, {"note", ""},
                 {"kind", "document,photo"}, {"Sort", "F"},   {"Scan", "F"},       {"Fax", "F"}};
    char text[TEXT_SIZE];
    AvahiStringList *txt = NULL;
    struct urf urf;

    urf_of(&o->profile, &urf);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        txt = add_pair(txt, fixed[i].key, fixed[i].value);
    txt = add_abilities(txt, &o->profile);
    txt = add_words(txt, "pdl", o->formats, o->formats_len);
    if (o->profile.formats & PROFILE_URF)
        txt = add_words(txt, "URF", urf.words, urf.len);
    txt = add_pair(txt, "ty", printer_model(p));
    snprintf(text, sizeof text, "(%s)", printer_model(p));
    txt = add_pair(txt, "product", text);
    txt = add_pair(txt, "UUID", printer_uuid(p));
    if (printer_is_shared(p)) {
        txt = add_pair(txt, "air", "username,password"); /* a client asks for them before it prints */
        txt = add_pair(txt, "TLS", "1.3");
    }
    snprintf(text, sizeof text, "%s/", printer_web(p));
    return add_pair(txt, "adminurl", text);
}
