/* SPDX-License-Identifier: Apache-2.0 */
/* repeat: one pass over argv, which closes the gaps behind it. */
#include "devicescout/fleet/repeat.h"

#include <stdio.h>
#include <string.h>

enum err repeat_take(int *argc, char **argv, struct repeat *r)
{
    const size_t len = strlen(r->name);
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        const char *value = NULL;

        if (strcmp(argv[i], r->name) == 0) {
            if (i + 1 >= *argc) {
                fprintf(stderr, "%s: a value is missing after '%s'; see %s --help\n", argv[0], r->name, argv[0]);
                return ERR_CONFIG;
            }
            value = argv[++i];
        } else if (strncmp(argv[i], r->name, len) == 0 && argv[i][len] == '=') {
            value = argv[i] + len + 1;
        } else {
            argv[kept++] = argv[i];
            continue;
        }
        if (r->len >= r->max) {
            fprintf(stderr, "%s: '%s' stands there more than %zu times\n", argv[0], r->name, r->max);
            return ERR_CONFIG;
        }
        r->values[r->len++] = value;
    }
    argv[kept] = NULL;
    *argc = kept;
    return OK;
}
