/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_ca: the site's own certificate authority and what it issues, all P-256, in the folder tls/ of the state:
 *
 *   ca.crt, ca.key            ten years; browsers of the site are given ca.crt
 *   devicescout.crt, .key     the panel pages; 825 days, the most that browsers take
 *   relay.crt, .key           the relay; ten years, for scouts pin its key and ask no name or date
 *
 * Keys are 0600. Nothing here replaces a key that is there.
 */
#ifndef FLEET_SITE_CA_H
#define FLEET_SITE_CA_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SITE_CA_FOLDER    "tls"
#define SITE_CA_HOSTS_MAX 32
#define SITE_CA_NAME_SIZE 256

struct site_ca_opts {
    const char *const *hosts; /* names and addresses besides localhost and the machine's own name */
    size_t hosts_len;
    const char *certificate, *key; /* NULL, or PEM files to use for the panel pages instead of issuing */
};

/*
 * Make what is missing in state/tls.
 *   state   folder, there already
 * Errors, after a sentence on standard error: ERR_CONFIG certificate and key do not belong together; ERR_IO …
 */
MUST_USE enum err site_ca_make(const char *state, const struct site_ca_opts *opts);

/* Issue devicescout.crt again, for the same key, with these names. */
MUST_USE enum err site_ca_renew(const char *state, const struct site_ca_opts *opts);

/* SHA-256 of the SubjectPublicKeyInfo of a PEM certificate, and until when it is valid. ERR_NOTFOUND; ERR_FORMAT. */
MUST_USE enum err site_ca_read(const char *path, uint8_t pin[static 32], uint64_t *until_unix_ms);

/* By which name others reach the owner of a PEM certificate: issue_name() of it. ERR_NOTFOUND; ERR_FORMAT. */
MUST_USE enum err site_ca_name(const char *path, char out[static SITE_CA_NAME_SIZE]);

#endif
