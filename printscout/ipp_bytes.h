/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_bytes: IPP messages to bytes and back through libcups' codec, the one part of libcups that courier and command
 * use: its HTTP trusts too much as a client, so libcurl carries the bytes.
 */
#ifndef PRINTSCOUT_IPP_BYTES_H
#define PRINTSCOUT_IPP_BYTES_H

#include <cups/ipp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Encode. *out is for free(). ERR_NOMEM; ERR_FORMAT: libcups cannot encode it. */
MUST_USE enum err ipp_bytes_write(ipp_t *message, uint8_t **out, size_t *len);

/* Decode a whole message; bytes behind its end tag are ignored. *out is for ippDelete(). ERR_FORMAT, ERR_NOMEM. */
MUST_USE enum err ipp_bytes_read(const uint8_t *bytes, size_t len, ipp_t **out);

#endif
