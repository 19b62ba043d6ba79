/* SPDX-License-Identifier: Apache-2.0 */
/* media: the paper that a person may ask for: what some printer of the site has. Which one is known later. */
#ifndef QUEUE_MEDIA_H
#define QUEUE_MEDIA_H

#include <cups/ipp.h>

#include "proto/profile.h"

/* Has some printer this size, by its PWG 5101.1 name? */
int media_name_is_known(const struct profile *p, const char *name);

/* Is every member of this media-col one that we know, with a value that some printer has? */
int media_col_is_known(const struct profile *p, ipp_t *col);

/* Add media-default, media-supported, media-ready, media-col-… and the lists of margins, sources and types. */
void media_describe(const struct profile *p, ipp_t *printer);

/* Add media-col-database, which is long and goes only to who asks for it by name. */
void media_add_database(const struct profile *p, ipp_t *reply);

#endif
