/* SPDX-License-Identifier: Apache-2.0 */
/* job: one job as devicescout knows it. What it is comes from its description, how it stands from reports. */
#ifndef DEVICESCOUT_JOBS_JOB_H
#define DEVICESCOUT_JOBS_JOB_H

#include "base/hex.h"
#include "crypto/description.h"
#include "devicescout/jobs/paper.h"
#include "proto/jobstate.h"
#include "proto/keyholder.h"
#include "proto/order.h"
#include "proto/report.h"
#include "proto/ticket.h"

/* Why a release did not become an order, or the order no report; enum job_reason is what the courier says. */
enum job_note {
    NOTE_NONE,
    NOTE_COMPUTER_OFF, /* its computer did not answer */
    NOTE_BUSY,         /* an earlier order may still be under way */
    NOTE_TOO_MANY,     /* the person released too many in this minute */
    NOTE_REFUSED,      /* the keyholder would not grant it */
    NOTE_NO_KEYHOLDER, /* the keyholder did not answer */
    NOTE_NOT_TRIED,    /* an earlier job of the same release failed for a reason that holds for this one too */
    NOTE_TURN_OVER,    /* no end came while it was its turn at the printer */
    NOTE_COUNT
};
const char *job_note_name(enum job_note n); /* "computer-off"; static, never NULL */

struct person_jobs; /* the jobs of one person, oldest first; index.h */

struct job {
    struct id id;
    struct id origin;

    /* The announcement, sealed as it came: a grant needs it. */
    uint32_t number;
    uint8_t *description;
    size_t description_len;
    uint32_t digest; /* as lists name it: the first 4 bytes of its SHA-256 */

    uint64_t announced_sequence; /* the announcement's, in the origin's own count; 0: from the store */
    uint64_t received_boot_ms;   /* retention counts from here */

    uint64_t round; /* the last list that named it; nodes.h */
    int listed;     /* the origin has said, since this process started, that it holds the job */
    int confirmed;  /* and it is described: only then is it shown */

    /* What the keyholder read from the description; NULL and 0 until then. */
    char *owner; /* as the description says; a grant names it */
    char *title, *format, *host;
    uint8_t *ipp; /* the attributes chosen when it was printed */
    size_t ipp_len;
    uint64_t document_bytes, created_unix_ms;
    struct ticket_content content;
    struct job_password password;    /* asked for before release */
    struct job_password_tries tries; /* how often it was guessed since this process started */

    /* How it stands. */
    enum job_state state;
    enum job_reason reason;
    enum job_note note;
    int waiting; /* released; its order has no report yet */
    int confirmed_by_printer;
    struct id order;                 /* the newest; zero: none */
    int order_ended;                 /* its last word was said */
    char printer[PRINTER_NAME_SIZE]; /* where it was sent last */
    char printer_reasons[STATE_REASONS_SIZE];
    uint64_t sent_bytes;
    uint32_t impressions;
    struct paper paper;     /* what its last release comes to */
    uint64_t final_boot_ms; /* when it became final; it is shown a little longer; 0: it is not */

    /* The index's own. */
    struct person_jobs *person;
    struct job *next, *prev;
};

/* Whose it is, as one canonical name; "" before the description was read. */
const char *job_person(const struct job *j);

#endif
