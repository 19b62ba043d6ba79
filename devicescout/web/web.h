/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web: the HTTPS server of the panels: one page, its API (openapi.yaml), its events. Runs inside the loop: no thread of
 * its own, so a touch on the screen becomes an order without waiting for anybody.
 */
#ifndef DEVICESCOUT_WEB_WEB_H
#define DEVICESCOUT_WEB_WEB_H

#include "base/loop.h"
#include "devicescout/jobs/abilities.h"
#include "devicescout/jobs/releases.h"
#include "devicescout/jobs/statistics.h"
#include "devicescout/people/delegates.h"
#include "devicescout/people/sessions.h"
#include "devicescout/people/signin.h"

struct web;

struct web_opts {
    struct loop *loop;
    const char *address; /* numeric; "::" takes IPv4 too */
    uint16_t port;       /* 0: any free one */
    const char *certificate_file, *key_file;

    struct index *index;
    struct releases *releases;
    struct statistics *statistics; /* NULL: none are kept */
    struct sessions *sessions;
    struct signin *signin;
    struct workers *workers;     /* for what waits for the keyholder */
    const struct prover *prover; /* PINs and badges of who is signed in; NULL: a stand-in signs in, and has none */
    struct roster *roster;       /* panels' tokens; NULL: none are asked for */
    int panel_token_required;
    struct delegates *delegates;                    /* NULL: nobody releases for anybody */
    struct delegates_keyholder delegates_keyholder; /* for worker threads */
    uint64_t idle_ms;                               /* as the sessions have it: the page counts down by itself */
    const struct printer *(*printer)(void *arg, const char *name);
    const struct printer *(*printer_by_id)(void *arg, struct id id);
    const struct printer *(*printer_at)(void *arg, size_t i); /* of all; NULL behind the last */
    /* What it can, as far as that is known now: NULL where it is not. */
    const struct abilities *(*abilities)(void *arg, const struct printer *p);
    /* "ADDRESS=PRINTER", a network reader of the configuration; NULL behind the last. May be NULL. */
    const char *(*network_reader)(void *arg, size_t i);
    /* Does a badge release at once all that fits, at this printer? May be NULL: no. */
    int (*fast_release)(void *arg, const char *printer);
    /* Does the site let people keep jobs after printing? May be NULL: no. */
    int (*keep_allowed)(void *arg);
    /* The person takes the job back: it is closed for ever. */
    void (*cancel_job)(void *arg, struct job *j, const char *person);
    /* An event for the audit chain. May be NULL. */
    void (*audit)(void *arg, const char *event, const struct audit_fields *fields);
    void *arg;
};

/*
 * Open the port and serve. opts' texts are copied.
 * Errors: ERR_CONFIG after a log line: certificate or key cannot be used, or the address cannot be listened on.
 */
MUST_USE enum err web_new(const struct web_opts *opts, struct web **out);
void web_free(struct web *w);

uint16_t web_port(const struct web *w);

/* Read certificate and key again; connections that stand keep theirs. ERR_CONFIG: the old ones stay in use. */
MUST_USE enum err web_reload_certificate(struct web *w);

/* For the screens of whoever it belongs to. */
void web_job_changed(struct web *w, const struct job *j);
void web_job_gone(struct web *w, const struct job *j);
/* More is known of this printer. */
void web_printer_changed(struct web *w, struct id printer);
/* A badge was held to a reader that stands at this printer. */
void web_swipe(struct web *w, const char *printer, const char *badge);
/* Tokens were taken back: who waits for a swipe with one of them is answered. */
void web_panels_changed(struct web *w);
void web_session_ended(struct web *w, const struct session *s);

#endif
