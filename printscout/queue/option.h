/* SPDX-License-Identifier: Apache-2.0 */
/* option: the table of job template attributes: names, syntaxes, and the values that the queue takes: of what printers
 * differ in, those that any printer of the site can. */
#ifndef QUEUE_OPTION_H
#define QUEUE_OPTION_H

#include <cups/ipp.h>
#include <stddef.h>

#include "proto/profile.h"

struct choices;

struct option {
    const char *name;
    ipp_tag_t tag;            /* its syntax; IPP_TAG_ZERO: keyword or name */
    int many;                 /* may it have more than one value? */
    const char *const *words; /* keyword: the values taken, the default first */
    const int *numbers;       /* enum, integer: the values taken, the default first; resolution: dots per inch */
    size_t count;             /* of either */
    int is_fixed;             /* said when a job is made, and not changed later */
    int least, most;          /* integer without numbers: the range; the default is the least */
    void (*choose)(const struct profile *p, struct choices *out); /* instead of words, numbers and range */
    int (*check)(const struct profile *p, ipp_attribute_t *a);    /* instead of the above */
    void (*describe)(const struct profile *p, ipp_t *printer);    /* instead of option_describe()'s own way */
};

/* NULL: no such option. */
const struct option *option_find(const char *name);
const struct option *option_table(size_t *count);

/* Has it the right syntax, and only values that are taken? */
int option_takes(const struct option *o, const struct profile *p, ipp_attribute_t *a);

/* Add NAME-default and NAME-supported. */
void option_describe(const struct option *o, const struct profile *p, ipp_t *printer);

#endif
