/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: a loaded pair is never freed while the server runs, because a handshake may still be using it; a reload adds
 * one. That is a few kilobytes for each SIGHUP.
 */
#include "devicescout/web/tls.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/secret.h"

#define PEM_MAX   (256 * 1024)
#define CHAIN_MAX 16

struct pair {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_len;
    gnutls_privkey_t key;
    SLIST_ENTRY(pair) next;
};

struct tls {
    char *certificate_file, *key_file;
    SLIST_HEAD(, pair) pairs; /* newest first */
};

static struct tls *served;

static void pair_free(struct pair *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < p->chain_len; i++)
        gnutls_pcert_deinit(&p->chain[i]);
    if (p->key != NULL)
        gnutls_privkey_deinit(p->key);
    free(p);
}

static enum err complain(const char *file, const char *why)
{
    log_error("certificate_unusable", "file=%s why=%s", file, why);
    return ERR_CONFIG;
}

static enum err read_pem(const char *file, gnutls_datum_t *out)
{
    uint8_t *bytes = NULL;
    size_t len;
    enum err e = file_read(AT_FDCWD, file, PEM_MAX, &bytes, &len);

    if (e != OK)
        return complain(file, err_text(e));
    *out = (gnutls_datum_t){.data = bytes, .size = (unsigned)len};
    return OK;
}

static void pem_free(gnutls_datum_t *pem)
{
    if (pem->data != NULL)
        secret_wipe(pem->data, pem->size);
    free(pem->data);
}

/* Does the key belong to the certificate? Found out now, not at the first handshake. */
static int belong_together(struct pair *p)
{
    gnutls_pubkey_t of_key = NULL;
    unsigned char a[64], b[64];
    size_t na = sizeof a, nb = sizeof b;
    int same = gnutls_pubkey_init(&of_key) == 0 && gnutls_pubkey_import_privkey(of_key, p->key, 0, 0) == 0 &&
               gnutls_pubkey_get_key_id(of_key, GNUTLS_KEYID_USE_SHA256, a, &na) == 0 &&
               gnutls_pubkey_get_key_id(p->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, b, &nb) == 0 && na == nb &&
               memcmp(a, b, na) == 0;

    if (of_key != NULL)
        gnutls_pubkey_deinit(of_key);
    return same;
}

static enum err load(const struct tls *t, struct pair *p)
{
    gnutls_datum_t certificate = {NULL, 0}, key = {NULL, 0};
    unsigned count = CHAIN_MAX;
    int rc;
    enum err e;

    if ((e = read_pem(t->certificate_file, &certificate)) != OK || (e = read_pem(t->key_file, &key)) != OK)
        goto out;
    if ((rc = gnutls_pcert_list_import_x509_raw(p->chain, &count, &certificate, GNUTLS_X509_FMT_PEM, 0)) != 0) {
        e = complain(t->certificate_file, gnutls_strerror(rc));
        goto out;
    }
    p->chain_len = count;
    if ((rc = gnutls_privkey_init(&p->key)) != 0 ||
        (rc = gnutls_privkey_import_x509_raw(p->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0)) != 0) {
        e = complain(t->key_file, gnutls_strerror(rc));
        goto out;
    }
    if (!belong_together(p))
        e = complain(t->key_file, "the key does not belong to the certificate");
out:
    pem_free(&certificate);
    pem_free(&key);
    return e;
}

enum err tls_reload(struct tls *t)
{
    struct pair *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL)
        goto out;
    if ((e = load(t, p)) != OK)
        goto out;
    SLIST_INSERT_HEAD(&t->pairs, p, next);
    p = NULL;
out:
    pair_free(p);
    return e;
}

enum err tls_new(const char *certificate_file, const char *key_file, struct tls **out)
{
    struct tls *t = calloc(1, sizeof *t);
    enum err e = ERR_NOMEM;

    if (t == NULL)
        goto out;
    SLIST_INIT(&t->pairs);
    if ((t->certificate_file = strdup(certificate_file)) == NULL || (t->key_file = strdup(key_file)) == NULL)
        goto out;
    if ((e = tls_reload(t)) != OK)
        goto out;
    *out = t;
    t = NULL;
out:
    tls_free(t);
    return e;
}

void tls_free(struct tls *t)
{
    struct pair *p;

    if (t == NULL)
        return;
    if (served == t)
        served = NULL;
    while ((p = SLIST_FIRST(&t->pairs)) != NULL) {
        SLIST_REMOVE_HEAD(&t->pairs, next);
        pair_free(p);
    }
    free(t->certificate_file);
    free(t->key_file);
    free(t);
}

void tls_serve(struct tls *t)
{
    served = t;
}

int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *req_ca_dn, int nreqs,
                 const gnutls_pk_algorithm_t *pk_algos, int pk_algos_length, gnutls_pcert_st **pcert,
                 unsigned int *pcert_length, gnutls_privkey_t *pkey)
{
    struct pair *p = served != NULL ? SLIST_FIRST(&served->pairs) : NULL;

    (void)session, (void)req_ca_dn, (void)nreqs, (void)pk_algos, (void)pk_algos_length;
    if (p == NULL)
        return -1;
    *pcert = p->chain;
    *pcert_length = p->chain_len;
    *pkey = p->key;
    return 0;
}
