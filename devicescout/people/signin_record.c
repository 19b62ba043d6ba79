/* SPDX-License-Identifier: Apache-2.0 */
/* signin_record: fields of two lines. A name that was typed is written once it was right: otherwise it may be a
 * password. */
#include "devicescout/people/signin_record.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "devicescout/audit_chain.h"

static void write_success(const struct signin_record *r, char *out, size_t size)
{
    const struct proven *a = r->answer;
    const char *badge = a->registered ? " badge=registered" : a->from_directory ? " badge=from-directory" : "";
    char name[PERSON_SIZE], account[PERSON_SIZE]; /* cut there: the line has its own bounds */
    const int len = snprintf(out, size, "person=%s by=%u %s address=%s%s", audit_escape(a->person, name, sizeof name),
                             (unsigned)a->authentication, r->place, r->address, badge);

    if (r->account[0] != '\0' && len > 0 && (size_t)len < size)
        snprintf(out + len, size - (size_t)len, " account=%s", audit_escape(r->account, account, sizeof account));
}

static void write_refusal(const struct signin_record *r, char *out, size_t size)
{
    const struct proven *a = r->answer;
    char name[PERSON_SIZE];

    snprintf(out, size, "outcome=%s count=%" PRIu64 " %s address=%s%s%s", proof_outcome_name(a->outcome), r->count,
             r->place, r->address, a->tried[0] != '\0' ? " person=" : "", audit_escape(a->tried, name, sizeof name));
}

void signin_record(const struct signin_opts *opts, const struct signin_record *r)
{
    const enum proof_outcome outcome = r->answer->outcome;
    char detail[2 * PERSON_SIZE + 256];

    log_info("sign_in", "outcome=%s count=%" PRIu64 " %s address=%s", proof_outcome_name(outcome), r->count, r->place,
             r->address);
    if (opts->audit == NULL)
        return;
    if (outcome == PROOF_YES)
        write_success(r, detail, sizeof detail);
    else
        write_refusal(r, detail, sizeof detail);
    opts->audit(opts->arg, outcome == PROOF_YES ? "sign_in" : "sign_in_refused", detail);
}
