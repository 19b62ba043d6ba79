/* SPDX-License-Identifier: Apache-2.0 */
/* serve_printer: what the first screen of a panel shows: which printer this is, and how it is. */
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

void serve_printer(struct request *r)
{
    const struct web *w = r->web;
    const struct printer *p = w->opts.printer(w->opts.arg, r->parameter);
    const struct trouble *t;

    if (p == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return;
    }
    t = troubles_of(w->troubles, p->name);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "name", p->name, "place", p->place, "state",
                         t != NULL                                           ? "trouble"
                         : releases_printer_is_busy(w->opts.releases, p->id) ? "busy"
                                                                             : "ready",
                         "problem", t != NULL ? jobreason_name(t->reason) : "none", "detail",
                         t != NULL ? t->printer_reasons : "", "encrypted", p->protocol == DELIVERY_IPPS));
}
