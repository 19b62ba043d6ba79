/* SPDX-License-Identifier: Apache-2.0 */
/* tls: see tls.h. */
#include "printscout/queue/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)text, .size = (unsigned)strlen(text)};
}

/* What a client would say of its dates, or NULL. */
static const char *look_at_dates(const gnutls_datum_t *pem)
{
    gnutls_x509_crt_t certificate = NULL;
    const char *why = NULL;
    const time_t now = time(NULL);

    if (gnutls_x509_crt_init(&certificate) != 0)
        return NULL;
    if (gnutls_x509_crt_import(certificate, pem, GNUTLS_X509_FMT_PEM) == 0) {
        if (gnutls_x509_crt_get_expiration_time(certificate) < now)
            why = "it has expired; clients will refuse it";
        else if (gnutls_x509_crt_get_activation_time(certificate) > now)
            why = "it is not valid yet; clients will refuse it";
    }
    gnutls_x509_crt_deinit(certificate);
    return why;
}

enum err tls_check(const char *certificate, const char *key, const char **why)
{
    const gnutls_datum_t certificate_pem = datum_of(certificate), key_pem = datum_of(key);
    gnutls_certificate_credentials_t c = NULL;
    int rc;

    *why = gnutls_strerror(GNUTLS_E_MEMORY_ERROR);
    if (gnutls_certificate_allocate_credentials(&c) != 0)
        return ERR_NOMEM;
    rc = gnutls_certificate_set_x509_key_mem2(c, &certificate_pem, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_certificate_free_credentials(c);
    *why = rc == GNUTLS_E_CERTIFICATE_KEY_MISMATCH ? "the key does not belong to it." : gnutls_strerror(rc);
    if (rc < 0)
        return rc == GNUTLS_E_CERTIFICATE_KEY_MISMATCH ? ERR_AUTH : ERR_FORMAT;
    *why = look_at_dates(&certificate_pem);
    return OK;
}
