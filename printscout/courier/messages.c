/* SPDX-License-Identifier: Apache-2.0 */
/* messages: only device scouts of the bulletin are heard. */
#include "printscout/courier/messages.h"

#include "base/clock.h"
#include "base/log.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/greet.h"
#include "printscout/courier/orders.h"
#include "printscout/courier/questions.h"
#include "printscout/courier/retire.h"
#include "printscout/courier/site.h"

enum err messages_find_peer(void *arg, const struct message *m, struct link_peer *out)
{
    struct courier *c = arg;
    size_t i = site_scout_number(c, m->sender);

    if (i == BULLETIN_SCOUTS_MAX) {
        site_ask(c); /* perhaps a newer bulletin knows it; it sends again */
        return ERR_NOTFOUND;
    }
    *out = site_scout(c, i);
    return OK;
}

enum err messages_take(void *arg, const struct message *m, const struct link_peer *from)
{
    struct courier *c = arg;
    const uint64_t received_us = clock_mono_us();
    const size_t i = site_scout_number(c, from->node);

    switch (m->type) {
    case MSG_ORDER:
        return orders_take(c, i, m->body, m->body_len, received_us);
    case MSG_SYNC:
        return announce_sync(c, i, m->body, m->body_len);
    case MSG_BULLETIN:
        return site_news(c, m->body, m->body_len);
    case MSG_ANSWER:
        return questions_answer(c, from, m->body, m->body_len);
    case MSG_CLOSED:
        return retire_closed(c, m->body, m->body_len);
    default:
        return ERR_UNSUPPORTED;
    }
}

void messages_connection(void *arg, const char *relay_url, int up)
{
    struct courier *c = arg;

    site_relay_is(c, relay_url, up);
    if (up)
        greet_all(c);
}
