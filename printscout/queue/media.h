/* SPDX-License-Identifier: Apache-2.0 */
/* media: the paper that a person may ask for. Which printer has it is known later; this is what exists in offices. */
#ifndef QUEUE_MEDIA_H
#define QUEUE_MEDIA_H

#include <cups/ipp.h>

#include "base/err.h"

/* Is this a size that we know, by its PWG 5101.1 name? */
int media_name_is_known(const char *name);

/* Is every member of this media-col one that we know, with a value that we know? */
int media_col_is_known(ipp_t *col);

/* Add media-default, media-supported, media-ready, media-col-… and the lists of margins, sources and types. */
void media_describe(ipp_t *printer);

/* Add media-col-database, which is long and goes only to who asks for it by name. */
void media_add_database(ipp_t *reply);

#endif
