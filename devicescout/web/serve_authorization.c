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

void serve_authorization(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const struct session *s = r->session;
    const struct printer *here = o->printer_by_id(o->arg, s->printer);
    const int by_password = s->authentication == BY_PASSWORD;

    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:s, s:{s:b, s:b, s:b}, s:o}", "person", s->person, "printer",
                         here != NULL ? here->name : "", "authentication", authentication_name(s->authentication),
                         "may", "print", here != NULL, "set_pin", by_password, "administer",
                         by_password && s->may_administer, "printers", printers(o, s)));
}
