/* SPDX-License-Identifier: Apache-2.0 */
/* format: the document formats that the queue takes, and telling them by their first bytes. */
#ifndef QUEUE_FORMAT_H
#define QUEUE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define FORMAT_ANY "application/octet-stream" /* the client does not know; we look */

/* All MIME types that are taken, the preferred one first. */
const char *const *format_list(size_t *count);

/* The entry of the list that this names, letter case and parameters aside; NULL: not taken. */
const char *format_find(const char *mime);

/* What a document that begins so is; FORMAT_ANY: cannot tell. Static. */
const char *format_of(const uint8_t *head, size_t len);

#endif
