/* SPDX-License-Identifier: Apache-2.0 */
/* certificate: the site's word that two keys are a node of it. PROTOCOL.md, "Certificate". */
#ifndef PROTO_CERTIFICATE_H
#define PROTO_CERTIFICATE_H

#include "proto/record.h"

#define CERTIFICATE_LEN 148

enum role { ROLE_ORIGIN = 1, ROLE_DELIVER = 2, ROLE_DEVICESCOUT = 4 }; /* bits */

struct certificate {
    struct id site;
    struct id node; /* not in the record: the hash of sign_public */
    uint8_t sign_public[KEY_LEN];
    uint8_t box_public[KEY_LEN];
    uint8_t roles;
    uint16_t serial;
};

/* The fields, without the signature. */
MUST_USE enum err certificate_write(const struct certificate *c, struct wbuf *out);

/* len must be CERTIFICATE_LEN. ERR_AUTH: not signed by this site; ERR_FORMAT: no such role, another site's id. */
MUST_USE enum err certificate_read(const uint8_t *bytes, size_t len, const uint8_t site_public[static KEY_LEN],
                                   struct certificate *out);

#endif
