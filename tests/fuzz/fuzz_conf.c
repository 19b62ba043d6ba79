/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_conf: any bytes as a configuration file: read or refused, and what was read can be asked for.
 * Each refusal is a line: run it with -close_fd_mask=3.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct conf_key KEYS[] = {
    {"a", CONF_TEXT, "", 0, 0, "a text"},
    {"b", CONF_NUMBER, "1", 0, 9, "a number"},
    {"c", CONF_BOOL, "no", 0, 0, "a switch"},
    {"d", CONF_LIST, "", 0, 0, "a list"},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static int fd = -1;
    static char path[64];
    struct conf *c = NULL;

    if (fd < 0) {
        fd = memfd_create("conf", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0 || file_write(fd, bytes, len) != OK)
        abort();
    if (conf_read(path, KEYS, sizeof KEYS / sizeof *KEYS, &c) != OK)
        return 0;
    if (conf_text(c, "a") == NULL || conf_number(c, "b") < 0 || conf_number(c, "b") > 9 || conf_bool(c, "c") > 1)
        abort();
    for (size_t i = 0; i < conf_list_len(c, "d"); i++) {
        if (conf_list_item(c, "d", i) == NULL)
            abort();
    }
    conf_free(c);
    return 0;
}
