/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipp_nest: how deep collections nest in an encoded IPP message (RFC 8010 §3.1.6). libcups reads each with a call of
 * itself and knows no bound: a few kilobytes from a hostile printer would run its reader off the end of the stack. So
 * whoever hands a peer's bytes to ippReadIO() looks here first.
 */
#ifndef BASE_IPP_NEST_H
#define BASE_IPP_NEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define IPP_NEST_MAX 16 /* registered attributes nest three deep */

/*
 * Check the whole message at bytes. What is wrong otherwise is left to the reader that comes after.
 * Errors: ERR_LIMIT deeper than IPP_NEST_MAX; ERR_FORMAT an element whose end libcups and RFC 8010 see in two places.
 */
MUST_USE enum err ipp_nest_check(const uint8_t *bytes, size_t len);

#endif
