/* SPDX-License-Identifier: Apache-2.0 */
/* open_job: unwrap a job's key by its epoch and open its description. For describe and grant. */
#ifndef KEYHOLDER_OPEN_JOB_H
#define KEYHOLDER_OPEN_JOB_H

#include "crypto/describe.h"
#include "devicescout/keyholder/ask.h"

struct open_job { /* secret_new: it holds the job key and a title */
    struct job_header header;
    uint8_t key[KEY_LEN];
    struct description d; /* points into what follows */
    char owner[OWNER_MAX_LEN + 1];
    uint8_t plain[2 * DESCRIPTION_MAX_PLAIN];
};

/*
 * Open a description file.
 *   out     on OK for secret_free()
 * Errors, each noted by ask_refuse(): ERR_FORMAT; ERR_REFUSED another site's; ERR_EXPIRED its epoch's key is gone;
 * ERR_REPLAY the job is closed; ERR_AUTH it does not open; ERR_NOMEM.
 */
MUST_USE enum err open_job(struct ask *a, const uint8_t *file, size_t len, struct open_job **out);

#endif
