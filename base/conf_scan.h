/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_scan: a first look at a configuration file, before libconfuse reads it, for what libconfuse lets pass: it
 * takes the last of two doubled keys, and the rest of an unquoted https://… for a comment.
 */
#ifndef BASE_CONF_SCAN_H
#define BASE_CONF_SCAN_H

#include "base/conf.h"

/*
 * Find the line on which each key is set, and overwrite comments with spaces (libconfuse loses count of lines in
 * some of them).
 *   path    for the message
 *   text    len bytes, changed in place
 *   lines   nkeys numbers; 0: not in the file
 * Errors: ERR_CONFIG after one line on standard error: an unknown or doubled key, a value that needs quotes.
 */
MUST_USE enum err conf_scan(const char *path, char *text, size_t len, const struct conf_key *keys, size_t nkeys,
                            unsigned *lines);

#endif
