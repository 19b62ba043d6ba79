/* SPDX-License-Identifier: Apache-2.0 */
/* urf: the keys by which AirPrint clients learn what the queue can, as urf-supported and the TXT record's URF have
 * them. */
#ifndef QUEUE_URF_H
#define QUEUE_URF_H

#include "proto/profile.h"

#define URF_WORDS_MAX 12
#define URF_WORD_SIZE 256

struct urf {
    const char *words[URF_WORDS_MAX]; /* static, or of this struct: it is not to be copied */
    size_t len;
    char copies[URF_WORD_SIZE], qualities[URF_WORD_SIZE], finishings[URF_WORD_SIZE];
};

void urf_of(const struct profile *p, struct urf *out);

#endif
