/* SPDX-License-Identifier: Apache-2.0 */
/* queue: what the parts of the virtual printer have in common. Made by main.c before the first thread starts. */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "printscout/queue/enrollment.h"
#include "printscout/queue/jobs.h"
#include "printscout/queue/numbers.h"
#include "proto/ticket.h"

struct offers;
struct people;
struct printer;
struct readers;
struct vouch;

struct queue {
    int spool;
    struct people *people; /* who printed over the network */
    struct jobs *jobs;
    struct numbers *numbers;
    struct enrollment *enrollment;
    struct printer *printer;     /* its names and addresses */
    struct offers *offers;       /* what it can, as the site says */
    struct vouch *vouch;         /* by what cupsd is known; NULL: names change nothing */
    struct readers *readers;     /* where pages of PDFs are counted; NULL: it did not start */
    char host[TICKET_HOST_SIZE]; /* this computer's name, as the panel shows it */
    uint64_t job_bytes_max;
    uint64_t spool_free_least;
    size_t jobs_per_person_max;
};

#endif
