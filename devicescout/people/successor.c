/* SPDX-License-Identifier: Apache-2.0 */
/* successor: see successor.h. */
#include "devicescout/people/successor.h"

#include <stdlib.h>

#include "devicescout/people/delegates.h"
#include "devicescout/people/proof_pin.h"

static enum err end_delegations(const struct prover *v, const char *person)
{
    const struct delegates_keyholder k = {.ask = v->keyholder, .arg = v->keyholder_arg};
    struct delegates_list *l = malloc(sizeof *l);
    enum err e = ERR_NOMEM;

    if (l == NULL || (e = delegates_read(&k, person, l)) != OK)
        goto out;
    for (size_t i = 0; i < l->len; i++) {
        if ((e = delegates_end(&k, l->list[i].id, person)) != OK && e != ERR_NOTFOUND) /* it has just ended */
            goto out;
    }
    e = OK;
out:
    free(l);
    return e;
}

enum err successor_inherits_nothing(const struct prover *v, const char *person)
{
    const enum err e = proof_pin_clear(v, person);

    return e != OK ? e : end_delegations(v, person);
}
