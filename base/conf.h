/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: a program's configuration file, through libconfuse. Each program lists its settings once; an unknown
 * or doubled key, a wrong type or a value out of range is an error that names file, line and key.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum conf_type { CONF_TEXT, CONF_NUMBER, CONF_BOOL, CONF_LIST /* of text */ };

struct conf_key {
    const char *name;
    enum conf_type type;
    const char
        *fallback; /* as it would stand in the file; NULL: the key must be there; lists: "" for none, else one item */
    int64_t least, most; /* CONF_NUMBER: allowed range */
    const char *help;    /* one line, for --help and the sample file */
};

struct conf; /* opaque: what was read */

/*
 * Read a configuration file.
 *   path    the file; NULL reads none and gives the fallbacks
 *   keys    nkeys of them; kept, so they are static
 *   out     on OK a new object for conf_free()
 * Errors: ERR_CONFIG after one line "FILE:LINE: KEY: what is wrong" on standard error, the program then exits 2;
 * ERR_NOTFOUND no such file; ERR_NOMEM.
 */
MUST_USE enum err conf_read(const char *path, const struct conf_key *keys, size_t nkeys, struct conf **out);
void conf_free(struct conf *c);

/* A setting by its name, which must be in keys with that type (a wrong name is a bug and aborts). Owned by c. */
const char *conf_text(const struct conf *c, const char *name);
int64_t conf_number(const struct conf *c, const char *name);
int conf_bool(const struct conf *c, const char *name);
size_t conf_list_len(const struct conf *c, const char *name);
const char *conf_list_item(const struct conf *c, const char *name, size_t i);

/* Was the key in the file? (its fallback stands in otherwise) */
int conf_is_set(const struct conf *c, const char *name);

/* Print every key with its type, fallback and help to standard output: the sample file. */
void conf_print_sample(const struct conf_key *keys, size_t nkeys);

#endif
