/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticket: what a job is, as JSON inside the sealed description. Written by the queue, read by devicescout alone.
 * Duplicate keys and unknown types are refused.
 */
#ifndef PROTO_TICKET_H
#define PROTO_TICKET_H

#include <stddef.h>
#include <stdint.h>

#include "proto/job_password.h"

#define TICKET_TITLE_SIZE  256
#define TICKET_FORMAT_SIZE 128
#define TICKET_HOST_SIZE   256
#define TICKET_IPP_MAX     4096
#define TICKET_RASTER_SIZE 32
#define TICKET_JSON_MAX    12288

enum ticket_color { TICKET_COLOR_UNKNOWN, TICKET_COLOR_NO, TICKET_COLOR_YES };

struct ticket_content { /* what the queue found in the document while it passed */
    uint32_t pages;     /* 0: not known */
    enum ticket_color color;
    char raster_type[TICKET_RASTER_SIZE]; /* as pwg-raster-document-type-supported spells it; "": none, or it differs */
    uint32_t raster_dpi;                  /* 0: none, or it differs */
};

struct ticket {
    char title[TICKET_TITLE_SIZE];   /* IPP job-name */
    char format[TICKET_FORMAT_SIZE]; /* document-format, a MIME type */
    char host[TICKET_HOST_SIZE];     /* the computer it came from */
    char account[256];               /* the account that printed, as the queue knows it */
    uint64_t document_bytes;
    struct ticket_content content;
    uint64_t created_unix_ms;
    uint8_t ipp[TICKET_IPP_MAX]; /* job attributes that the person chose, RFC 8010 §3.1.4, no group tag */
    size_t ipp_len;
    struct job_password password;
};

/* out receives at most TICKET_JSON_MAX bytes, no NUL. */
MUST_USE enum err ticket_write(const struct ticket *t, uint8_t *out, size_t *outlen);
MUST_USE enum err ticket_read(const uint8_t *json, size_t len, struct ticket *out);

#endif
