/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jpeg_pdf: a walk over JPEG's markers (ITU-T T.81 annex B) up to the frame header; of the application's segments
 * JFIF's density, EXIF's orientation and Adobe's mark count.
 */
#include "printscout/courier/jpeg_pdf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define SOI              0xd8
#define SOF_FIRST        0xc0
#define SOF_PROGRESSIVE  0xc2 /* 0xc0 baseline, 0xc1 extended, 0xc2 progressive: what PDF takes */
#define SOF_LAST         0xcf
#define DHT              0xc4 /* these three stand among the frame headers and are none */
#define JPG              0xc8
#define DAC              0xcc
#define SOS              0xda
#define APP0             0xe0
#define APP1             0xe1
#define APP14            0xee
#define EXIF_ORIENTATION 0x0112
#define EXIF_ENTRIES_MAX 256
#define DPI_MIN          20
#define DPI_MAX          4800
#define PAGE_LONG        842 /* points of A4: a picture that would be larger, or says no size, is fitted to it */
#define PAGE_SHORT       595
#define NUMBER_SIZE      32

static void read_jfif(struct rbuf b, struct jpeg *j)
{
    const uint8_t *name;
    uint8_t units;
    uint16_t version, x, y;

    if (rbuf_take(&b, 5, &name) != OK || memcmp(name, "JFIF", 5) != 0 || rbuf_u16(&b, &version) != OK ||
        rbuf_u8(&b, &units) != OK || rbuf_u16(&b, &x) != OK || rbuf_u16(&b, &y) != OK || units < 1 || units > 2)
        return;
    j->dpi_x = units == 2 ? x * 254u / 100 : x; /* 2: dots per centimetre */
    j->dpi_y = units == 2 ? y * 254u / 100 : y;
}

/* A number of TIFF, which comes in either order. */
static uint32_t tiff(const uint8_t *at, size_t len, int little)
{
    uint32_t v = 0;

    for (size_t i = 0; i < len; i++)
        v |= (uint32_t)at[i] << 8 * (little ? i : len - 1 - i);
    return v;
}

/* The first directory of the TIFF file within. 1: upright; mirrored ones are even, but for 6 and 8. */
static unsigned exif_orientation(const uint8_t *t, size_t len)
{
    const int little = len > 8 && t[0] == 'I';
    size_t at, entries;

    if (len <= 8 || (at = tiff(t + 4, 4, little)) > len - 2)
        return 1;
    entries = tiff(t + at, 2, little);
    at += 2;
    for (size_t i = 0; i < entries && i < EXIF_ENTRIES_MAX && len - at >= 12; i++, at += 12) {
        if (tiff(t + at, 2, little) == EXIF_ORIENTATION)
            return tiff(t + at + 8, 2, little);
    }
    return 1;
}

static enum err read_exif(struct rbuf b, struct jpeg *j)
{
    const uint8_t *name;

    if (rbuf_take(&b, 6, &name) != OK || memcmp(name, "Exif\0", 6) != 0)
        return OK; /* other metadata */
    switch (exif_orientation(b.at, b.left)) {
    case 3:
        j->rotate = 180;
        return OK;
    case 6:
        j->rotate = 90;
        return OK;
    case 8:
        j->rotate = 270;
        return OK;
    case 2:
    case 4:
    case 5:
    case 7:
        return ERR_UNSUPPORTED;
    default:
        return OK;
    }
}

static enum err read_frame(struct rbuf b, struct jpeg *j)
{
    uint8_t bits, colors;
    uint16_t width, height;

    if (rbuf_u8(&b, &bits) != OK || rbuf_u16(&b, &height) != OK || rbuf_u16(&b, &width) != OK ||
        rbuf_u8(&b, &colors) != OK)
        return ERR_FORMAT;
    if (bits != 8 || width == 0 || height == 0 || (colors != 1 && colors != 3 && colors != 4))
        return ERR_UNSUPPORTED;
    j->width = width;
    j->height = height;
    j->colors = colors;
    return OK;
}

static int is_frame(uint8_t marker)
{
    return marker >= SOF_FIRST && marker <= SOF_LAST && marker != DHT && marker != JPG && marker != DAC;
}

/* One segment. *done: it was the frame header, behind which nothing counts. */
static enum err read_segment(struct rbuf *b, struct jpeg *j, int *done)
{
    uint8_t mark, marker;
    uint16_t len;
    const uint8_t *at;
    struct rbuf inside;
    enum err e;

    if (rbuf_u8(b, &mark) != OK || rbuf_u8(b, &marker) != OK || mark != 0xff)
        return ERR_FORMAT;
    while (marker == 0xff) { /* filled up */
        if (rbuf_u8(b, &marker) != OK)
            return ERR_FORMAT;
    }
    if (marker == SOS || rbuf_u16(b, &len) != OK || len < 2 || rbuf_take(b, len - 2u, &at) != OK)
        return ERR_FORMAT;
    inside = rbuf_of(at, len - 2u);
    if (is_frame(marker)) {
        *done = 1;
        return marker <= SOF_PROGRESSIVE ? read_frame(inside, j) : ERR_UNSUPPORTED;
    }
    if (marker == APP0)
        read_jfif(inside, j);
    if (marker == APP1 && (e = read_exif(inside, j)) != OK)
        return e;
    if (marker == APP14 && inside.left >= 5 && memcmp(inside.at, "Adobe", 5) == 0)
        j->adobe = 1;
    return OK;
}

