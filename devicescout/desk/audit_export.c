/* SPDX-License-Identifier: Apache-2.0 */
/* audit_export: the audit log for other systems: JSON lines, or syslog. Nothing that a reader has had is sent again. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/file.h"
#include "devicescout/desk/audit_syslog.h"
#include "devicescout/fleet/audit_json.h"
#include "devicescout/fleet/audit_pages.h"
#include "devicescout/fleet/number.h"
#include "devicescout/verbs.h"

struct export
{
    struct syslog_target *target;
    char host[256];
    int json;
    uint64_t last;
};

static enum err send_json(struct export *x, const struct audit_entry *e)
{
    char *text = audit_json(e);
    const enum err err = text != NULL ? syslog_send(x->target, text, strlen(text)) : ERR_NOMEM;

    free(text);
    return err;
}

static enum err send_line(void *arg, const char *line, size_t len)
{
    struct export *x = arg;
    struct audit_entry e;
    char message[SYSLOG_MESSAGE_MAX];
    size_t message_len = 0;
    enum err err;

    if (audit_chain_fields(line, len, &e) != OK)
        return ERR_FORMAT;
    if (x->json)
        err = send_json(x, &e);
    else if ((err = syslog_write(&e, x->host, message, &message_len)) == OK)
        err = syslog_send(x->target, message, message_len);
    if (err == OK)
        x->last = e.number;
    return err;
}

/* "After" is what the last export printed: a number in a file of the caller's. */
static enum err read_mark(const char *path, uint32_t *from)
{
    FILE *f = path != NULL ? fopen(path, "re") : NULL;
    uint64_t last = 0;

    if (f == NULL)
        return OK; /* the first export */
    if (fscanf(f, "%" SCNu64, &last) == 1 && last < UINT32_MAX)
        *from = (uint32_t)last + 1;
    fclose(f);
    return last > 0 ? OK : ERR_FORMAT;
}

static enum err write_mark(const char *path, uint64_t last)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%" PRIu64 "\n", last);

    return path == NULL || last == 0 ? OK : file_replace(AT_FDCWD, path, text, (size_t)n, 0600);
}

static enum err export(struct admin *a, struct export *x, const char *target, const char *mark, uint32_t from) {
    enum err e, closed;

    if ((e = read_mark(mark, &from)) != OK){fprintf(stderr, "%s: is not the mark of an export\n", mark); return e;}
if (gethostname(x->host, sizeof x->host - 1) != 0) strcpy(x->host, "-");
signal(SIGPIPE, SIG_IGN);
if ((e = syslog_open(target, &x->target)) != OK)
    return e;
e = audit_pages_read(a, from, send_line, x);
closed = syslog_close(x->target);
e = e != OK ? e : closed;
if (e == OK)
    e = write_mark(mark, x->last);
if (e != OK)
    fprintf(stderr, "Stopped after line %" PRIu64 ": %s\n", x->last, err_text(e));
return e;
}

enum err verb_audit_export(int argc, char **argv)
{
    const char *config = NULL, *from_text = NULL, *format = "json", *mark = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {
        {"format", "json|syslog", "one JSON object a line, or RFC 5424; json", &format, NULL},
        {"from", "NUMBER", "begin with this line; 1", &from_text, NULL},
        {"mark", "FILE", "go on after what FILE says, and note there how far it went", &mark, NULL},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[TARGET] [--format json|syslog] [--mark FILE]",
                                "Send the audit log to standard output, a file, udp://HOST:PORT or tcp://HOST:PORT.",
                                args};
    struct export x = {.last = 0};
    struct admin *a = NULL;
    uint32_t from;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK ||
        (e = number_read("--from", from_text, 1, 1, UINT32_MAX, &from)) != OK)
        goto out;
    x.json = strcmp(format, "json") == 0;
    if (!x.json && strcmp(format, "syslog") != 0) {
        fprintf(stderr, "--format: json or syslog\n");
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_open(config, &a)) == OK)
        e = export(a, &x, operands[0] != NULL ? operands[0] : "-", mark, from);
out:
    admin_close(a);
    return e;
}
