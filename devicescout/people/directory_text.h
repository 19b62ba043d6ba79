/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory_text: the texts of a directory that an attacker can shape: filters made from typed names (RFC 4515), and
 * the answers by which a server says who a connection is (RFC 4532).
 */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_TEXT_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DIRECTORY_NAME_MAX   255 /* bytes of a name as typed */
#define DIRECTORY_FILTER_MAX 4096
#define SID_TEXT_SIZE        192 /* S-1-…, fifteen parts of ten digits */

/* Is it a filter with at least one %s, and no other %? ERR_FORMAT: no. */
MUST_USE enum err directory_filter_check(const char *template);

/*
 * Write the filter with the typed name in the place of each %s; every byte of it that is not a letter or a digit of
 * ASCII is escaped, so that it stays a value whatever it is.
 * Errors: ERR_LIMIT name or filter too long; ERR_FORMAT name empty.
 */
MUST_USE enum err directory_filter_write(const char *template, const char *name, char *out, size_t size);

/* The same filter with * for the name: its other conditions are kept. */
MUST_USE enum err directory_filter_any(const char *template, char *out, size_t size);

/* A value of any length, escaped. ERR_LIMIT. */
MUST_USE enum err directory_value_write(const char *value, char *out, size_t size);

/* Do both texts name one entry? Types and ASCII letters of values are compared without case, as directories do. */
int directory_same_dn(const char *a, const char *b);

struct directory_entry { /* what the search found, to compare the answer of "Who am I?" with */
    const char *dn;
    const char *account; /* sAMAccountName; NULL: it has none */
    const uint8_t *sid;  /* objectSid, as it is stored; NULL: it has none */
    size_t sid_len;
};

/*
 * Does an authorization identity name that entry? "dn:…", "u:name", "u:DOMAIN\name" or "u:S-1-…". Nothing else does,
 * above all not the empty one, which is what an anonymous connection answers.
 */
int directory_is_entry(const char *authzid, size_t len, const struct directory_entry *entry);

/* A security identifier as text. ERR_FORMAT: it is not one. */
MUST_USE enum err directory_sid_text(const uint8_t *sid, size_t len, char out[static SID_TEXT_SIZE]);

#endif
