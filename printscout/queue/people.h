/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people: numbers for those who print over the network. The job table knows whose a job is by an account's uid; who
 * comes over the network has none here, and is never taken for an account that happens to have the same name. So each
 * gets a number above all uids, kept in the spool and never given to another.
 */
#ifndef QUEUE_PEOPLE_H
#define QUEUE_PEOPLE_H

#include <stdint.h>

#include "proto/order.h"

#define PEOPLE_FILE  "people"             /* in the spool */
#define PEOPLE_FIRST UINT32_C(0x80000000) /* no uid is so high: systemd and many file systems take it for negative */
#define PEOPLE_MAX   65536

struct people; /* opaque; any thread may ask it */

/*
 *   spool   the spool folder; used as long as the object lives
 * Errors: ERR_FORMAT the file is damaged; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err people_new(int spool, struct people **out);
void people_free(struct people *p);

/* This person's number: a new one is on disk before it is told. ERR_FULL; ERR_IO; ERR_NOMEM. */
MUST_USE enum err people_number(struct people *p, const char *person, uint32_t *number);

/* Whose number is it? ERR_NOTFOUND. */
MUST_USE enum err people_name(struct people *p, uint32_t number, char out[static PERSON_SIZE]);

int people_is_number(uint32_t uid);

#endif
