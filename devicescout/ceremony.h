/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ceremony: what `devicescout init` and `devicescout-keyholder init` say to each other over a pipe, once: the password
 * and the device scout's public keys one way, the recovery kit, the certificate and the site's first bulletin the
 * other. Both are one frame: length 4 and that many bytes, at the pipe's end.
 *
 *   request  password text16 · kit text16 (empty: a new root) · Ed25519 32 · X25519 32 · relays 1 + n × (URL text16 ·
 *            pin 32)
 *   answer   kit text16 · certificate 148 · bulletin bytes16
 */
#ifndef DEVICESCOUT_CEREMONY_H
#define DEVICESCOUT_CEREMONY_H

#include "proto/bulletin.h"
#include "proto/certificate.h"

#define CEREMONY_PASSWORD_SIZE 1024 /* with its NUL */
#define CEREMONY_KIT_SIZE      1024 /* as a person types it, blanks and all */
#define CEREMONY_MAX           (64 * 1024 + 4096)

struct ceremony_request { /* secret_new: a password and perhaps the kit */
    char password[CEREMONY_PASSWORD_SIZE];
    char kit[CEREMONY_KIT_SIZE]; /* one line; newlines of the kit are blanks here */
    uint8_t scout_sign[KEY_LEN], scout_box[KEY_LEN];
    size_t relays_len;
    struct bulletin_relay relays[BULLETIN_RELAYS_MAX];
};

struct ceremony_answer {         /* secret_new: the kit */
    char kit[CEREMONY_KIT_SIZE]; /* one line, as above */
    uint8_t certificate[CERTIFICATE_LEN];
    size_t bulletin_len;
    uint8_t bulletin[BULLETIN_MAX_LEN];
};

/* Write one whole frame to fd, or read one. Errors: ERR_IO, ERR_FORMAT, ERR_LIMIT, ERR_NOMEM. */
MUST_USE enum err ceremony_send_request(int fd, const struct ceremony_request *r);
MUST_USE enum err ceremony_take_request(int fd, struct ceremony_request *r);
MUST_USE enum err ceremony_send_answer(int fd, const struct ceremony_answer *a);
MUST_USE enum err ceremony_take_answer(int fd, struct ceremony_answer *a);

#endif
