/* SPDX-License-Identifier: Apache-2.0 */
/* serve_authorization: what the person who is signed in may do here, and where else they may print. */
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

static json_t *printers(const struct web_opts *o, const struct session *s)
{
    json_t *names = json_array();
    const struct printer *p;

    for (size_t i = 0; o->printer_at != NULL && (p = o->printer_at(o->arg, i)) != NULL; i++) {
        if ((o->prover == NULL || proof_may_use(&o->prover->rules, p->name, s->groups)) &&
            json_array_append_new(names, json_string(p->name)) != 0)
            break;
    }
    return names;
}

json_t *authorization_json(const struct web_opts *o, const struct session *s)
{
    const int by_password = s->authentication == BY_PASSWORD;

    return json_pack("{s:b, s:b, s:b, s:b, s:I}", "print", 1, "set_pin", by_password, "administer",
                     by_password && s->may_administer, "keep", o->keep_allowed != NULL && o->keep_allowed(o->arg),
                     "delegate_days", o->delegates != NULL ? (json_int_t)delegates_days_most(o->delegates) : 0);
}

void serve_authorization(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const struct session *s = r->session;
    const struct printer *here = o->printer_by_id(o->arg, s->printer);

    if (here == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "This printer is not registered any more.");
        return;
    }
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:s, s:o, s:o}", "person", s->person, "printer", here->name, "authentication",
                         authentication_name(s->authentication), "may", authorization_json(o, s), "printers",
                         printers(o, s)));
}
