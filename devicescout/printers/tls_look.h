/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_look: what a printer shows before anything is said to it: its certificate, and how it speaks TLS. Nothing is
 * believed here; the administrator is shown all of it, and the key is pinned.
 */
#ifndef PRINTERS_TLS_LOOK_H
#define PRINTERS_TLS_LOOK_H

#include <stdint.h>

#include "devicescout/printers/target.h"

#define TLS_LOOK_NAME_SIZE 256

enum tls_flaw {                      /* bits; only the first keeps a printer out */
                TLS_OLD_VERSION = 1, /* nothing newer than TLS 1.1 */
                TLS_WEAK_KEY = 2,    /* RSA below 2048 bits, EC below 256 */
                TLS_WEAK_HASH = 4,   /* signed with SHA-1 or MD5 */
                TLS_EXPIRED = 8,
                TLS_NOT_YET = 16
};

struct tls_look {
    uint8_t pin[32]; /* SHA-256 of the SubjectPublicKeyInfo */
    char subject[TLS_LOOK_NAME_SIZE], issuer[TLS_LOOK_NAME_SIZE];
    char key[32];     /* "RSA 2048" */
    char hash[32];    /* "SHA256" */
    char version[16]; /* "TLSv1.3" */
    uint64_t from_unix_ms, until_unix_ms;
    unsigned flaws; /* enum tls_flaw */
};

/* Errors: as dial(); ERR_PEER it speaks no TLS; ERR_TIMEOUT. */
MUST_USE enum err tls_look(const char *host, uint16_t port, uint64_t now_unix_ms, struct tls_look *out);

#endif
