/* SPDX-License-Identifier: Apache-2.0 */
/* program_parts: what program.c (start and end) and program_doors.c (how it is reached) share. For those two only. */
#ifndef QUEUE_PROGRAM_PARTS_H
#define QUEUE_PROGRAM_PARTS_H

#include "printscout/queue/dnssd.h"
#include "printscout/queue/http.h"
#include "printscout/queue/program.h"
#include "printscout/queue/shared.h"

struct program {
    const struct conf *conf;
    struct queue queue;
    struct http *http;
    struct shared *shared; /* NULL: nobody prints here over the network */
    struct dnssd *dnssd, *shared_dnssd;
    struct loop *loop;
    int lock, unix_fd, tcp_fd, port; /* descriptors: -1 when closed */
};

/* What a person is told of e. */
const char *program_reason(enum err e);

/* In this order. Errors of all: any, after a sentence on standard error. */
MUST_USE enum err program_open_doors(struct program *p);
/* Room for every connection that the settings allow. */
MUST_USE enum err program_raise_file_limit(const struct program *p);
MUST_USE enum err program_start_http(struct program *p);
/* For whoever waits for the ports. */
MUST_USE enum err program_write_ports(const struct program *p);
/* Have it found, through avahi. */
MUST_USE enum err program_announce(struct program *p);

#endif
