/* SPDX-License-Identifier: Apache-2.0 */
/* printer: the virtual printer: its names and addresses, and how it is now. What it can do is offer.h. */
#ifndef QUEUE_PRINTER_H
#define QUEUE_PRINTER_H

#include <cups/array.h>
#include <cups/ipp.h>
#include <stdint.h>

#include "base/err.h"

struct queue;
struct printer; /* opaque; never changes once it is made, so any thread may read it */

#define PRINTER_PATH         "/ipp/print"
#define PRINTER_OWN_URI_SIZE 128
#define PRINTER_HOST_MAX     80 /* leaves room for the rest of the URI */
#define PRINTER_UUID_SIZE    46 /* "urn:uuid:" and 36 characters, with the NUL */

struct printer_opts {
    const char *name;        /* printer-name */
    const char *shared_host; /* the name by which the network reaches it, over ipps; NULL: as this computer does */
    int port;                /* for the printer's URI; 0: there is none */
};

/* One for each way to the queue: they differ in their addresses, and are one printer by their UUID. */
MUST_USE enum err printer_new(const struct printer_opts *opts, struct printer **out);
void printer_free(struct printer *p);

/* ipp://localhost:6310/ipp/print, and http://localhost:6310; they live as long as the printer. */
const char *printer_uri(const struct printer *p);
const char *printer_web(const struct printer *p);

/* job-uuid: a name for the job that no other queue gives. */
void printer_job_uuid(const struct printer *p, uint32_t job_number, char out[static PRINTER_UUID_SIZE]);

/* printer-up-time: seconds since it was made, from 1. */
int printer_up_time(const struct printer *p);

/* A moment as RFC 8011 gives it in time-at-creation and its kin: seconds of up time; 0 or less: before this start. */
int printer_time_at(const struct printer *p, uint64_t unix_ms);

struct printer_state {
    int is_accepting;
    const char *reason;  /* printer-state-reasons; static */
    const char *message; /* one sentence for a person; static */
};
struct printer_state printer_state(struct queue *q);

/* What the same attributes say; all live as long as the printer. */
const char *printer_name(const struct printer *p);
const char *printer_model(const struct printer *p);
const char *printer_uuid(const struct printer *p); /* without "urn:uuid:" */
int printer_port(const struct printer *p);
int printer_is_shared(const struct printer *p);

/* Add how it is now: state, whether it takes jobs and why not, times, counts. names: NULL for all. */
void printer_add_state(struct queue *q, ipp_t *reply, cups_array_t *names);

#endif
