/* SPDX-License-Identifier: Apache-2.0 */
/* issue: X.509 through OpenSSL: keys on P-256, an authority's certificate, a server's certificate; and pins. */
#ifndef FLEET_ISSUE_H
#define FLEET_ISSUE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/openssl.h"

#include <openssl/x509.h>

struct issue_opts {
    X509 *authority;
    EVP_PKEY *authority_key, *key;
    const char *subject; /* a common name for people; what a certificate is for stands in its names */
    int days;
    const char *const *hosts; /* DNS names and IP addresses; the host's name, localhost, 127.0.0.1 and ::1 follow */
    size_t hosts_len;
};

/* Each: on OK a new object for EVP_PKEY_free() or X509_free(). Errors: ERR_NOMEM; ERR_FORMAT a host is no name. */
MUST_USE enum err issue_key(EVP_PKEY **out);
MUST_USE enum err issue_authority(EVP_PKEY *key, int days, X509 **out);
MUST_USE enum err issue_server(const struct issue_opts *opts, X509 **out);

/* The first name in a certificate that is no loopback's and no wildcard, else any; a v6 address in brackets.
 * ERR_NOTFOUND. */
#define ISSUE_NAME_SIZE 256
MUST_USE enum err issue_name(X509 *certificate, char out[static ISSUE_NAME_SIZE]);

/* SHA-256 of the SubjectPublicKeyInfo. */
MUST_USE enum err issue_pin(X509 *certificate, uint8_t pin[static 32]);
/* notAfter; 0 when it cannot be told. */
uint64_t issue_until(const X509 *certificate);

#endif
