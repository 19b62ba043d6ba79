/* SPDX-License-Identifier: Apache-2.0 */
/* spooler: two directives of cupsd.conf, and where its spool lies. deploy/cups-setup, installed as latchkey-cups-setup,
 * sets what is asked here. */
#include "printscout/cli/spooler.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/vfs.h>

#include "base/file.h"

#define CUPSD_CONF  "/etc/cups/cupsd.conf"
#define FILES_CONF  "/etc/cups/cups-files.conf"
#define SPOOL       "/var/spool/cups"
#define FILE_MAX    ((size_t)1 << 20)
#define TMPFS_MAGIC 0x01021994
#define VALUE_SIZE  256

/* The last value of a directive, as cupsd takes it; fallback when it is not there. */
static void directive(const char *text, const char *name, const char *fallback, char out[static VALUE_SIZE])
{
    const size_t len = strlen(name);

    strcpy(out, fallback);
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        size_t n;

        line += strspn(line, " \t\n");
        if (strncasecmp(line, name, len) != 0 || (line[len] != ' ' && line[len] != '\t'))
            continue;
        line += len + strspn(line + len, " \t");
        n = strcspn(line, " \t\r\n");
        if (n < VALUE_SIZE) {
            memcpy(out, line, n);
            out[n] = '\0';
        }
    }
}

static int is_no(const char *value)
{
    return strcasecmp(value, "no") == 0 || strcasecmp(value, "off") == 0 || strcasecmp(value, "false") == 0 ||
           strcmp(value, "0") == 0;
}

static char *read_conf(const char *path)
{
    uint8_t *bytes = NULL;
    size_t len;

    return file_read(AT_FDCWD, path, FILE_MAX, &bytes, &len) == OK ? (char *)bytes : NULL;
}

static int spool_is_on_disk(void)
{
    char folder[VALUE_SIZE];
    struct statfs fs;
    char *text = read_conf(FILES_CONF);

    directive(text == NULL ? "" : text, "RequestRoot", SPOOL, folder);
    free(text);
    return statfs(folder, &fs) == 0 && fs.f_type != TMPFS_MAGIC;
}

const char *spooler_warning(void)
{
    char files[VALUE_SIZE], history[VALUE_SIZE];
    char *text = read_conf(CUPSD_CONF);

    if (text == NULL)
        return NULL;
    directive(text, "PreserveJobFiles", "86400", files);
    directive(text, "PreserveJobHistory", "yes", history);
    free(text);
    if (!is_no(files))
        return "cupsd keeps every printed document on this disk for a while; run latchkey-cups-setup";
    if (!is_no(history))
        return "cupsd keeps the titles of printed documents; run latchkey-cups-setup";
    if (spool_is_on_disk())
        return "cupsd writes documents to a disk on their way; run latchkey-cups-setup";
    return NULL;
}
