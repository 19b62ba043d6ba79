/* SPDX-License-Identifier: Apache-2.0 */
/* describe: see describe.h. */
#include "crypto/describe.h"

#include "crypto/chunked_open.h"
#include "crypto/label.h"

enum err description_open(const uint8_t job_key[static KEY_LEN], const uint8_t *file, size_t len, uint8_t *plain,
                          char owner[static OWNER_MAX_LEN + 1], struct description *d)
{
    uint8_t context[HEADER_CONTEXT_LEN];
    struct job_header header;
    uint8_t *key = NULL;
    size_t plain_len;
    enum err e;

    if ((e = header_read(file, len, &header)) != OK)
        goto out;
    e = ERR_LIMIT;
    if (len > DESCRIPTION_FILE_MAX)
        goto out;
    if ((e = header_context(LABEL_JOB_DESCRIPTION, sizeof LABEL_JOB_DESCRIPTION, file, context)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((key = secret_new(KEY_LEN)) == NULL)
        goto out;
    if ((e = description_key(job_key, key)) != OK)
        goto out;
    if ((e = chunked_open_all(key, context, sizeof context, file + HEADER_LEN, len - HEADER_LEN, plain,
                              DESCRIPTION_MAX_PADDED, &plain_len)) != OK)
        goto out;
    if ((e = description_read(plain, plain_len, owner, d)) != OK)
        secret_wipe(plain, plain_len);
out:
    secret_free(key);
    return e;
}
