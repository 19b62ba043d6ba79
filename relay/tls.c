/* SPDX-License-Identifier: Apache-2.0 */
/* tls: see tls.h. */
#include "relay/tls.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define CHAIN_MAX 8
#define PEM_MAX   (64 * 1024)
/* A handshake may point into the identity that it began with; it ends within the header deadline, 10 s. */
#define RETIRED_MS 60000

struct identity {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_len;
    gnutls_privkey_t key;
    uint8_t pin[TLS_PIN_LEN];
    struct identity *before; /* the one that this replaced */
    uint64_t replaced_boot_ms;
};

static struct identity *current; /* what new handshakes get */

static void identity_free(struct identity *i)
{
    if (i == NULL)
        return;
    for (unsigned n = 0; n < i->chain_len; n++)
        gnutls_pcert_deinit(&i->chain[n]);
    if (i->key != NULL)
        gnutls_privkey_deinit(i->key);
    free(i);
}

static enum err complain(const char *path, const char *what)
{
    log_error("tls_not_loaded", "file=%s reason=%s", path, what);
    return ERR_CONFIG;
}

static enum err read_pem(const char *path, gnutls_datum_t *out)
{
    uint8_t *bytes;
    size_t len;
    enum err e = file_read(AT_FDCWD, path, PEM_MAX, &bytes, &len);

    if (e != OK)
        return complain(path, err_text(e));
    *out = (gnutls_datum_t){.data = bytes, .size = (unsigned)len};
    return OK;
}

static enum err load_chain(const char *path, struct identity *i)
{
    gnutls_datum_t pem = {0};
    unsigned n = CHAIN_MAX;
    enum err e;
    int rc;

    if ((e = read_pem(path, &pem)) != OK)
        return e;
    rc = gnutls_pcert_list_import_x509_raw(i->chain, &n, &pem, GNUTLS_X509_FMT_PEM, 0);
    free(pem.data);
    if (rc < 0)
        return complain(path, gnutls_strerror(rc));
    i->chain_len = n;
    return OK;
}

static enum err load_key(const char *path, struct identity *i)
{
    gnutls_datum_t pem = {0};
    enum err e;
    int rc;

    if ((e = read_pem(path, &pem)) != OK)
        return e;
    if ((rc = gnutls_privkey_init(&i->key)) >= 0)
        rc = gnutls_privkey_import_x509_raw(i->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    explicit_bzero(pem.data, pem.size);
    free(pem.data);
    return rc < 0 ? complain(path, gnutls_strerror(rc)) : OK;
}

static int pin_of(gnutls_pubkey_t key, uint8_t pin[static TLS_PIN_LEN])
{
    gnutls_datum_t der = {0};
    int rc;

    if ((rc = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der)) >= 0)
        rc = gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, pin);
    gnutls_free(der.data);
    return rc;
}

/* The pin, and that the key belongs to the certificate: clients would notice otherwise, one by one. */
static enum err compute_pin(const char *key_path, struct identity *i)
{
    uint8_t of_key[TLS_PIN_LEN];
    gnutls_pubkey_t public_key = NULL;
    int rc;

    if ((rc = pin_of(i->chain[0].pubkey, i->pin)) >= 0 && (rc = gnutls_pubkey_init(&public_key)) >= 0 &&
        (rc = gnutls_pubkey_import_privkey(public_key, i->key, 0, 0)) >= 0)
        rc = pin_of(public_key, of_key);
    if (public_key != NULL)
        gnutls_pubkey_deinit(public_key);
    if (rc < 0)
        return complain(key_path, gnutls_strerror(rc));
    return memcmp(of_key, i->pin, TLS_PIN_LEN) == 0 ? OK : complain(key_path, "it is not the certificate's key");
}

/* Free what no handshake can point into any more. */
static void free_retired(struct identity *newest, uint64_t now_boot_ms)
{
    struct identity **link = &newest->before;

    while (*link != NULL && now_boot_ms - (*link)->replaced_boot_ms < RETIRED_MS)
        link = &(*link)->before;
    for (struct identity *i = *link, *before; i != NULL; i = before) {
        before = i->before;
        identity_free(i);
    }
    *link = NULL;
}

enum err tls_load(const char *certificate_path, const char *key_path)
{
    struct identity *i = NULL;
    enum err e = ERR_NOMEM;

    if ((i = calloc(1, sizeof *i)) == NULL)
        goto out;
    if ((e = load_chain(certificate_path, i)) != OK || (e = load_key(key_path, i)) != OK ||
        (e = compute_pin(key_path, i)) != OK)
        goto out;
    if (current != NULL)
        current->replaced_boot_ms = clock_boot_ms();
    i->before = current;
    current = i;
    i = NULL;
    free_retired(current, clock_boot_ms());
out:
    identity_free(i);
    return e;
}

void tls_unload(void)
{
    for (struct identity *before; current != NULL; current = before) {
        before = current->before;
        identity_free(current);
    }
}

const uint8_t *tls_pin(void)
{
    return current->pin;
}

static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authorities_len,
                  const gnutls_pk_algorithm_t *algorithms, int algorithms_len, gnutls_pcert_st **chain,
                  unsigned *chain_len, gnutls_privkey_t *key)
{
    (void)session, (void)authorities, (void)authorities_len, (void)algorithms, (void)algorithms_len;
    *chain = current->chain;
    *chain_len = current->chain_len;
    *key = current->key;
    return 0;
}

void *tls_callback(void)
{
    gnutls_certificate_retrieve_function2 *fn = choose;
    void *pointer;

    memcpy(&pointer, &fn, sizeof pointer); /* MHD takes it as void *; ISO C has no cast from function to data */
    return pointer;
}
