/* SPDX-License-Identifier: Apache-2.0 */
/* link_new: a link over real relays. A file of its own, so that tests of link.c link no HTTP client. */
#include "proto/link_ops.h"

static const struct link_ops over_https = {
    .relay_new = relay_new,
    .relay_free = relay_free,
    .relay_append = relay_append,
    .relay_read = relay_read,
    .relay_stop = relay_stop,
    .relay_acknowledge = relay_acknowledge,
    .resend_ms = 2000, /* PROTOCOL.md, "Messages" */
};

enum err link_new(const struct link_opts *opts, struct link **out)
{
    return link_new_with(opts, &over_https, out);
}
