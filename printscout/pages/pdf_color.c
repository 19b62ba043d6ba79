/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdf_color: each page's content, and what its names mean in the page's resources (ISO 32000-1 section 7.8.3). Forms
 * are walked as pages are, each once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printscout/pages/ink.h"
#include "printscout/pages/pdf_parts.h"

#define KEY_SIZE   130 /* a name of 127 bytes behind its slash */
#define DEPTH_MAX  16  /* forms in forms, and nodes between a page and its resources */
#define FORMS_MAX  512 /* of a document; beyond, it is not said whether it has colour */
#define SPACE_SIZE 64

struct scan {
    struct pdf *pdf;
    qpdf_oh resources; /* of what is being walked */
    int depth;
    int forms[FORMS_MAX]; /* object numbers of those that were walked */
    size_t forms_len;
};

static qpdf_oh get(const struct scan *s, qpdf_oh dict, const char *key)
{
    return qpdf_oh_get_key_if_dict(s->pdf->qpdf, dict, key);
}

/* What a name stands for in one of the resources' dictionaries: "/XObject", "/ColorSpace". */
static qpdf_oh resource(const struct scan *s, const char *kind, const char *name)
{
    char key[KEY_SIZE];

    snprintf(key, sizeof key, "/%s", name);
    return get(s, get(s, s->resources, kind), key);
}

static void copy_name(const struct scan *s, qpdf_oh name, char out[static SPACE_SIZE])
{
    snprintf(out, SPACE_SIZE, "%s", qpdf_oh_is_name(s->pdf->qpdf, name) ? qpdf_oh_get_name(s->pdf->qpdf, name) : "");
}

/* Numbers that a colour of this space has, where they tell grey from colour; 0: they do not. Section 8.6.4 to 8.6.6. */
static int numbers_of(const struct scan *s, qpdf_oh space)
{
    static const struct {
        const char *name;
        int numbers;
    } known[] = {{"/DeviceGray", 1}, {"/CalGray", 1}, {"/DeviceRGB", 3}, {"/CalRGB", 3}, {"/DeviceCMYK", 4}};
    const qpdf_data q = s->pdf->qpdf;
    qpdf_oh first = space, second = space;
    char name[SPACE_SIZE], ink[SPACE_SIZE];

    if (qpdf_oh_is_array(q, space)) {
        first = qpdf_oh_get_array_item(q, space, 0);
        second = qpdf_oh_get_array_item(q, space, 1);
    }
    copy_name(s, first, name);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0)
            return known[i].numbers;
    }
    if (strcmp(name, "/ICCBased") == 0 && qpdf_oh_is_stream(q, second)) {
        int n = 0;

        (void)qpdf_oh_get_value_as_int(q, get(s, qpdf_oh_get_dict(q, second), "/N"), &n);
        return n == 1 || n == 3 || n == 4 ? n : 0;
    }
    copy_name(s, second, ink);
    return strcmp(name, "/Separation") == 0 && strcmp(ink, "/Black") == 0 ? 1 : 0;
}

static int space(void *arg, const char *name)
{
    const struct scan *s = arg;

    return numbers_of(s, resource(s, "/ColorSpace", name));
}

static enum ink picture(const struct scan *s, qpdf_oh dict)
{
    const qpdf_data q = s->pdf->qpdf;
    QPDF_BOOL is_mask = QPDF_FALSE;

    if (qpdf_oh_get_value_as_bool(q, get(s, dict, "/ImageMask"), &is_mask) && is_mask)
        return INK_GREY; /* the colour stands in the content */
    return numbers_of(s, get(s, dict, "/ColorSpace")) == 1 ? INK_GREY : INK_UNSURE;
}

static int was_walked(struct scan *s, qpdf_oh form)
{
    const int number = qpdf_oh_get_object_id(s->pdf->qpdf, form);

    for (size_t i = 0; i < s->forms_len; i++) {
        if (s->forms[i] == number)
            return 1;
    }
    if (s->forms_len < FORMS_MAX)
        s->forms[s->forms_len++] = number;
    return 0;
}

/* Glyphs that are drawn by content streams of their own may have any colour. */
static int has_drawn_fonts(const struct scan *s)
{
    const qpdf_data q = s->pdf->qpdf;
    const qpdf_oh fonts = get(s, s->resources, "/Font");

    if (!qpdf_oh_is_dictionary(q, fonts))
        return 0;
    qpdf_oh_begin_dict_key_iter(q, fonts);
    while (qpdf_oh_dict_more_keys(q)) {
        const qpdf_oh font = qpdf_oh_get_key(q, fonts, qpdf_oh_dict_next_key(q));

        if (qpdf_oh_is_name_and_equals(q, get(s, font, "/Subtype"), "/Type3"))
            return 1;
    }
    return 0;
}

