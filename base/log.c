/* SPDX-License-Identifier: Apache-2.0 */
/* log: one line, one write(2), so that lines of several threads never mix. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Longer lines are cut: an event is ids and numbers, and 4096 is what a pipe takes in one piece (PIPE_BUF). */
#define LINE_SIZE 4096
#define TEXT_SIZE 1024 /* the values before escaping; each byte grows to at most 4 */

_Static_assert(TEXT_SIZE * 3 + 512 < LINE_SIZE, "an ordinary line fits although a quarter of it is escaped");

static const char *program = "latchkey";
static enum log_level least_level = LOG_INFO_;

static const char *const level_names[] = {
    [LOG_DEBUG_] = "debug", [LOG_INFO_] = "info", [LOG_WARN_] = "warn", [LOG_ERROR_] = "error"};

void log_start(const char *name, enum log_level least)
{
    program = name;
    least_level = least;
}

enum err log_level_read(const char *text, enum log_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return OK;
        }
    }
    return ERR_FORMAT;
}

/*
 * Copy text to out with everything spelled out that could end a line, open a quote or steer a terminal. Bytes
 * from 0x80 on are spelled too: a terminal may take 0x9b, bare or inside UTF-8, for the start of a command.
 * Returns the length, less than size.
 */
static size_t escape(const char *text, char *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = 0;

    for (const uint8_t *at = (const uint8_t *)text; *at != '\0' && len + 4 < size; at++) {
        if (*at == '"' || *at == '\\') {
            out[len++] = '\\';
            out[len++] = (char)*at;
        } else if (*at >= 0x20 && *at < 0x7f) {
            out[len++] = (char)*at;
        } else {
            out[len++] = '\\';
            out[len++] = 'x';
            out[len++] = digits[*at >> 4];
            out[len++] = digits[*at & 15];
        }
    }
    return len;
}

static size_t line_head(char *line, size_t size, enum log_level level, const char *event)
{
    struct timespec now = {0, 0};
    struct tm day;
    char date[32];
    int n;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &day);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &day);
    n = snprintf(line, size, "%s %s.%03ldZ %s %s", program, date, now.tv_nsec / 1000000, level_names[level], event);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    char text[TEXT_SIZE];
    char line[LINE_SIZE];
    int saved = errno; /* a log call between a failure and its errno must not change it */
    size_t len;
    va_list ap;

    if (level < least_level)
        return;
    va_start(ap, fmt);
    if (vsnprintf(text, sizeof text, fmt, ap) < 0)
        text[0] = '\0';
    va_end(ap);

    len = line_head(line, 512, level, event);
    if (text[0] != '\0')
        line[len++] = ' ';
    len += escape(text, line + len, sizeof line - len - 1);
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, len) < 0) {
        /* Nowhere to report a log that cannot be written; the daemon goes on. */
    }
    errno = saved;
}
