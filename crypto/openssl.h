/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openssl: OpenSSL's headers beside base/err.h. Both have an ERR_STATE (theirs is a type of openssl/err.h that nobody
 * here uses), so theirs gets another name. Include this before any other header of OpenSSL's.
 */
#ifndef CRYPTO_OPENSSL_H
#define CRYPTO_OPENSSL_H

#include "base/err.h"

#define ERR_STATE openssl_err_state
#include <openssl/err.h>
#include <openssl/evp.h>
#undef ERR_STATE

#endif
