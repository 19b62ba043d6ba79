/* SPDX-License-Identifier: Apache-2.0 */
/* format: the document formats that the queue can take, telling them by their first bytes, and which of them a site
 * takes: what some printer prints and policy allows. */
#ifndef QUEUE_FORMAT_H
#define QUEUE_FORMAT_H

#include "proto/profile.h"

#define FORMAT_ANY  "application/octet-stream" /* the client does not know; we look */
#define FORMATS_MAX 6

/*
 * The MIME types that are taken, the preferred one first. FORMAT_ANY is always among them: it asks us to look, and
 * format_takes() says whether what we find may come in.
 *   flags   enum policy_flag
 *   out     receives static names
 */
size_t format_list(const struct profile *p, uint32_t flags, const char *out[static FORMATS_MAX]);

/* The entry of a list that this names, letter case and parameters aside; NULL: not taken. */
const char *format_find(const char *const *list, size_t count, const char *mime);

/* What a document that begins so is; FORMAT_ANY: cannot tell. Static. */
const char *format_of(const uint8_t *head, size_t len);

/* May a document of this format, as format_of() told it, come in? */
int format_takes(const char *const *list, size_t count, uint32_t flags, const char *format);

#endif
