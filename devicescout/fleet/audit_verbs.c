/* SPDX-License-Identifier: Apache-2.0 */
/* audit_verbs: print the audit log, and check every byte of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/audit_chain.h"
#include "devicescout/fleet/audit_json.h"
#include "devicescout/fleet/audit_pages.h"
#include "devicescout/fleet/number.h"
#include "devicescout/verbs.h"

struct check {
    struct audit_mark mark;
    uint8_t site_public[KEY_LEN];
    uint64_t lines, checkpoints, signed_to;
    int began;
};

/* The first line there is: older ones may be in an archive, then the chain is checked from here on. */
static enum err begin(struct check *c, const char *line, size_t len)
{
    struct audit_mark first;

    c->began = 1;
    if (audit_chain_peek(line, len, &first) != OK || first.number <= 1)
        return OK; /* what is no line is said by the check itself */
    printf("The log begins with line %" PRIu64 "; what is before it is not here and not checked.\n", first.number);
    c->mark = first;
    c->lines++;
    return ERR_EXISTS;
}

static enum err damaged(const struct check *c, const char *what)
{
    fprintf(stderr, "DAMAGED after line %" PRIu64 ": %s\n", c->mark.number, what);
    return ERR_AUTH;
}

static enum err check_line(void *arg, const char *line, size_t len)
{
    struct check *c = arg;
    struct audit_mark before;
    struct audit_entry entry;

    if (!c->began && begin(c, line, len) != OK)
        return OK;
    before = c->mark;
    switch (audit_chain_read(&c->mark, line, len, &entry)) {
    case OK:
        break;
    case ERR_AUTH:
        return damaged(c, "the next line does not follow from it");
    default:
        return damaged(c, "the next line is not one");
    }
    c->lines++;
    if (strcmp(entry.event, AUDIT_CHECKPOINT) == 0) {
        if (audit_checkpoint_check(&entry, &before, c->site_public) != OK)
            return damaged(&(struct check){.mark = before}, "the checkpoint is not signed by the site");
        c->checkpoints++;
        c->signed_to = before.number;
    }
    return OK;
}

static enum err verify(struct admin *a)
{
    struct check c = {.lines = 0};
    struct bulletin *b = NULL;
    char hash[AUDIT_HASH_DIGITS + 1];
    enum err e;

    if ((e = admin_bulletin(a, &b)) != OK)
        return e;
    memcpy(c.site_public, b->site_public, KEY_LEN);
    free(b);
    if ((e = audit_pages_read(a, 1, check_line, &c)) != OK)
        return e;
    hex_write(c.mark.hash, AUDIT_HASH_LEN, hash);
    printf("%" PRIu64 " lines, every byte as it was written; %" PRIu64
           " signed checkpoints, the last over line %" PRIu64 ".\nLine %" PRIu64
           " ends in %s: keep this elsewhere to see later that nothing was cut off.\n",
           c.lines, c.checkpoints, c.signed_to, c.mark.number, hash);
    return OK;
}

enum err verb_audit_verify(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "", "Check the chain of the audit log, and the site's signatures on it.",
                                args};
    struct admin *a = NULL;
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) == OK && (e = admin_open(config, &a)) == OK)
        e = verify(a);
    admin_close(a);
    return e;
}

static enum err print_line(void *arg, const char *line, size_t len)
{
    (void)arg;
    return printf("%.*s\n", (int)len, line) < 0 ? ERR_IO : OK;
}

/* One object a line, so that a long log needs no memory. */
static enum err print_json(void *arg, const char *line, size_t len)
{
    struct audit_entry e;
    json_t *object;
    int done;

    (void)arg;
    if (audit_chain_fields(line, len, &e) != OK)
        return ERR_FORMAT;
    object = audit_json(&e);
    done = object != NULL && json_dumpf(object, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;
    json_decref(object);
    return done ? OK : ERR_IO;
}

enum err verb_audit_show(int argc, char **argv)
{
    const char *config = NULL, *from_text = NULL, *none[1];
    int json = 0;
    const struct arg args[] = {{"from", "NUMBER", "begin with this line; 1", &from_text, NULL},
                               {"json", NULL, "print one JSON object a line", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--from NUMBER] [--json]",
                                "Print the audit log as it stands; values are percent-encoded.", args};
    struct admin *a = NULL;
    uint32_t from;
    size_t count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK ||
        (e = number_read("--from", from_text, 1, 1, UINT32_MAX, &from)) != OK || (e = admin_open(config, &a)) != OK)
        goto out;
    e = audit_pages_read(a, from, json ? print_json : print_line, NULL);
out:
    admin_close(a);
    return e;
}
