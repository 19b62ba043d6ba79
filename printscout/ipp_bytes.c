/* SPDX-License-Identifier: Apache-2.0 */
/* ipp_bytes: ippWriteIO and ippReadIO over memory. */
#include "printscout/ipp_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ipp_nest.h"

static ssize_t append(void *arg, ipp_uchar_t *bytes, size_t len)
{
    struct wbuf *b = arg;

    return wbuf_copy(b, bytes, len) == OK ? (ssize_t)len : -1;
}

enum err ipp_bytes_write(ipp_t *message, uint8_t **out, size_t *len)
{
    struct wbuf b;
    uint8_t *bytes;
    ipp_state_t s;

    if ((bytes = malloc(ippLength(message))) == NULL)
        return ERR_NOMEM;
    b = wbuf_of(bytes, ippLength(message));
    ippSetState(message, IPP_STATE_IDLE);
    while ((s = ippWriteIO(&b, append, 1, NULL, message)) != IPP_STATE_DATA && s != IPP_STATE_ERROR)
        continue;
    if (s == IPP_STATE_ERROR) {
        free(bytes);
        return ERR_FORMAT;
    }
    *out = bytes; /* the caller owns it now */
    *len = b.len;
    return OK;
}

static ssize_t take(void *arg, ipp_uchar_t *out, size_t len)
{
    struct rbuf *b = arg;
    size_t n = len < b->left ? len : b->left;

    return rbuf_copy(b, out, n) == OK ? (ssize_t)n : -1; /* 0 at the end, which libcups takes as an error */
}

enum err ipp_bytes_read(const uint8_t *bytes, size_t len, ipp_t **out)
{
    struct rbuf b = rbuf_of(bytes, len);
    ipp_t *message;
    ipp_state_t s;

    if (ipp_nest_check(bytes, len) != OK)
        return ERR_FORMAT;
    if ((message = ippNew()) == NULL)
        return ERR_NOMEM;
    while ((s = ippReadIO(&b, take, 1, NULL, message)) != IPP_STATE_DATA && s != IPP_STATE_ERROR)
        continue;
    if (s == IPP_STATE_ERROR) {
        ippDelete(message);
        return ERR_FORMAT;
    }
    *out = message; /* the caller owns it now */
    return OK;
}
