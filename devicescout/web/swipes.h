/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swipes: from a reader beside a printer to the panel at it. What was read goes to the page as a reader at the page's
 * own keyboard would type it; the page signs in with it. In memory, and not for long.
 */
#ifndef DEVICESCOUT_WEB_SWIPES_H
#define DEVICESCOUT_WEB_SWIPES_H

#include "devicescout/web/request.h"

struct swipes;

MUST_USE enum err swipes_new(struct swipes **out);
void swipes_free(struct swipes *s); /* wipes */

/* A badge was held to the reader at this printer: the panel that waits there hears it, or the next one within seconds.
 */
void swipes_take(struct web *w, const char *printer, const char *badge);

/* Answer those who wait with a token that was taken back. */
void swipes_panels_changed(struct web *w);

/* The panel at r->printer waits for a swipe: answer now, or suspend. */
void swipes_wait(struct request *r);

#endif
