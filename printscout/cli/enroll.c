/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enroll: this computer becomes a node of a site. Everything is asked for and checked before a file changes; then key,
 * bulletin and certificate are written, the certificate last, for it is what makes the node.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/args.h"
#include "base/file.h"
#include "printscout/cli/code.h"
#include "printscout/cli/join_site.h"
#include "printscout/cli/verbs.h"
#include "printscout/conf.h"

#define KEY_FILE     "node.key"
#define NEW_KEY_FILE "node.key.new"
#define PATIENCE_S   60 /* a device scout answers in a second; the person should not stare for long */

static int quiet; /* --json: progress lines would be in the way of whoever reads it */

static void progress(const char *fmt, const char *what)
{
    if (quiet)
        return;
    fprintf(stderr, fmt, what);
    fputc('\n', stderr);
}

static int on_wait(unsigned seconds)
{
    if (seconds < PATIENCE_S)
        progress("%s", "Still waiting for the site's answer …");
    return seconds >= PATIENCE_S;
}

static const char *why_not_looked(enum err e)
{
    switch (e) {
    case ERR_UNREACHABLE:
    case ERR_TIMEOUT:
        return "this relay, named in the code, cannot be reached from here";
    case ERR_AUTH:
        return "this relay, or the bulletin that it gave out, is not the one named in the code";
    case ERR_STALE:
        return "this relay gave out a bulletin that is older than the code";
    case ERR_NOTFOUND:
        return "this relay does not know the site";
    default:
        return err_text(e);
    }
}

static const char *why_not_joined(enum err e)
{
    switch (e) {
    case ERR_REFUSED:
    case ERR_NOTFOUND:
        return "the code was used already, was withdrawn, or has expired; ask for a new one";
    case ERR_TIMEOUT:
        return "the site did not answer: its device scout is not running, or it refused; ask an administrator";
    case ERR_AUTH:
    case ERR_FORMAT:
        return "an answer came that is not the site's";
    default:
        return err_text(e);
    }
}

/*
 * Run by root, files are to belong to whom their folder belongs to: the courier has a user of its own. The spool is
 * another daemon's, so nothing here goes through a link that may stand in it.
 */
static enum err give_away(int dirfd, const char *path)
{
    enum err e = ERR_IO;
    const char *name;
    struct stat st;
    int folder;

    if (geteuid() != 0)
        return OK;
    if (file_open_parent(dirfd, path, &folder, &name) != OK)
        return e;
    if (fstat(folder, &st) == 0 && fchownat(folder, name, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) == 0)
        e = OK;
    close(folder);
    return e;
}

static enum err keep(const struct join_site *j, int state, int spool)
{
    enum err e;

    if (unlinkat(state, NEW_KEY_FILE, 0) != 0 && faccessat(state, NEW_KEY_FILE, F_OK, 0) == 0)
        return ERR_IO;
    if ((e = node_keys_save(j->keys, state, NEW_KEY_FILE)) != OK || (e = give_away(state, NEW_KEY_FILE)) != OK)
        return e;
    if (renameat(state, NEW_KEY_FILE, state, KEY_FILE) != 0)
        return ERR_IO;
    if ((e = file_sync_dir(state)) != OK || (e = spool_site_key_write(spool, j->node.site_public)) != OK ||
        (e = give_away(spool, SPOOL_SITE_KEY)) != OK ||
        (e = file_replace(spool, SPOOL_BULLETIN, j->bulletin_bytes, j->bulletin_len, 0644)) != OK ||
        (e = give_away(spool, SPOOL_BULLETIN)) != OK || (e = spool_node_write(spool, &j->node)) != OK)
        return e;
    return give_away(spool, SPOOL_NODE);
}

