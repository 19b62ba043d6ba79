/* SPDX-License-Identifier: Apache-2.0 */
/* waits: the long way of hearing news, where a proxy or an old engine has no event stream: a question that waits. */
#ifndef DEVICESCOUT_WEB_WAITS_H
#define DEVICESCOUT_WEB_WAITS_H

#include "devicescout/web/request.h"

/* Answer when something has changed since the given count of the session, or after wait_ms. */
void waits_start(struct request *r, uint64_t since, uint64_t wait_ms);

/* Something that this person sees has changed; NULL: nothing has, but a session may have ended. */
void waits_answer(struct web *w, const char *person);

#endif
