/* SPDX-License-Identifier: Apache-2.0 */
/* format: what a document is, by its first bytes. The courier cannot read the ticket, which says it too. */
#ifndef PRINTSCOUT_COURIER_FORMAT_H
#define PRINTSCOUT_COURIER_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define FORMAT_UNKNOWN "application/octet-stream"
#define FORMAT_PDF     "application/pdf"
#define FORMAT_PWG     "image/pwg-raster"
#define FORMAT_URF     "image/urf"
#define FORMAT_JPEG    "image/jpeg"
#define FORMAT_PS      "application/postscript"
#define FORMAT_PCL     "application/vnd.hp-pcl"

/* A MIME media type as IPP's document-format spells it; FORMAT_UNKNOWN when the bytes do not tell. Static. */
const char *format_of(const uint8_t *head, size_t len);

#endif
