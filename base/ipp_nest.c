/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_nest: a flat walk from element to element, as libcups walks; only the depth is kept. */
#include "base/ipp_nest.h"

#include "base/buf.h"

#define HEAD_LEN             8 /* version, operation or status, request id */
#define TAG_END              0x03
#define TAG_VALUES_FROM      0x10 /* below are the delimiters, one byte each */
#define TAG_BEGIN_COLLECTION 0x34
#define TAG_END_COLLECTION   0x37
#define TAG_MEMBER_NAME      0x4a
#define TAG_EXTENSION        0x7f /* libcups takes four more bytes for its tag, RFC 8010 for its value */

/* ERR_NOTFOUND: the walk ends here. */
static enum err step(struct rbuf *b, unsigned *depth)
{
    const uint8_t *name, *value;
    size_t name_len, value_len;
    uint8_t tag;

    if (rbuf_u8(b, &tag) != OK || (tag == TAG_END && *depth == 0))
        return ERR_NOTFOUND;
    if (tag < TAG_VALUES_FROM) /* inside a collection even the end ends only that one */
        return OK;
    if (tag == TAG_EXTENSION)
        return ERR_FORMAT;
    if (rbuf_bytes16(b, UINT16_MAX, &name, &name_len) != OK || rbuf_bytes16(b, UINT16_MAX, &value, &value_len) != OK)
        return ERR_NOTFOUND;
    /* libcups reads no name here, whatever length it is said to have. */
    if (name_len > 0 && (tag == TAG_END_COLLECTION || tag == TAG_MEMBER_NAME))
        return ERR_FORMAT;
    if (tag == TAG_BEGIN_COLLECTION && ++*depth > IPP_NEST_MAX)
        return ERR_LIMIT;
    if (tag == TAG_END_COLLECTION && *depth > 0)
        --*depth;
    return OK;
}

enum err ipp_nest_check(const uint8_t *bytes, size_t len)
{
    struct rbuf b;
    unsigned depth = 0;
    enum err e;

    if (len < HEAD_LEN)
        return OK;
    b = rbuf_of(bytes + HEAD_LEN, len - HEAD_LEN);
    while ((e = step(&b, &depth)) == OK)
        continue;
    return e == ERR_NOTFOUND ? OK : e;
}
