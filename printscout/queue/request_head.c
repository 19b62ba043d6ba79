/* SPDX-License-Identifier: Apache-2.0 */
/* request_head: see request_head.h. */
#include "printscout/queue/request_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "printscout/queue/operation.h"
#include "printscout/queue/printer.h"

int request_head_version_is_known(uint8_t major)
{
    return major == 1 || major == 2;
}

static enum err bad(struct request *r, const char *what)
{
    return request_refuse(r, IPP_STATUS_ERROR_BAD_REQUEST, "%s", what);
}

/* The first two attributes of every request, in this order (RFC 8011 section 4.1.4.1). */
static enum err check_charset(struct request *r)
{
    ipp_attribute_t *charset = ippFirstAttribute(r->ask);
    ipp_attribute_t *language = ippNextAttribute(r->ask);
    const char *value;

    if (charset == NULL || language == NULL || ippGetGroupTag(language) != IPP_TAG_OPERATION ||
        ippGetName(charset) == NULL || strcmp(ippGetName(charset), "attributes-charset") != 0 ||
        ippGetValueTag(charset) != IPP_TAG_CHARSET || ippGetCount(charset) != 1 || ippGetName(language) == NULL ||
        strcmp(ippGetName(language), "attributes-natural-language") != 0 ||
        ippGetValueTag(language) != IPP_TAG_LANGUAGE || ippGetCount(language) != 1)
        return bad(r, "attributes-charset and attributes-natural-language must come first.");
    value = ippGetString(charset, 0, NULL);
    if (strcasecmp(value, "utf-8") != 0 && strcasecmp(value, "us-ascii") != 0)
        return request_refuse(r, IPP_STATUS_ERROR_CHARSET, "This queue speaks utf-8.");
    return OK;
}

struct entry {
    ipp_tag_t group;
    const char *name;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return x->group != y->group ? (x->group < y->group ? -1 : 1) : strcmp(x->name, y->name);
}

/* No attribute may stand twice in a group: which one counts would be a matter of taste (RFC 8011 section 4.1.3). */
static enum err check_doubled(struct request *r)
{
    struct entry *entries = calloc(IPPSCAN_VALUES_MAX, sizeof *entries);
    ipp_attribute_t *a;
    size_t count = 0;
    enum err e = OK;

    if (entries == NULL)
        return ERR_NOMEM;
    for (a = ippFirstAttribute(r->ask); a != NULL && count < IPPSCAN_VALUES_MAX; a = ippNextAttribute(r->ask)) {
        if (ippGetName(a) != NULL)
            entries[count++] = (struct entry){ippGetGroupTag(a), ippGetName(a)};
    }
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t i = 1; i < count && e == OK; i++) {
        if (compare_entries(&entries[i - 1], &entries[i]) == 0)
            e = bad(r, "An attribute stands twice in the request.");
    }
    free(entries);
    return e;
}

const char *request_head_text(const struct request *r, const char *name, ipp_tag_t tag)
{
    ipp_attribute_t *a = ippFindAttribute(r->ask, name, tag);

    if (a == NULL || ippGetGroupTag(a) != IPP_TAG_OPERATION || ippGetCount(a) != 1)
        return NULL;
    return ippGetString(a, 0, NULL);
}

int request_head_flag(const struct request *r, const char *name, int fallback)
{
    ipp_attribute_t *a = ippFindAttribute(r->ask, name, IPP_TAG_BOOLEAN);

    return a != NULL && ippGetGroupTag(a) == IPP_TAG_OPERATION ? ippGetBoolean(a, 0) : fallback;
}

/* The path of "scheme://host[:port]/path"; NULL when it is no such URI. */
static const char *path_of(const char *uri)
{
    const char *host = strstr(uri, "://");
    const char *path;

    if (host == NULL || strncasecmp(uri, "ipp", 3) != 0)
        return NULL;
    path = strchr(host + 3, '/');
    return path != NULL ? path : "/";
}

/* What follows PRINTER_PATH in the URI ("", "/17"), or NULL when it is not ours. */
static const char *tail_of(const char *uri)
{
    const char *path = uri != NULL ? path_of(uri) : NULL;

    if (path == NULL)
        return NULL;
    if (strcmp(path, "/") == 0)
        return "";
    return strncmp(path, PRINTER_PATH, strlen(PRINTER_PATH)) == 0 ? path + strlen(PRINTER_PATH) : NULL;
}

uint32_t request_head_job(const struct request *r)
{
    const char *tail = tail_of(request_head_text(r, "job-uri", IPP_TAG_URI));
    ipp_attribute_t *id = ippFindAttribute(r->ask, "job-id", IPP_TAG_INTEGER);
    unsigned long number;
    char *end;

    if (tail != NULL) {
        if (tail[0] != '/' || tail[1] < '1' || tail[1] > '9')
            return 0;
        number = strtoul(tail + 1, &end, 10);
        return *end == '\0' && number <= INT32_MAX ? (uint32_t)number : 0;
    }
    if (id == NULL || ippGetGroupTag(id) != IPP_TAG_OPERATION || ippGetCount(id) != 1 || ippGetInteger(id, 0) <= 0)
        return 0;
    return (uint32_t)ippGetInteger(id, 0);
}

static enum err check_target(struct request *r)
{
    const char *printer = request_head_text(r, "printer-uri", IPP_TAG_URI);
    const char *job = request_head_text(r, "job-uri", IPP_TAG_URI);
    const char *tail;

    if (printer == NULL && job == NULL)
        return bad(r, "The request names no printer-uri.");
    if (printer != NULL && job != NULL)
        return bad(r, "The request names both printer-uri and job-uri.");
    tail = tail_of(printer != NULL ? printer : job);
    if (tail == NULL || (printer != NULL && tail[0] != '\0'))
        return request_refuse(r, IPP_STATUS_ERROR_NOT_FOUND, "There is no such printer here; it is %s.",
                              printer_uri(r->printer));
    return OK;
}

enum err request_head_check(struct request *r)
{
    int minor;
    enum err e;

    if (!request_head_version_is_known((uint8_t)ippGetVersion(r->ask, &minor)))
        return request_refuse(r, IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED, "This queue speaks IPP/1.1 and IPP/2.0.");
    if (ippGetRequestId(r->ask) <= 0)
        return bad(r, "The request-id must be from 1 to 2147483647.");
    if ((r->operation = operation_find(ippGetOperation(r->ask))) == NULL)
        return request_refuse(r, IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED, "This queue has no such operation.");
    if ((e = check_charset(r)) != OK || (e = check_doubled(r)) != OK)
        return e;
    return check_target(r);
}
