/* SPDX-License-Identifier: Apache-2.0 */
/* ink: the colours that a content stream names (ISO 32000-1 sections 7.8.2 and 8.6.8). */
#ifndef PRINTSCOUT_PAGES_INK_H
#define PRINTSCOUT_PAGES_INK_H

#include <stddef.h>
#include <stdint.h>

enum ink { INK_GREY, INK_UNSURE, INK_COLOR }; /* of several, the last counts */

struct ink_names { /* what a stream's names mean; each name without its slash */
    /* Numbers that a colour of this space has: 1, 3, 4; 0: cannot tell. */
    int (*space)(void *arg, const char *name);
    /* What a picture or a form has in it. */
    enum ink (*object)(void *arg, const char *name);
    void *arg;
};

/* Any bytes may be given: what is no content stream has no colours, or unsure ones. */
enum ink ink_of(const uint8_t *content, size_t len, const struct ink_names *names);

#endif
