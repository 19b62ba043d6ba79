/* SPDX-License-Identifier: Apache-2.0 */
/* job_password_read: see job_password_read.h. */
#include "printscout/queue/job_password_read.h"

#include <string.h>

#include "crypto/secret.h"
#include "printscout/queue/request_head.h"

static enum err refuse_method(struct request *r, const char *asked)
{
    if (asked != NULL)
        ippAddString(r->reply, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_KEYWORD, "job-password-encryption", NULL, asked);
    return request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
                          "A job's password comes as sha2-256 or sha2-512; job-password-encryption says which.");
}

static enum err refuse_password(struct request *r)
{
    return request_refuse(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, "The job's password is not what its kind allows.");
}

static int method_of(const char *keyword, enum job_password_method *out)
{
    for (int m = JOB_PASSWORD_NONE; keyword != NULL && m < JOB_PASSWORD_METHODS; m++) {
        *out = (enum job_password_method)m;
        if (strcmp(keyword, job_password_keyword(*out)) == 0)
            return 1;
    }
    return 0;
}

/* Clear text is taken where no network is between: on the domain socket and on loopback. */
static enum err take_clear(struct request *r, const uint8_t *bytes, size_t len, struct job_password *out)
{
    uint8_t hash[JOB_PASSWORD_HASH_MOST];
    enum err e;

    if (len == 0 || len > JOB_PASSWORD_MOST || memchr(bytes, 0, len) != NULL)
        return refuse_password(r);
    if ((e = job_password_hash(JOB_PASSWORD_SHA2_256, bytes, len, hash)) == OK)
        e = job_password_make(JOB_PASSWORD_SHA2_256, hash, job_password_hash_len(JOB_PASSWORD_SHA2_256), out);
    secret_wipe(hash, sizeof hash);
    return e;
}

enum err job_password_read(struct request *r, struct job_password *out)
{
    ipp_attribute_t *password = ippFindAttribute(r->ask, "job-password", IPP_TAG_ZERO);
    const char *asked = request_head_text(r, "job-password-encryption", IPP_TAG_KEYWORD);
    enum job_password_method method;
    const uint8_t *bytes;
    int len = 0;
    enum err e;

    *out = (struct job_password){.method = JOB_PASSWORD_NONE};
    if (password == NULL)
        return OK;
    if (ippGetGroupTag(password) != IPP_TAG_OPERATION || ippGetValueTag(password) != IPP_TAG_STRING ||
        ippGetCount(password) != 1 || (bytes = ippGetOctetString(password, 0, &len)) == NULL)
        return refuse_password(r);
    if (!method_of(asked, &method) || (method == JOB_PASSWORD_NONE && request_is_remote(r)))
        return refuse_method(r, asked);
    if (method == JOB_PASSWORD_NONE)
        return take_clear(r, bytes, (size_t)len, out);
    e = job_password_make(method, bytes, (size_t)len, out);
    return e == ERR_FORMAT ? refuse_password(r) : e;
}

void job_password_describe(ipp_t *printer, int is_shared)
{
    const char *keywords[JOB_PASSWORD_METHODS];
    int count = 0;

    for (int m = is_shared ? JOB_PASSWORD_NONE + 1 : JOB_PASSWORD_NONE; m < JOB_PASSWORD_METHODS; m++)
        keywords[count++] = job_password_keyword((enum job_password_method)m);
    ippAddInteger(printer, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "job-password-supported", JOB_PASSWORD_MOST);
    ippAddStrings(printer, IPP_TAG_PRINTER, IPP_CONST_TAG(IPP_TAG_KEYWORD), "job-password-encryption-supported", count,
                  NULL, keywords);
}
