/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: what a person said about a job: title, format, options. They live in this process's memory only (and sealed,
 * in the job's description); after a restart a placeholder stands in. Immutable and counted, so a reader keeps what it
 * looks at while the job goes on.
 */
#ifndef QUEUE_WORDS_H
#define QUEUE_WORDS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/ticket.h"

#define WORDS_PLACEHOLDER "Held document"

struct words {
    atomic_uint count;
    const char *title;
    const char *account; /* the account that printed, by the name that this computer knows */
    const char *owner;   /* who may release it: the node's person, or the account on a shared node; empty: not known */
    const char *format;  /* MIME type; empty: not known any more */
    struct ticket_content content;
    const uint8_t
        *template; /* the job template attributes that the person chose, RFC 8010 section 3.1.4, no group tag */
    size_t template_len;
    struct job_password password; /* what the panel asks for before release */
    char store[];                 /* all of these bytes */
};

/*
 * Copy them.
 *   from    its count is not looked at
 *   out     on OK a new object with one holder, for words_drop()
 */
MUST_USE enum err words_new(const struct words *from, const struct words **out);

const struct words *words_hold(const struct words *w);
void words_drop(const struct words *w); /* wipes with the last holder; NULL is fine */

#endif
