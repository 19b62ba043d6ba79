/* SPDX-License-Identifier: Apache-2.0 */
/* printer_formats: what Get-Printer-Attributes says of document formats: PWG 5100.14 for PDF and JPEG, PWG 5102.4 for
 * PWG Raster, and the keys of URF. Raster is 300 and 600 dpi, whatever the printers have. */
#include <stdio.h>

#include "printscout/queue/printer_parts.h"
#include "printscout/queue/urf.h"

#define COUNT(list)    (sizeof(list) / sizeof *(list))
#define DEVICE_ID_SIZE 128
#define DIMENSION_MOST 65535

static void add_words(ipp_t *ipp, const char *name, const char *const *words, size_t count)
{
    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, name, (int)count, NULL, words);
}

static void describe_pdf(ipp_t *ipp)
{
    static const char *const versions[] = {"adobe-1.3", "adobe-1.4", "adobe-1.5", "adobe-1.6", "iso-32000-1_2008"};

    add_words(ipp, "pdf-versions-supported", versions, COUNT(versions));
    ippAddRange(ipp, IPP_TAG_PRINTER, "pdf-k-octets-supported", 0, INT32_MAX);
}

static void describe_jpeg(ipp_t *ipp)
{
    static const char *const none[] = {"none"};

    add_words(ipp, "jpeg-features-supported", none, 1);
    ippAddRange(ipp, IPP_TAG_PRINTER, "jpeg-k-octets-supported", 0, INT32_MAX);
    ippAddRange(ipp, IPP_TAG_PRINTER, "jpeg-x-dimension-supported", 0, DIMENSION_MOST);
    ippAddRange(ipp, IPP_TAG_PRINTER, "jpeg-y-dimension-supported", 1, DIMENSION_MOST);
}

static void describe_pwg_raster(ipp_t *ipp, const struct profile *p)
{
    static const char *const types[] = {"sgray_8", "srgb_8"}, *const normal[] = {"normal"};
    ipp_attribute_t *a =
        ippAddResolution(ipp, IPP_TAG_PRINTER, "pwg-raster-document-resolution-supported", IPP_RES_PER_INCH, 300, 300);

    ippSetResolution(ipp, &a, 1, IPP_RES_PER_INCH, 600, 600);
    add_words(ipp, "pwg-raster-document-sheet-back", normal, 1);
    add_words(ipp, "pwg-raster-document-type-supported", types, p->features & PROFILE_COLOR ? 2 : 1);
}

static void describe_urf(ipp_t *ipp, const struct profile *p)
{
    struct urf urf;

    urf_of(p, &urf);
    add_words(ipp, "urf-supported", urf.words, urf.len);
}

/* IEEE 1284's list of languages, as CUPS reads it. */
static void describe_device_id(const struct offer *o)
{
    static const struct {
        const char *mime, *command;
    } commands[] = {{"application/pdf", "PDF"},
                    {"image/pwg-raster", "PWGRaster"},
                    {"image/urf", "AppleRaster,URF"},
                    {"image/jpeg", "JPEG"},
                    {"application/postscript", "PS"}};
    char id[DEVICE_ID_SIZE];
    size_t len = (size_t)snprintf(id, sizeof id, "MFG:Latchkey;MDL:Secure Queue;CMD:");

    for (size_t i = 0; i < COUNT(commands); i++) {
        if (format_find(o->formats, o->formats_len, commands[i].mime) != NULL)
            len += (size_t)snprintf(id + len, sizeof id - len, "%s%s", i > 0 ? "," : "", commands[i].command);
    }
    snprintf(id + len, sizeof id - len, ";");
    ippAddString(o->attributes, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-device-id", NULL, id);
}

void printer_describe_formats(struct offer *o)
{
    const uint16_t formats = o->profile.formats;
    ipp_t *ipp = o->attributes;

    ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_MIMETYPE), "document-format-supported",
                  (int)o->formats_len, NULL, o->formats);
    ippAddRange(ipp, IPP_TAG_PRINTER, "job-k-octets-supported", 0, INT32_MAX);
    describe_device_id(o);
    describe_pdf(ipp);
    if (formats & PROFILE_JPEG)
        describe_jpeg(ipp);
    if (formats & PROFILE_PWG_RASTER)
        describe_pwg_raster(ipp, &o->profile);
    if (formats & PROFILE_URF)
        describe_urf(ipp, &o->profile);
}
