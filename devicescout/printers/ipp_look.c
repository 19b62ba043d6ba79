/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_look: the few attributes that an administrator is shown, at the path that answers. */
#include "devicescout/printers/ipp_look.h"

#include <stdio.h>
#include <string.h>

#include "devicescout/printers/ipp_ask.h"

/* Formats first: an image/urf-only device is told apart by them. */
static const char *const wanted[] = {"printer-make-and-model", "printer-state", "printer-state-reasons",
                                     "document-format-supported"};

/* Append what fits whole, control characters as question marks. */
static void append(char *out, size_t size, const char *text)
{
    const size_t len = strlen(out);

    if (text == NULL || len + (len > 0) + strlen(text) >= size)
        return;
    snprintf(out + len, size - len, "%s%s", len > 0 ? " " : "", text);
    for (char *c = out + len; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f || (unsigned char)*c >= 0x80)
            *c = '?';
    }
}

static void append_all(ipp_t *ipp, const char *name, char *out, size_t size)
{
    ipp_attribute_t *a = ippFindAttribute(ipp, name, IPP_TAG_ZERO);

    for (int i = 0; a != NULL && i < ippGetCount(a); i++)
        append(out, size, ippGetString(a, i, NULL));
}

static enum err ask(const struct target *t, const uint8_t pin[static 32], struct ipp_look *out)
{
    ipp_attribute_t *a;
    ipp_t *ipp = NULL;
    enum err e = ipp_ask(t, pin, wanted, sizeof wanted / sizeof *wanted, &ipp);

    if (e != OK)
        return e;
    *out = (struct ipp_look){.state = "unknown"};
    append_all(ipp, "printer-make-and-model", out->make_and_model, sizeof out->make_and_model);
    append_all(ipp, "printer-state-reasons", out->state_reasons, sizeof out->state_reasons);
    append_all(ipp, "document-format-supported", out->formats, sizeof out->formats);
    if ((a = ippFindAttribute(ipp, "printer-state", IPP_TAG_ENUM)) != NULL)
        snprintf(out->state, sizeof out->state, "%s", ippEnumString("printer-state", ippGetInteger(a, 0)));
    ippDelete(ipp);
    return out->formats[0] != '\0' ? OK : ERR_PEER; /* a printer says what it prints */
}

enum err ipp_look(struct target *t, const char *name, const uint8_t pin[static 32], struct ipp_look *out)
{
    char named[TARGET_PATH_SIZE];
    const char *const usual[] = {"/ipp/print", "/ipp", named, "/ipp/printer", "/ipp/port1", "/"};
    enum err e = ERR_PEER;

    if (t->path[0] != '\0')
        return ask(t, pin, out);
    snprintf(named, sizeof named, "/printers/%s", name);
    for (size_t i = 0; i < sizeof usual / sizeof *usual && e == ERR_PEER; i++) {
        struct target tried = *t;

        snprintf(tried.path, sizeof tried.path, "%s", usual[i]);
        if ((e = ask(&tried, pin, out)) == OK)
            *t = tried;
    }
    return e;
}
