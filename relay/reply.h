/* SPDX-License-Identifier: Apache-2.0 */
/* reply: answers. Each route returns one of these, and nothing happens to its request afterwards. */
#ifndef RELAY_REPLY_H
#define RELAY_REPLY_H

#include "relay/request.h"

/* One sentence for a person, for anything that is not success. */
enum MHD_Result reply_error(struct request *r, unsigned status, const char *sentence);
/* The usual answer to an error of the engine or of reading; 500 for those that should not happen. */
enum MHD_Result reply_err(struct request *r, enum err e);

enum MHD_Result reply_empty(struct request *r, unsigned status);
/* type: "text/plain" …; bytes are copied. */
enum MHD_Result reply_copy(struct request *r, unsigned status, const char *type, const void *bytes, size_t len);
/* application/octet-stream; takes bytes over and free()s them. */
enum MHD_Result reply_bytes(struct request *r, unsigned status, uint8_t *bytes, size_t len);

/* Send a response that the caller made, and let go of it; NULL is memory that ran out. */
enum MHD_Result reply_response(struct request *r, unsigned status, struct MHD_Response *response);

#endif