static enum ink object(void *arg, const char *name);

static enum ink walk(struct scan *s, const uint8_t *content, size_t len, qpdf_oh resources)
{
    const qpdf_oh outer = s->resources;
    enum ink found, fonts;

    s->resources = resources;
    fonts = has_drawn_fonts(s) ? INK_UNSURE : INK_GREY;
    found = ink_of(content, len, &(struct ink_names){.space = space, .object = object, .arg = s});
    s->resources = outer;
    return found > fonts ? found : fonts;
}

static enum ink form(struct scan *s, qpdf_oh stream, qpdf_oh dict)
{
    const qpdf_data q = s->pdf->qpdf;
    qpdf_oh own = get(s, dict, "/Resources");
    QPDF_BOOL decoded = QPDF_FALSE;
    unsigned char *content = NULL;
    enum ink found = INK_UNSURE;
    size_t len = 0;

    if (s->depth == DEPTH_MAX || s->forms_len == FORMS_MAX)
        return INK_UNSURE;
    if (was_walked(s, stream))
        return INK_GREY; /* it was counted then */
    s->depth++;
    if (qpdf_oh_get_stream_data(q, stream, qpdf_dl_generalized, &decoded, &content, &len) == QPDF_SUCCESS && decoded)
        found = walk(s, content, len, qpdf_oh_is_dictionary(q, own) ? own : s->resources);
    s->depth--;
    free(content);
    return found;
}

/* A picture or a form that content paints. */
static enum ink object(void *arg, const char *name)
{
    struct scan *s = arg;
    const qpdf_data q = s->pdf->qpdf;
    const qpdf_oh stream = resource(s, "/XObject", name);
    qpdf_oh dict;

    if (!qpdf_oh_is_stream(q, stream))
        return INK_UNSURE;
    dict = qpdf_oh_get_dict(q, stream);
    if (qpdf_oh_is_name_and_equals(q, get(s, dict, "/Subtype"), "/Image"))
        return picture(s, dict);
    return form(s, stream, dict);
}

/* A page's own, or those of a node above it. */
static qpdf_oh resources_of(const struct scan *s, qpdf_oh page)
{
    qpdf_oh node = page, found;

    for (int i = 0; i < DEPTH_MAX; i++) {
        found = get(s, node, "/Resources");
        if (qpdf_oh_is_dictionary(s->pdf->qpdf, found))
            return found;
        node = get(s, node, "/Parent");
    }
    return qpdf_oh_new_null(s->pdf->qpdf);
}

/* Links draw nothing; what has an appearance of its own may have colour. */
static int has_drawn_annotations(const struct scan *s, qpdf_oh page)
{
    const qpdf_data q = s->pdf->qpdf;
    const qpdf_oh list = get(s, page, "/Annots");
    const int count = qpdf_oh_is_array(q, list) ? qpdf_oh_get_array_n_items(q, list) : 0;

    for (int i = 0; i < count; i++) {
        if (qpdf_oh_is_dictionary(q, get(s, qpdf_oh_get_array_item(q, list, i), "/AP")))
            return 1;
    }
    return 0;
}

static enum ink page_ink(struct scan *s, uint32_t n)
{
    const qpdf_oh page = qpdf_get_page_n(s->pdf->qpdf, n);
    unsigned char *content = NULL;
    enum ink found = INK_UNSURE;
    size_t len = 0;

    if (qpdf_oh_get_page_content_data(s->pdf->qpdf, page, &content, &len) == QPDF_SUCCESS)
        found = walk(s, content, len, resources_of(s, page));
    free(content);
    if (found == INK_GREY && has_drawn_annotations(s, page))
        found = INK_UNSURE;
    return found;
}

enum pages_color pdf_color(struct pdf *p)
{
    struct scan s = {.pdf = p};
    enum ink most = INK_GREY;

    for (uint32_t n = 0; n < p->pages && most != INK_COLOR; n++) {
        const enum ink ink = page_ink(&s, n);

        if (ink > most)
            most = ink;
        qpdf_oh_release_all(p->qpdf); /* a handle for each look, or a large document fills memory with them */
    }
    if (most == INK_COLOR)
        return PAGES_COLOR_YES;
    return most == INK_GREY && !pdf_failed(p) && !qpdf_more_warnings(p->qpdf) ? PAGES_COLOR_NO : PAGES_COLOR_UNKNOWN;
}
