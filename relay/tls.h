/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the relay's certificate and key, for GnuTLS inside libmicrohttpd. One identity for the process, because GnuTLS
 * gives the callback that chooses a certificate no argument of ours.
 */
#ifndef RELAY_TLS_H
#define RELAY_TLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TLS_PIN_LEN 32
/*
 * What scouts speak: nothing below TLS 1.2. X25519 first, because OpenSSL and browsers send a key share for it:
 * GnuTLS's own order begins with P-256 and costs them a HelloRetryRequest, one round trip more.
 */
#define TLS_PRIORITIES                                                                                                 \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"           \
    "%SERVER_PRECEDENCE"

/*
 * Load certificate chain and key (PEM files). The identity in use changes only if everything is right; handshakes
 * under way end with the one that they began with.
 * Errors: ERR_CONFIG after one line in the log that names the file.
 */
MUST_USE enum err tls_load(const char *certificate_path, const char *key_path);
void tls_unload(void);

/* SHA-256 of the SubjectPublicKeyInfo: what clients pin and sign. */
const uint8_t *tls_pin(void);

/* For MHD_OPTION_HTTPS_CERT_CALLBACK. */
void *tls_callback(void);

#endif
