/* SPDX-License-Identifier: Apache-2.0 */
/* tls: the certificate that the panels see, from two PEM files, and again from them when they change. */
#ifndef DEVICESCOUT_WEB_TLS_H
#define DEVICESCOUT_WEB_TLS_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "base/err.h"

/* TLS 1.2 and 1.3, nothing below 128 bits. */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls;

/* ERR_CONFIG after a log line that names the file. */
MUST_USE enum err tls_new(const char *certificate_file, const char *key_file, struct tls **out);
void tls_free(struct tls *t);
MUST_USE enum err tls_reload(struct tls *t);

/* libmicrohttpd hands its callback no argument, so there is one server's certificate in a process: this one's. */
void tls_serve(struct tls *t);
int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *req_ca_dn, int nreqs,
                 const gnutls_pk_algorithm_t *pk_algos, int pk_algos_length, gnutls_pcert_st **pcert,
                 unsigned int *pcert_length, gnutls_privkey_t *pkey);

#endif
