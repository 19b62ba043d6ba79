/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: one event a line, "time level event key=value …", to standard error. An event is named once, in lower
 * case with underscores; ids travel as key=value. Never a title, a person's name as typed, a PIN, a key or the
 * text of a rejected secret.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* The program's name that opens each line, and the least level written. name is static. */
void log_start(const char *name, enum log_level least);

/* Values that come from outside are escaped: control characters and quotes never break a line. */
void log_event(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define log_debug(event, ...) log_event(LOG_DEBUG_, event, __VA_ARGS__)
#define log_info(event, ...)  log_event(LOG_INFO_, event, __VA_ARGS__)
#define log_warn(event, ...)  log_event(LOG_WARN_, event, __VA_ARGS__)
#define log_error(event, ...) log_event(LOG_ERROR_, event, __VA_ARGS__)

/* "debug", "info", "warn", "error" to a level; ERR_FORMAT for anything else. */
MUST_USE enum err log_level_read(const char *text, enum log_level *out);

#endif
