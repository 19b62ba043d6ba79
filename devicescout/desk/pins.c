/* SPDX-License-Identifier: Apache-2.0 */
/* pins: take a person's PIN away, and end what it has opened. They set a new one after a sign-in with the password. */
#include <stdio.h>
#include <string.h>

#include "devicescout/desk/desk.h"
#include "devicescout/people/proof_pin.h"
#include "devicescout/verbs.h"

static enum err clear(struct desk *d, const char *person)
{
    enum err e;

    if (strlen(person) >= PERSON_SIZE || !text_is_clean(person, strlen(person))) {
        fprintf(stderr, "'%s' is nobody's name.\n", person);
        return ERR_CONFIG;
    }
    if ((e = proof_pin_clear(&d->prover, person)) != OK || (e = roster_pin_gone(d->roster, person)) != OK) {
        fprintf(stderr, "The PIN is not cleared: %s\n", err_text(e));
        return e;
    }
    desk_record(d, "pin_cleared", "person=%s", person);
    printf("%s has no PIN now, and whoever signed in with it is signed out.\n", person);
    return OK;
}

enum err verb_pin_clear(int argc, char **argv)
{
    return desk_run(argc, argv,
                    &(struct desk_errand){.operand = "PERSON",
                                          .purpose = "Take a person's PIN away, locked or not.",
                                          .asked = "say whose",
                                          .act = clear});
}
