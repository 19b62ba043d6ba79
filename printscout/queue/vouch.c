/* SPDX-License-Identifier: Apache-2.0 */
/* vouch: see vouch.h. */
#include "printscout/queue/vouch.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "printscout/queue/owner.h"
#include "printscout/queue/request_head.h"

#define CUPS_USER  "cups" /* in the device URI: ipp://cups:SECRET@localhost:6310/ipp/print */
#define SECRET_LEN 64
#define BACKEND_LP "lp" /* cupsd runs its backends as lp, or as root */
#define ROOT_UID   0

struct vouch {
    char digits[SECRET_LEN];
    int has_secret, trusts_names;
    uint32_t lp_uid;
};

static int is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("0123456789abcdef", text[i]) == NULL || text[i] == '\0')
            return 0;
    }
    return 1;
}

/* The secret, if there is one. */
static enum err read_secret(struct vouch *v, const char *path)
{
    enum err e;

    if (path[0] == '\0')
        return OK;
    if ((e = file_read_secret(AT_FDCWD, path, (uint8_t *)v->digits, SECRET_LEN)) != OK)
        return e == ERR_NOTFOUND ? OK : e;
    if (!is_hex(v->digits, SECRET_LEN))
        return ERR_FORMAT;
    v->has_secret = 1;
    return OK;
}

enum err vouch_new(const char *path, int trusts_names, struct vouch **out)
{
    struct vouch *v;
    enum err e;

    *out = NULL;
    if ((v = secret_new(sizeof *v)) == NULL)
        return ERR_NOMEM;
    v->trusts_names = trusts_names;
    if ((e = read_secret(v, path)) != OK)
        goto out;
    if (!v->has_secret && !v->trusts_names)
        goto out;
    if (owner_uid(BACKEND_LP, &v->lp_uid) != OK)
        v->lp_uid = ROOT_UID;
    *out = v;
    v = NULL;
out:
    secret_free(v);
    return e;
}

void vouch_free(struct vouch *v)
{
    secret_free(v);
}

int vouch_is_cupsd(const struct vouch *v, const char *user, const char *password)
{
    if (v == NULL || !v->has_secret || strcmp(user, CUPS_USER) != 0 || strlen(password) != SECRET_LEN)
        return 0;
    return secret_equal(v->digits, password, SECRET_LEN);
}

enum err vouch_settle_account(struct request *r)
{
    const struct vouch *v = r->queue->vouch;
    const char *name = request_head_text(r, "requesting-user-name", IPP_TAG_ZERO);
    char account[ACCOUNT_SIZE];
    uint32_t uid;

    if (request_is_remote(r) || v == NULL || name == NULL || (r->uid != ROOT_UID && r->uid != v->lp_uid))
        return OK;
    if (owner_account(r->uid, account) == OK && strcmp(account, name) == 0)
        return OK;
    if (!r->is_vouched && !v->trusts_names)
        return request_challenge(r); /* cupsd's backend gives the secret only when it is asked */
    if (owner_uid(name, &uid) != OK)
        return request_refuse(r, IPP_STATUS_ERROR_NOT_AUTHORIZED,
                              "This computer does not know the account that cupsd prints for.");
    r->uid = uid;
    return OK;
}
