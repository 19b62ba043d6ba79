/* SPDX-License-Identifier: Apache-2.0 */
/* spooler: see spooler.h. */
#include "printscout/cli/spooler.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/vfs.h>

#include "base/file.h"

#define SPOOL       "/var/spool/cups"
#define FILE_MAX    ((size_t)1 << 20)
#define TMPFS_MAGIC 0x01021994
#define VALUE_SIZE  256
#define RUN         "; run latchkey-cups-setup"

/* The first word of a directive's last value, as cupsd takes it; fallback when it is not there. */
static void directive(const char *text, const char *name, const char *fallback, char out[static VALUE_SIZE])
{
    const size_t len = strlen(name);

    strcpy(out, fallback);
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        size_t n;

        line += strspn(line, " \t\r\n");
        if (strncasecmp(line, name, len) != 0 || strchr(" \t\r\n", line[len]) == NULL) /* the NUL, too, is found */
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

static int is_quiet(const char *level)
{
    return strncasecmp(level, "debug", 5) != 0;
}

/* What cupsd.conf must say; fallback: what cupsd does when it says nothing. */
static const struct rule {
    const char *name, *fallback;
    int (*is_right)(const char *value);
    const char *warning;
} rules[] = {
    {"PreserveJobFiles", "86400", is_no, "cupsd keeps every printed document on this disk for a while" RUN},
    {"PreserveJobHistory", "yes", is_no, "cupsd keeps the titles of printed documents" RUN},
    {"LogLevel", "warn", is_quiet, "cupsd writes the titles of documents into its error log" RUN},
    {"LogDebugHistory", "200", is_no, "cupsd writes the titles of documents that failed into its error log" RUN},
};

static char *read_conf(const char *root, const char *name)
{
    char path[VALUE_SIZE];
    uint8_t *bytes = NULL;
    size_t len;

    if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path)
        return NULL;
    return file_read(AT_FDCWD, path, FILE_MAX, &bytes, &len) == OK ? (char *)bytes : NULL;
}

static int is_on_disk(const char *folder)
{
    struct statfs fs;

    return statfs(folder, &fs) == 0 && fs.f_type != TMPFS_MAGIC;
}

/* Both folders where documents are on their way: the spool, and where filters work. */
static int spool_is_on_disk(const char *files)
{
    char spool[VALUE_SIZE], temporary[VALUE_SIZE];

    directive(files, "RequestRoot", SPOOL, spool);
    directive(files, "TempDir", "", temporary);
    return is_on_disk(spool) || (temporary[0] != '\0' && is_on_disk(temporary));
}

static int has_page_log(const char *cupsd, const char *files)
{
    char format[VALUE_SIZE], file[VALUE_SIZE];

    directive(cupsd, "PageLogFormat", "", format);
    directive(files, "PageLog", "page_log", file);
    return format[0] != '\0' && file[0] != '\0';
}

size_t spooler_warnings(const char *root, const char *out[static SPOOLER_WARNINGS_MAX])
{
    char value[VALUE_SIZE];
    char *cupsd = read_conf(root, "cupsd.conf"), *files = read_conf(root, "cups-files.conf");
    const char *files_text = files != NULL ? files : "";
    size_t count = 0;

    if (cupsd == NULL)
        goto out;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        directive(cupsd, rules[i].name, rules[i].fallback, value);
        if (!rules[i].is_right(value))
            out[count++] = rules[i].warning;
    }
    if (spool_is_on_disk(files_text))
        out[count++] = "cupsd writes documents to a disk on their way" RUN;
    if (has_page_log(cupsd, files_text))
        out[count++] = "cupsd writes down who printed what, page by page" RUN;
out:
    free(cupsd);
    free(files);
    return count;
}