static int tell(const struct join_site *j, int json)
{
    char site[ID_HEX_SIZE], node[ID_HEX_SIZE];
    json_t *o;
    int failed;

    id_text(j->bulletin->site, site);
    id_text(j->node.node, node);
    if (!json) {
        printf("This computer is enrolled at site %s.\n", site);
        if (j->node.person[0] != '\0')
            printf("Its jobs are %s's.\n", j->node.person);
        else
            puts("It is shared: each job belongs to the account that printed it.");
        puts("Next: systemctl enable --now printscout-queue printscout-courier\n"
             "      latchkey-cups-setup    (adds the queue to CUPS, for every program)\n"
             "      printscout status      (is all well?)");
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    o = json_pack("{s:s, s:s, s:i, s:s?}", "site", site, "node", node, "bulletin", (int)j->bulletin->version, "person",
                  j->node.person[0] != '\0' ? j->node.person : NULL);
    failed = o == NULL || json_dumpf(o, stdout, JSON_INDENT(2)) != 0 || puts("") == EOF || fflush(stdout) != 0;
    json_decref(o);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int enroll(int state, int spool, int json)
{
    struct join_site j = {0};
    int status = EXIT_FAILED;
    enum err e;

    if ((e = code_read(&j.invitation)) != OK) {
        verb_complain(e == ERR_FORMAT ? "that is not an invitation code, or it is mistyped"
                                      : "no invitation code came on standard input");
        goto out;
    }
    progress("Asking the relay %s for the site's bulletin …", j.invitation.relay_url);
    if ((e = join_site_look(&j)) != OK) {
        verb_complain("%s: %s", j.invitation.relay_url, why_not_looked(e));
        goto out;
    }
    progress("%s", "Making this computer's keys and asking to be let in …");
    if ((e = join_site_ask(&j, on_wait)) != OK) {
        verb_complain("%s", why_not_joined(e));
        goto out;
    }
    if ((e = keep(&j, state, spool)) != OK) {
        verb_complain("the node's keys and certificate could not be written: %s", err_text(e));
        goto out;
    }
    status = tell(&j, json);
out:
    join_site_free(&j);
    return status;
}

/* The folders, and that nobody is enrolled in them yet, or may be again. */
static int enroll_in(const struct conf *conf, int again, int json)
{
    int state = -1, spool = -1, lock = -1, status = EXIT_FAILED;
    enum err e;

    if ((e = file_open_dir(conf_text(conf, CONF_STATE), 0700, &state)) != OK) {
        verb_complain("cannot open %s: %s", conf_text(conf, CONF_STATE), err_text(e));
        goto out;
    }
    if ((e = file_lock(state, &lock)) != OK) {
        verb_complain(e == ERR_EXISTS ? "the courier is running; stop it first" : "cannot lock %s",
                      conf_text(conf, CONF_STATE));
        goto out;
    }
    if ((e = give_away(state, "lock")) != OK || (e = spool_open(conf_text(conf, CONF_SPOOL), &spool)) != OK) {
        verb_complain("cannot open %s: %s", conf_text(conf, CONF_SPOOL), err_text(e));
        goto out;
    }
    if (!again && faccessat(state, KEY_FILE, F_OK, 0) == 0 && faccessat(spool, SPOOL_NODE, F_OK, 0) == 0) {
        verb_complain("this computer is enrolled already; --again replaces its keys");
        goto out;
    }
    status = enroll(state, spool, json);
out:
    if (lock >= 0)
        close(lock);
    if (spool >= 0)
        close(spool);
    if (state >= 0)
        close(state);
    return status;
}

int verb_enroll(int argc, char **argv)
{
    const char *config = NULL, *operands[1];
    int json = 0, again = 0, status;
    const struct arg args[] = {{"again", NULL, "replace what this computer was enrolled as", NULL, &again},
                               {"json", NULL, "print JSON, and no progress", NULL, &json},
                               {"config", "FILE", "configuration, instead of " PRINTSCOUT_CONF_PATH, &config, NULL},
                               {0}};
    const struct usage usage = {"printscout enroll", "[--again] [--json]",
                                "Join this computer to a site. The invitation code is read from standard input.", args};
    struct conf *conf = NULL;
    size_t count;

    if (args_parse(argc, argv, &usage, operands, 0, &count) != OK || printscout_conf_read(config, &conf) != OK)
        return EXIT_USAGE;
    quiet = json;
    status = enroll_in(conf, again, json);
    conf_free(conf);
    return status;
}
