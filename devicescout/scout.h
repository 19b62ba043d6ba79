/* SPDX-License-Identifier: Apache-2.0 */
/* scout: all that `devicescout run` consists of, in the order in which it is made. Parts know only what their own
 * headers name; run.c puts them together; inbox.c and ports_*.c connect them. */
#ifndef DEVICESCOUT_SCOUT_H
#define DEVICESCOUT_SCOUT_H

#include "devicescout/conf.h"
#include "devicescout/jobs/closing.h"
#include "devicescout/jobs/intake.h"
#include "devicescout/jobs/releases.h"
#include "devicescout/jobs/statistics.h"
#include "devicescout/lines.h"
#include "devicescout/people/directory.h"
#include "devicescout/people/sessions.h"
#include "devicescout/people/signin.h"
#include "devicescout/people_conf.h"
#include "devicescout/printers/survey.h"
#include "devicescout/readers.h"
#include "devicescout/site.h"
#include "devicescout/web/web.h"
#include "proto/link.h"

struct scout {
    const struct conf *conf;
    int state_dir, lock;
    struct node_keys *keys;
    uint8_t certificate[CERTIFICATE_LEN];
    struct id site_id;

    struct loop *loop;
    struct kh_client *keyholder;
    struct site *site;

    struct nodes *nodes;
    struct index *index;
    struct store *store;
    struct closing *closing;
    struct statistics *statistics;
    struct intake *intake;
    struct releases *releases;

    struct people_conf *people_conf;
    struct directory *directory;
    struct roster *roster;
    struct registrations *registrations;
    struct lines *lines;
    struct prover prover;
    struct workers *workers;
    struct signin *signin;
    struct sessions *sessions;
    struct delegates *delegates;

    struct knowledge *knowledge; /* of the printers */
    struct survey *survey;       /* what they can among them */

    struct questions *questions; /* of shared queues */

    struct link *link;
    struct web *web;
    struct readers *readers;

    uint64_t look_timer; /* sign_outs */
    uint64_t timer;      /* the next try to reach the keyholder, then the next sweep */
    int waiting;         /* for the keyholder; said once */
    enum err failed;     /* why it stopped, when that was not asked for */
};

#endif
