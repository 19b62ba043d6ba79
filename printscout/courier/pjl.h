/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pjl: the little of HP's Printer Job Language that raw 9100 needs: to ask who is there, to name a job, to hear of its
 * end, and to find it where it must not be. It is said only to a printer that is registered as one that answers it.
 */
#ifndef PRINTSCOUT_COURIER_PJL_H
#define PRINTSCOUT_COURIER_PJL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PJL_UEL     "\x1b%-12345X" /* leaves whatever language the printer is in */
#define PJL_UEL_LEN 9
#define PJL_ASK_ID  PJL_UEL "@PJL INFO ID\r\n"

#define PJL_TEXT_SIZE 256

/* What goes before and behind a document; name is letters and digits. Both return the length. */
size_t pjl_before(const char *name, char out[static PJL_TEXT_SIZE]);
size_t pjl_behind(const char *name, char out[static PJL_TEXT_SIZE]);

enum pjl_event {
    PJL_NOTHING, /* no whole message yet */
    PJL_OTHER,   /* one that says nothing to us */
    PJL_ID,
    PJL_JOB_END,      /* of the job that was named; pages is set */
    PJL_JOB_CANCELED, /* the same */
    PJL_PAGE,         /* pages so far */
    PJL_DEVICE        /* reason is set: "" when all is well */
};

/* Start with {0}. */
struct pjl {
    char text[1024]; /* of the message that is arriving */
    size_t len;
    int overlong; /* it did not fit: dropped up to its end */
    uint32_t pages;
    const char *reason; /* as IPP's printer-state-reasons spells it; static */
};

/*
 * Take what the printer sent, up to the end of one message.
 *   bytes, len  moved behind what was taken
 *   name        the job's, to tell it from others that the printer reports
 */
enum pjl_event pjl_take(struct pjl *p, const uint8_t **bytes, size_t *len, const char *name);

/*
 * Does a document speak PJL: does it leave its language, or begin in PJL, which a printer hears at a connection's start
 * and behind what we say before a document? Start with {0}, give it all bytes in pieces of any size; 1 from where it
 * was found on.
 */
struct pjl_search {
    int found;
    size_t matched;                /* of the word that PJL begins with, at the document's start */
    int begun;                     /* it begins otherwise */
    uint8_t tail[PJL_UEL_LEN - 1]; /* of the piece before */
    size_t tail_len;
};
int pjl_search(struct pjl_search *s, const uint8_t *bytes, size_t len);

#endif
