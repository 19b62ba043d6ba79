/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vouch: this computer's cupsd prints for everybody, and its connections are all root's or lp's. It is known by the
 * secret that cups-setup put into its device URI; then requesting-user-name says whose job it is. cupsd in turn asks
 * the kernel who prints, because cups-setup made its queue's policy "authenticated". Its temporary queues have no
 * secret and forward whatever name a program gives: they are believed only where the administrator trusts everybody who
 * works on this computer (trust-user-names).
 */
#ifndef QUEUE_VOUCH_H
#define QUEUE_VOUCH_H

#include "printscout/queue/request.h"

struct vouch; /* opaque; the secret is in locked memory */

/*
 * Read the secret.
 *   path           empty, or a file that is not there: nobody has the secret
 *   trusts_names   names are believed without the secret, too
 *   out            NULL when there is neither: names change nothing
 * Errors: ERR_REFUSED others may read the file; ERR_FORMAT not 64 hex digits; ERR_IO; ERR_NOMEM.
 */
MUST_USE enum err vouch_new(const char *path, int trusts_names, struct vouch **out);
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
