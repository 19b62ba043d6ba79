/* SPDX-License-Identifier: Apache-2.0 */
/* rotate: begin a new epoch by hand, when a key may be known to somebody. */
#include <stdio.h>
#include <stdlib.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/verbs.h"

enum err verb_key_rotate(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "", "Begin a new epoch: what is printed from now on is sealed to a new key.",
                                args};
    struct bulletin *b = NULL;
    struct admin *a = NULL;
    char until[32];
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK || (e = admin_open(config, &a)) != OK ||
        (e = admin_ask(a, KH_ROTATE, NULL, 0)) != OK || (e = admin_read_bulletin(a, &b)) != OK)
        goto out;
    if (b->epochs_len > 0) {
        const struct bulletin_epoch *newest = &b->epochs[b->epochs_len - 1];

        printf("Epoch %u has begun; its key is destroyed on %s at the latest.\n", (unsigned)newest->number,
               admin_time(newest->destroy_at_unix_ms, until, sizeof until));
    }
out:
    free(b);
    admin_close(a);
    return e;
}
