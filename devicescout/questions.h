/* SPDX-License-Identifier: Apache-2.0 */
/*
 * questions: a shared queue asks whose a name and a password are. The courier that brings the question cannot read it;
 * here it is opened, checked like a sign-in at a panel, with the same limits and lines in the audit chain, and
 * answered. On the loop's thread.
 */
#ifndef DEVICESCOUT_QUESTIONS_H
#define DEVICESCOUT_QUESTIONS_H

#include "devicescout/scout.h"

struct questions;

MUST_USE enum err questions_new(struct scout *s, struct questions **out);
/* Before the link and after the workers; what was asked is forgotten. NULL is fine. */
void questions_free(struct questions *q);

/*
 * A message of type question.
 * Errors: ERR_STATE not now, let it be sent again; ERR_REFUSED the node's jobs are one person's, or it asks for another
 * node; ERR_LIMIT the node has as many under way as it may; ERR_AUTH, ERR_FORMAT, ERR_UNSUPPORTED not a question to us.
 */
MUST_USE enum err questions_take(struct questions *q, const struct message *m, const struct link_peer *from);

#endif
