/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: what printscout-queue and printscout-pages say to each other. On the control socket (SOCK_SEQPACKET) the
 * program first says one byte, "ready"; then the queue sends a byte and a stream socket for each document. On that
 * stream the document goes one way until it is shut down, and the answer comes back: pages 4 (big-endian, 0: unknown),
 * then, when it is known, color 1. A stream that closes without an answer means "unknown".
 */
#ifndef PRINTSCOUT_PAGES_ANSWER_H
#define PRINTSCOUT_PAGES_ANSWER_H

#include <stdint.h>

#define PAGES_PROGRAM      "printscout-pages"
#define PAGES_CONTROL_FD   3
#define PAGES_DOCUMENT_MAX ((size_t)64 << 20) /* bytes of locked memory; larger documents have an unknown number */
#define PAGES_AT_ONCE      32                 /* documents; more have an unknown number of pages */

enum pages_color { PAGES_COLOR_UNKNOWN = 0, PAGES_COLOR_NO = 1, PAGES_COLOR_YES = 2 };

#endif
