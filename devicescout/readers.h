/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: card readers on the network that send a badge's id as a line of text over TCP. Which printer a reader stands
 * at is told by its address; from any other nothing is taken. These readers know no encryption: they belong on a
 * network of their own, and a badge alone should not sign in there.
 */
#ifndef DEVICESCOUT_READERS_H
#define DEVICESCOUT_READERS_H

#include "base/conf.h"
#include "base/loop.h"

struct readers;

struct readers_opts {
    struct loop *loop;
    const struct conf *conf; /* reader-address, reader-port, readers; outlives this */
    void (*on_swipe)(void *arg, const char *printer, const char *badge);
    void *arg;
};

/* Listen, when reader-port is not 0. ERR_CONFIG after a log line. */
MUST_USE enum err readers_new(const struct readers_opts *opts, struct readers **out);
void readers_free(struct readers *r); /* NULL is fine */

#endif
