/* SPDX-License-Identifier: Apache-2.0 */
/* signin_record: fields of two lines. A name that was typed is written once it was right: otherwise it may be a
 * password. */
#include "devicescout/people/signin_record.h"

#include <inttypes.h>

#include "base/log.h"
#include "proto/order.h"

static void put_where(struct audit_fields *f, const struct signin_record *r)
{
    audit_fields_put(f, r->where, r->place);
    audit_fields_put(f, "address", r->address);
}

static void put_success(struct audit_fields *f, const struct signin_record *r)
{
    const struct proven *a = r->answer;

    audit_fields_put(f, "person", a->person);
    audit_fields_put(f, "by", authentication_name(a->authentication));
    put_where(f, r);
    audit_fields_put(f, "badge", a->registered ? "registered" : a->from_directory ? "from-directory" : NULL);
    audit_fields_put(f, "account", r->account[0] != '\0' ? r->account : NULL);
}

static void put_refusal(struct audit_fields *f, const struct signin_record *r)
{
    const struct proven *a = r->answer;

    audit_fields_put(f, "outcome", proof_outcome_name(a->outcome));
    audit_fields_put_number(f, "count", r->count);
    put_where(f, r);
    audit_fields_put(f, "person", a->tried[0] != '\0' ? a->tried : NULL);
}

void signin_record(const struct signin_opts *opts, const struct signin_record *r)
{
    const enum proof_outcome outcome = r->answer->outcome;
    struct audit_fields fields = {.len = 0};

    log_info("sign_in", "outcome=%s count=%" PRIu64 " %s=%s address=%s", proof_outcome_name(outcome), r->count,
             r->where, r->place, r->address);
    if (opts->audit == NULL)
        return;
    if (outcome == PROOF_YES)
        put_success(&fields, r);
    else
        put_refusal(&fields, r);
    opts->audit(opts->arg, outcome == PROOF_YES ? "sign_in" : "sign_in_refused", &fields);
}