enum err jpeg_read(const uint8_t *head, size_t len, struct jpeg *out)
{
    struct rbuf b = rbuf_of(head, len);
    struct jpeg j = {0};
    uint8_t mark, marker;
    int done = 0;
    enum err e;

    if (rbuf_u8(&b, &mark) != OK || rbuf_u8(&b, &marker) != OK || mark != 0xff || marker != SOI)
        return ERR_FORMAT;
    while (!done) {
        if ((e = read_segment(&b, &j, &done)) != OK)
            return e;
    }
    *out = j;
    return OK;
}

/* Hundredths of points, whatever the locale. */
static const char *points(char out[static NUMBER_SIZE], uint64_t hundredths)
{
    snprintf(out, NUMBER_SIZE, "%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
    return out;
}

static int is_dpi(uint32_t dpi)
{
    return dpi >= DPI_MIN && dpi <= DPI_MAX;
}

/* The page's size in hundredths of points: as the picture says, but no larger than A4 in its own direction. */
static void page_size(const struct jpeg *j, uint64_t *width, uint64_t *height)
{
    const uint64_t most_x = 100 * (j->width > j->height ? PAGE_LONG : PAGE_SHORT);
    const uint64_t most_y = 100 * (j->width > j->height ? PAGE_SHORT : PAGE_LONG);

    if (is_dpi(j->dpi_x) && is_dpi(j->dpi_y)) {
        *width = (uint64_t)j->width * 7200 / j->dpi_x;
        *height = (uint64_t)j->height * 7200 / j->dpi_y;
        if (*width <= most_x && *height <= most_y && *width > 0 && *height > 0)
            return;
    }
    *width = most_x;
    *height = most_x * j->height / j->width;
    if (*height > most_y) {
        *height = most_y;
        *width = most_y * j->width / j->height;
    }
    *width += *width == 0;
    *height += *height == 0;
}

size_t jpeg_pdf_before(const struct jpeg *j, uint64_t picture_len, char out[static JPEG_PDF_TEXT_MAX])
{
    const char *space = j->colors == 1 ? "DeviceGray" : j->colors == 3 ? "DeviceRGB" : "DeviceCMYK";
    const int n = snprintf(out, JPEG_PDF_TEXT_MAX,
                           "%%PDF-1.4\n%%\xc7\xec\x8f\xa2\n1 0 obj\n<</Type/XObject/Subtype/Image/Width %u/Height %u"
                           "/BitsPerComponent 8/ColorSpace/%s%s/Filter/DCTDecode/Length %" PRIu64 ">>\nstream\n",
                           (unsigned)j->width, (unsigned)j->height, space,
                           j->colors == 4 && j->adobe ? "/Decode[1 0 1 0 1 0 1 0]" : "", picture_len);

    return n > 0 && n < JPEG_PDF_TEXT_MAX ? (size_t)n : 0;
}

size_t jpeg_pdf_behind(const struct jpeg *j, uint64_t picture_len, char out[static JPEG_PDF_TEXT_MAX])
{
    char before[JPEG_PDF_TEXT_MAX], width[NUMBER_SIZE], height[NUMBER_SIZE], content[3 * NUMBER_SIZE];
    const uint64_t from = jpeg_pdf_before(j, picture_len, before) + picture_len;
    uint64_t offsets[5] = {15, 0, 0, 0, 0}, page_x, page_y; /* the picture stands behind "%PDF-1.4" and its mark */
    size_t len = 0;

    page_size(j, &page_x, &page_y);
    points(width, page_x);
    points(height, page_y);
    snprintf(content, sizeof content, "%s 0 0 %s 0 0 cm /I Do", width, height);
#define SAY(...) len += (size_t)snprintf(out + len, JPEG_PDF_TEXT_MAX - len, __VA_ARGS__)
    SAY("\nendstream\nendobj\n");
    offsets[1] = from + len;
    SAY("2 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", strlen(content), content);
    offsets[2] = from + len;
    SAY("3 0 obj\n<</Type/Page/Parent 4 0 R/MediaBox[0 0 %s %s]/Rotate %d/Resources<</XObject<</I 1 0 R>>>>"
        "/Contents 2 0 R>>\nendobj\n",
        width, height, j->rotate);
    offsets[3] = from + len;
    SAY("4 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n");
    offsets[4] = from + len;
    SAY("5 0 obj\n<</Type/Catalog/Pages 4 0 R>>\nendobj\n");
    const uint64_t xref = from + len;
    SAY("xref\n0 6\n0000000000 65535 f \n");
    for (size_t i = 0; i < 5; i++)
        SAY("%010" PRIu64 " 00000 n \n", offsets[i]);
    SAY("trailer\n<</Size 6/Root 5 0 R>>\nstartxref\n%" PRIu64 "\n%%%%EOF\n", xref);
#undef SAY
    return len < JPEG_PDF_TEXT_MAX ? len : 0; /* all numbers together are far below it */
}
