/* SPDX-License-Identifier: Apache-2.0 */
/* printer_operations: Get-Printer-Attributes and Identify-Printer. */
#include <string.h>

#include "base/log.h"
#include "printscout/queue/media.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/operation_parts.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/request_head.h"

static int is_wanted(void *names, ipp_t *to, ipp_attribute_t *a)
{
    (void)to;
    return ippGetName(a) != NULL && (names == NULL || cupsArrayFind(names, (void *)(uintptr_t)ippGetName(a)) != NULL);
}

enum err get_printer_attributes_end(struct request *r)
{
    const char *format = request_head_text(r, "document-format", IPP_TAG_MIMETYPE);
    cups_array_t *names;

    if (format != NULL && format_find(r->offer->formats, r->offer->formats_len, format) == NULL) {
        ippAddString(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_MIMETYPE, "document-format", NULL, format);
        return request_refuse(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
                              "This queue does not take that format.");
    }
    names = ippCreateRequestedArray(r->ask);
    ippCopyAttributes(r->reply, r->offer->attributes, 0, is_wanted, names);
    printer_add_state(r->queue, r->reply, names);
    if (names != NULL && cupsArrayFind(names, (void *)(uintptr_t) "media-col-database") != NULL)
        media_add_database(&r->offer->profile, r->reply);
    cupsArrayDelete(names);
    return OK;
}

/* A virtual queue has nothing to flash; which physical printer is meant is known only when somebody stands there. */
enum err identify_printer_end(struct request *r)
{
    log_info("identify", "uid=%u", (unsigned)r->uid);
    return OK;
}
