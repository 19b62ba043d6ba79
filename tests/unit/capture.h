/* SPDX-License-Identifier: Apache-2.0 */
/* capture: what a function writes to standard output or standard error. */
#ifndef TESTS_UNIT_CAPTURE_H
#define TESTS_UNIT_CAPTURE_H

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/cmocka_test.h"

struct capture {
    int fd;    /* 1 or 2 */
    int saved; /* where it led before */
    FILE *file;
    char text[8192];
};

static inline void capture_start(struct capture *c, int fd)
{
    fflush(NULL);
    c->fd = fd;
    c->file = tmpfile();
    assert_non_null(c->file);
    c->saved = dup(fd);
    assert_true(c->saved >= 0);
    assert_int_equal(dup2(fileno(c->file), fd), fd);
}

/* What was written since; it lives as long as c. */
static inline const char *capture_end(struct capture *c)
{
    size_t n;

    fflush(NULL);
    dup2(c->saved, c->fd);
    close(c->saved);
    rewind(c->file);
    n = fread(c->text, 1, sizeof c->text - 1, c->file);
    c->text[n] = '\0';
    fclose(c->file);
    return c->text;
}

#endif
