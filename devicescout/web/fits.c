/* SPDX-License-Identifier: Apache-2.0 */
/* fits: other printers are looked at only for a job that does not fit here. */
#include "devicescout/web/fits.h"

#include <string.h>

static const struct abilities *abilities_of(const struct web_opts *o, const struct printer *p)
{
    return o->abilities != NULL && p != NULL ? o->abilities(o->arg, p) : NULL;
}

void fits_begin(struct fits *f, const struct web_opts *web, struct id printer)
{
    f->web = web;
    f->printer = printer;
    f->here = abilities_of(web, web->printer_by_id(web->arg, printer));
    f->others_known = 0;
    f->others_len = 0;
}

static void know_others(struct fits *f)
{
    const struct web_opts *o = f->web;
    const struct printer *p;

    f->others_known = 1;
    if (o->printer_at == NULL)
        return;
    for (size_t i = 0; i < FITS_OTHERS_MAX && (p = o->printer_at(o->arg, i)) != NULL; i++) {
        const struct abilities *a = id_equal(p->id, f->printer) ? NULL : abilities_of(o, p);

        if (a == NULL || a->problem != REASON_NONE)
            continue;
        f->others[f->others_len].name = p->name;
        f->others[f->others_len++].abilities = a;
    }
}

static unsigned lacks(const struct abilities *a, const struct job *j)
{
    return a == NULL ? 0 : abilities_lack(a, j->ipp, j->ipp_len);
}

enum abilities_answer fits_format(const struct fits *f, const struct job *j)
{
    return f->here == NULL || j->format == NULL ? ABILITIES_UNKNOWN : abilities_take(f->here, j->format, &j->content);
}

int fits_lacks(const struct fits *f, const struct job *j)
{
    return lacks(f->here, j) != 0;
}

/* Only those that take all of it: a second printer that leaves something out is no help. */
static json_t *elsewhere(struct fits *f, const struct job *j)
{
    json_t *names = json_array();

    if (!f->others_known)
        know_others(f);
    for (size_t i = 0; i < f->others_len && json_array_size(names) < FITS_NAMES_MAX; i++) {
        const struct abilities *a = f->others[i].abilities;

        if (abilities_take(a, j->format, &j->content) == ABILITIES_YES && lacks(a, j) == 0 &&
            json_array_append_new(names, json_string(f->others[i].name)) != 0)
            break;
    }
    return names;
}

static json_t *names_of(unsigned bits)
{
    json_t *names = json_array();

    for (size_t i = 0; i < ABILITIES_OPTIONS; i++) {
        if ((bits & 1u << i) != 0 && json_array_append_new(names, json_string(abilities_option(i))) != 0)
            break;
    }
    return names;
}

json_t *fits_json(struct fits *f, const struct job *j)
{
    const enum abilities_answer format = fits_format(f, j);
    const unsigned missing = format == ABILITIES_NO ? 0 : lacks(f->here, j);
    json_t *here = format == ABILITIES_UNKNOWN ? json_null() : json_boolean(format == ABILITIES_YES);

    return json_pack("{s:o, s:o, s:o}", "prints_here", here, "lacks", names_of(missing), "elsewhere",
                     format == ABILITIES_NO || missing != 0 ? elsewhere(f, j) : json_array());
}

json_t *fits_words(const char *list)
{
    json_t *words;

    if (list == NULL)
        return json_null();
    words = json_array();
    for (const char *at = list + (*list == ' '), *end; (end = strchr(at, ' ')) != NULL; at = end + 1) {
        if (json_array_append_new(words, json_stringn(at, (size_t)(end - at))) != 0)
            break;
    }
    return words;
}
