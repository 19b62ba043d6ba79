/* SPDX-License-Identifier: Apache-2.0 */
/* proof_pin: a person's PIN, as far as the device scout deals with it: it asks the keyholder, which alone can tell. */
#ifndef DEVICESCOUT_PEOPLE_PROOF_PIN_H
#define DEVICESCOUT_PEOPLE_PROOF_PIN_H

#include "devicescout/people/proof.h"

/* PROOF_YES, PROOF_NO, PROOF_TOO_OFTEN with *wait_ms, PROOF_PIN_NONE, PROOF_PIN_LOCKED; PROOF_DOWN no keyholder. */
enum proof_outcome proof_pin_check(const struct prover *v, const char *person, const struct proof *p,
                                   uint64_t *wait_ms);
/* Sets has_pin, pin_locked and pin_digits_least; leaves them as they are when the keyholder does not answer. */
void proof_pin_look(const struct prover *v, const char *person, struct proven *out);

MUST_USE enum err proof_pin_unlock(const struct prover *v, const char *person);
MUST_USE enum err proof_pin_clear(const struct prover *v, const char *person); /* OK as well when there is none */
/* ERR_FORMAT not digits; ERR_LIMIT too short or too long; ERR_REFUSED easily guessed. */
MUST_USE enum err proof_pin_set(const struct prover *v, const char *person, const char *pin);

#endif
