/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_password: a password of one job (PWG 5100.11, job-password), as its ticket carries it: what checks a password and
 * does not tell it. The queue makes it, devicescout asks for the password before it releases the job. PROTOCOL.md, "The
 * ticket".
 */
#ifndef PROTO_JOB_PASSWORD_H
#define PROTO_JOB_PASSWORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define JOB_PASSWORD_MOST      255 /* bytes of a password */
#define JOB_PASSWORD_SALT_LEN  16
#define JOB_PASSWORD_VERIFIER  32
#define JOB_PASSWORD_LEN       (1 + JOB_PASSWORD_SALT_LEN + JOB_PASSWORD_VERIFIER)
#define JOB_PASSWORD_HASH_MOST 64

enum job_password_method { JOB_PASSWORD_NONE, JOB_PASSWORD_SHA2_256, JOB_PASSWORD_SHA2_512, JOB_PASSWORD_METHODS };

struct job_password {
    uint8_t method; /* JOB_PASSWORD_NONE: the job has no password */
    uint8_t salt[JOB_PASSWORD_SALT_LEN];
    uint8_t verifier[JOB_PASSWORD_VERIFIER];
};

/* The IPP keyword of a method, as "sha2-256"; static. */
const char *job_password_keyword(enum job_password_method m);

/* Bytes of a method's hash. */
size_t job_password_hash_len(enum job_password_method m);

/* The hash of a password, as a client makes it: out receives job_password_hash_len() bytes. */
MUST_USE enum err job_password_hash(enum job_password_method m, const void *password, size_t len,
                                    uint8_t out[static JOB_PASSWORD_HASH_MOST]);

/* From the hash that a client sent, under a salt of its own. ERR_FORMAT: the hash is not as long as the method's. */
MUST_USE enum err job_password_make(enum job_password_method m, const uint8_t *hash, size_t len,
                                    struct job_password *out);

/* How often a job's password was guessed; zero: never. */
struct job_password_tries {
    unsigned wrong; /* in a row */
    uint64_t wait_until_boot_ms;
};

/*
 * Is this the password? Compared in constant time. A wrong one counts: after the third, each next must wait, for 1 s,
 * then 2 s, doubling to 60 s.
 * Errors: ERR_AUTH wrong; ERR_LIMIT too soon, and it was not looked at.
 */
MUST_USE enum err job_password_try(const struct job_password *p, struct job_password_tries *tries, const char *text,
                                   uint64_t now_boot_ms);

#endif
