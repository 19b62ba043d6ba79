/* SPDX-License-Identifier: Apache-2.0 */
/* site: the site as this courier knows it: the newest bulletin that it has seen, and what follows from it. */
#ifndef PRINTSCOUT_COURIER_SITE_H
#define PRINTSCOUT_COURIER_SITE_H

#include "printscout/courier/courier.h"

struct relay_status {
    char url[RELAY_URL_SIZE];
    int up;
};

struct site {
    struct bulletin *bulletin;
    uint8_t *bytes; /* as they were signed */
    size_t len;
    struct relay_status relays[BULLETIN_RELAYS_MAX];
    char alarm[128];   /* one sentence for `printscout status`; "" while all is well */
    int status_due;    /* site/status is about to be written */
    uint64_t asked_ms; /* when relays were last asked for a newer one */
};

/* Read site/bulletin. ERR_NOTFOUND: there is none, nobody enrolled here. */
MUST_USE enum err site_start(struct courier *c);
void site_end(struct courier *c);

/* After the link is there: use the bulletin's relays, ask them for a newer bulletin now and every quarter of an hour.
 */
MUST_USE enum err site_connect(struct courier *c);

/* Ask now, unless that was done in the last ten seconds: a message came from a device scout that we do not know. */
void site_ask(struct courier *c);

/* A device scout says which bulletin is out: ask for it when it is newer than ours. ERR_FORMAT not a version. */
MUST_USE enum err site_news(struct courier *c, const uint8_t *body, size_t len);

/* A relay's stream came up or ended. */
void site_relay_is(struct courier *c, const char *url, int up);

/* Write site/status; call after what it tells has changed. */
void site_status(struct courier *c);

/* How to reach device scout number i of the bulletin. */
struct link_peer site_scout(const struct courier *c, size_t i);
size_t site_scouts(const struct courier *c);
/* The number of this device scout, or BULLETIN_SCOUTS_MAX. */
size_t site_scout_number(const struct courier *c, struct id node);

#endif
