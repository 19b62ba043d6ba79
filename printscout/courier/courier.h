/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier: what the parts of printscout-courier's main loop share. Everything here belongs to the main loop's thread; a
 * delivery's thread gets copies (errand.h) and answers with letters (inbox.h).
 *
 *   site.h        who the site is: bulletin, relays, policy       orders.h      an order comes: accepted or refused
 *   messages.h    in from the device scouts, and out to them      deliveries.h  which delivery runs, waits, ends
 *   greet.h       hello, and its keys                             reports.h     what is said of an order
 *   announce.h    jobs to device scouts, syncs, lists             retire.h      closed, canceled, expired, erased
 *   watch.h       what changes in the spool                       recover.h     what a crash or stop left behind
 *   questions.h   who prints over the network: asked, answered
 */
#ifndef PRINTSCOUT_COURIER_COURIER_H
#define PRINTSCOUT_COURIER_COURIER_H

#include "base/conf.h"
#include "base/loop.h"
#include "crypto/nodekeys.h"
#include "printscout/courier/deliver.h"
#include "printscout/courier/hello_keys.h"
#include "printscout/courier/inbox.h"
#include "printscout/courier/jobs.h"
#include "printscout/courier/journal.h"
#include "printscout/courier/silent.h"
#include "proto/bulletin.h"
#include "proto/link.h"

struct site;
struct announcer;
struct questions;
struct watch;

struct greeting { /* the hello that is under way to one device scout */
    struct courier *c;
    struct id message; /* zero: acknowledged */
    uint64_t timer, again_ms;
};

struct courier {
    struct loop *loop;
    struct inbox *inbox;
    int state_dir, spool;
    struct deliver_limits limits;
    size_t deliveries_max;
    uint64_t stop_grace_ms;
    int stopping; /* no order is taken any more */

    struct node_keys *keys;
    struct spool_node node;
    struct site *site;
    struct hello_keys *hello;
    struct silent silent;
    struct greeting greetings[BULLETIN_SCOUTS_MAX]; /* by the device scout's number in the bulletin */
    struct link *link;

    struct jobs jobs;
    struct journal *journal;
    struct watch *watch;
    struct announcer *announcer;
    struct questions *questions;    /* of a shared queue; NULL: the node is one person's */
    struct delivery *deliveries;    /* in the order in which they were accepted */
    struct pending_report *reports; /* terminal ones that are not acknowledged */
    struct pending_gone *gone;      /* the same of jobs that were canceled or expired */
};

#endif
