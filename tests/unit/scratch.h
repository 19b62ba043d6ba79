/* SPDX-License-Identifier: Apache-2.0 */
/* scratch: an empty folder for a test to work in, and what a test needs to look at it. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/cmocka_test.h"

struct scratch {
    char path[64];
    int fd;
};

/* cmocka set-up: *state becomes a struct scratch. */
static inline int scratch_new(void **state)
{
    struct scratch *s = calloc(1, sizeof *s);

    if (s == NULL)
        return -1;
    strcpy(s->path, "/tmp/latchkey-test-XXXXXX");
    if (mkdtemp(s->path) == NULL || (s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return -1;
    *state = s;
    return 0;
}

/* cmocka tear-down: the folder goes with all that is in it, two levels deep. */
static inline int scratch_free(void **state)
{
    struct scratch *s = *state;
    char command[96];

    close(s->fd);
    snprintf(command, sizeof command, "rm -rf -- %s", s->path);
    if (system(command) != 0)
        return -1;
    free(s);
    return 0;
}

static inline void scratch_write(const struct scratch *s, const char *name, const char *text)
{
    int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* "folder/name" in a buffer of the caller's. */
static inline const char *scratch_path(const struct scratch *s, const char *name, char out[static 256])
{
    snprintf(out, 256, "%s/%s", s->path, name);
    return out;
}

/* How many files and folders stand in it, hidden ones too. */
static inline size_t scratch_count(const struct scratch *s)
{
    DIR *d = opendir(s->path);
    size_t n = 0;

    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

#endif
