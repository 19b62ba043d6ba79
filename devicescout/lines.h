/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: a few connections to the keyholder for worker threads, so that a PIN that is being checked there holds up
 * neither the loop's own questions nor another thread's.
 */
#ifndef DEVICESCOUT_LINES_H
#define DEVICESCOUT_LINES_H

#include "proto/keyholder.h"

struct lines;

/* Connects when it is first asked: the keyholder may start later. path is copied. */
MUST_USE enum err lines_new(const char *path, struct lines **out);
void lines_free(struct lines *l);

/* kh_ask() on the line that is next; any thread. For struct prover. */
enum err lines_ask(void *lines, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len);

#endif
