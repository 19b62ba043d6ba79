/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vouch: this computer's cupsd prints for everybody, and its connections are all root's or lp's. It is known by the
 * secret that cups-setup put into its device URI; then, and only then, requesting-user-name says whose job it is. cupsd
 * in turn asks the kernel who prints, because cups-setup made its queue's policy "authenticated".
 */
#ifndef QUEUE_VOUCH_H
#define QUEUE_VOUCH_H

#include "printscout/queue/request.h"

struct vouch; /* opaque; the secret is in locked memory */

/*
 * Read the secret.
 *   path    empty, or a file that is not there: *out is NULL, nobody vouches
 * Errors: ERR_REFUSED others may read the file; ERR_FORMAT not 64 hex digits; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err vouch_new(const char *path, struct vouch **out);
void vouch_free(struct vouch *v); /* wipes; NULL is fine */

/* Is it cupsd? v may be NULL: never. */
int vouch_is_cupsd(const struct vouch *v, const char *user, const char *password);

/*
 * Settle r->uid, when the attributes are there. A connection of root's or lp's that prints under another's name must be
 * vouched for; anybody else is who the kernel says, whatever name they give.
 * Errors: ERR_REFUSED after request_challenge() or request_refuse().
 */
MUST_USE enum err vouch_settle_account(struct request *r);

#endif
