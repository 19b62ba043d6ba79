/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ippscan: find where a request's attributes end while its bytes arrive, and refuse what no honest client sends, before
 * libcups sees a byte of it. Works from element to element (RFC 8010 section 3.1), so a request that drips in byte by
 * byte costs no more than one that comes at once.
 */
#ifndef QUEUE_IPPSCAN_H
#define QUEUE_IPPSCAN_H

#include <cups/ipp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define IPPSCAN_BYTES_MAX  65536 /* attributes of one request; the largest of ipptool's suites has 3 KiB */
#define IPPSCAN_VALUES_MAX 2000  /* values and collection members in it */
#define IPPSCAN_DEPTH_MAX  8     /* collections inside collections; media-col needs 2, and libcups recurses */
#define IPPSCAN_NAME_MAX   255
#define IPPSCAN_START_LEN  8 /* version, operation, request-id: enough to answer */

/* Start with {0}. */
struct ippscan {
    uint8_t *bytes; /* the attributes so far */
    size_t len, size;
    size_t at; /* the element that is scanned next starts here */
    unsigned values, depth;
    uint8_t group;        /* the delimiter tag last seen; 0: none yet */
    uint8_t in_attribute; /* an attribute of this group was seen: further values may follow */
    uint8_t done;         /* the end-of-attributes tag was seen */
};

void ippscan_free(struct ippscan *s);

/*
 * Take bytes as they come. Afterwards s->done says whether the attributes are complete.
 *   used    how many of them belong to the attributes; the rest is the document
 * Errors: ERR_FORMAT not IPP; ERR_LIMIT larger, longer or deeper than the limits above; ERR_NOMEM. The scan is then
 * over.
 */
MUST_USE enum err ippscan_take(struct ippscan *s, const uint8_t *bytes, size_t len, size_t *used);

/*
 * The attributes as libcups holds them; after s->done.
 *   out     on OK for ippDelete()
 * Errors: ERR_FORMAT libcups or its validation refuses them.
 */
MUST_USE enum err ippscan_read(const struct ippscan *s, ipp_t **out);

#endif
