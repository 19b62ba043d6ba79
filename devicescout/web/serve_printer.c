/* SPDX-License-Identifier: Apache-2.0 */
/* serve_printer: what the first screen of a panel shows: which printer this is, and how it is. */
#include "devicescout/web/fits.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

void serve_printer(struct request *r)
{
    const struct web *w = r->web;
    const struct printer *p = w->opts.printer(w->opts.arg, r->parameter);
    const struct abilities *a;
    const struct trouble *t;
    enum job_reason problem = REASON_NONE;
    const char *detail = "";

    if (p == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return;
    }
    a = w->opts.abilities != NULL ? w->opts.abilities(w->opts.arg, p) : NULL;
    if (a != NULL && a->problem != REASON_NONE) { /* what it says itself, before anybody meets it */
        problem = a->problem;
        detail = a->state_reasons;
    } else if ((t = troubles_of(w->troubles, p->name)) != NULL) {
        problem = t->reason;
        detail = t->printer_reasons;
    }
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:o}", "name", p->name, "place", p->place,
                         "state",
                         problem != REASON_NONE                              ? "trouble"
                         : releases_printer_is_busy(w->opts.releases, p->id) ? "busy"
                                                                             : "ready",
                         "problem", jobreason_name(problem), "detail", detail, "name_pin",
                         w->opts.prover != NULL && w->opts.prover->rules.name_pin, "encrypted",
                         p->protocol == DELIVERY_IPPS, "sides", fits_words(a != NULL ? a->sides : NULL), "color_modes",
                         fits_words(a != NULL ? a->colors : NULL), "copies_max",
                         a != NULL && a->copies_max > 0 ? json_integer(a->copies_max) : json_null(), "page_ranges",
                         a != NULL ? json_boolean(a->page_ranges) : json_null()));
}
