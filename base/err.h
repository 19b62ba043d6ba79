/* SPDX-License-Identifier: Apache-2.0 */
/* err: the one return convention. Every function that can fail returns enum err; results leave through pointers. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE               __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err {
    OK = 0,
    ERR_NOMEM,       /* memory ran out */
    ERR_IO,          /* the operating system refused; errno says why when the call returns */
    ERR_FULL,        /* no space left: disk, quota or a bounded table */
    ERR_FORMAT,      /* the bytes are not what their format allows */
    ERR_LIMIT,       /* well formed, but larger or more often than allowed */
    ERR_AUTH,        /* a signature, tag or secret does not match */
    ERR_REFUSED,     /* understood, and policy says no */
    ERR_NOTFOUND,    /* no such job, printer, person, file */
    ERR_EXISTS,      /* already there */
    ERR_STATE,       /* not in the state that this needs */
    ERR_STALE,       /* older than what is known: hello, bulletin, order */
    ERR_REPLAY,      /* seen before */
    ERR_EXPIRED,     /* past its deadline */
    ERR_TIMEOUT,     /* the other side took too long */
    ERR_UNREACHABLE, /* no connection to the other side */
    ERR_PEER,        /* the other side answered, with an error of its own */
    ERR_UNSUPPORTED, /* a value or operation that this version does not know */
    ERR_CONFIG,      /* a setting is wrong; a sentence was logged */
    ERR_COUNT        /* how many there are; not an error */
};

/* The error's name in lower case ("auth", "not-found"), for logs and records; never NULL, static. */
const char *err_name(enum err e);

/* One sentence for a person ("The signature does not match."); never NULL, static. */
const char *err_text(enum err e);

#endif
