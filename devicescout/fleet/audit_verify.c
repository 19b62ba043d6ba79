/* SPDX-License-Identifier: Apache-2.0 */
/* audit_verify: check every byte of the audit log. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/audit_chain.h"
#include "devicescout/fleet/audit_pages.h"
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
