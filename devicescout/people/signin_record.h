/* SPDX-License-Identifier: Apache-2.0 */
/* signin_record: what the log and the audit chain are told of an attempt. */
#ifndef DEVICESCOUT_PEOPLE_SIGNIN_RECORD_H
#define DEVICESCOUT_PEOPLE_SIGNIN_RECORD_H

#include "devicescout/people/signin.h"

struct signin_record {
    const struct proven *answer;
    const char *where;   /* "printer", or of a shared queue "node" */
    const char *place;   /* its name or id */
    const char *address; /* of the panel, or from where somebody prints */
    const char *account; /* at such a queue: the name as typed; "" */
    uint64_t count;      /* how many answers of this kind there were */
};

/* A line in the log, without names, and one for the audit chain. */
void signin_record(const struct signin_opts *opts, const struct signin_record *r);

#endif
