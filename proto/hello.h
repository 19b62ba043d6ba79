/* SPDX-License-Identifier: Apache-2.0 */
/* hello: a courier's fresh key and its clock. PROTOCOL.md, "Hello". */
#ifndef PROTO_HELLO_H
#define PROTO_HELLO_H

#include "proto/certificate.h"

#define HELLO_LEN 253

struct hello {
    uint8_t certificate_bytes[CERTIFICATE_LEN];
    struct certificate certificate; /* read from the bytes above */
    uint8_t hello_public[KEY_LEN];
    uint64_t boot_ms;
};

/* certificate_bytes, hello_public and boot_ms are taken. */
MUST_USE enum err hello_write(const struct hello *h, struct wbuf *out);
/* Checks the certificate against the site and the hello against the certificate. */
MUST_USE enum err hello_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN],
                             struct hello *out);

#endif
