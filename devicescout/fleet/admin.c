/* SPDX-License-Identifier: Apache-2.0 */
/* admin: connect, ask, read the answers that several commands share. */
#include "devicescout/fleet/admin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/verify.h"
#include "devicescout/fleet/scout_state.h"

#define WHY_SIZE 256

/* Why, and what to do about it. */
static void say_unanswered(const struct conf *c, const char *path)
{
    char certificate[PATH_MAX];
    const int n = snprintf(certificate, sizeof certificate, "%s/" SCOUT_STATE_CERTIFICATE, conf_text(c, "state"));

    if (access(path, W_OK) != 0 && errno == EACCES)
        fprintf(stderr, "%s: only root and the keyholder's own user may ask; try sudo.\n", path);
    else if (n > 0 && (size_t)n < sizeof certificate && access(certificate, F_OK) != 0 && errno == ENOENT)
        fprintf(stderr, "There is no site here yet. Make one: devicescout init --relay https://HOST:PORT\n");
    else
        fprintf(stderr,
                "The keyholder does not answer on %s. Start it: systemctl start devicescout-keyholder\n"
                "If it ends again, its last words say why: journalctl -u devicescout-keyholder\n",
                path);
}

enum err admin_open(const char *config, struct admin **out)
{
    struct admin *a = calloc(1, sizeof *a);
    const char *path;
    enum err e = ERR_NOMEM;

    if (a == NULL)
        goto out;
    if ((e = devicescout_conf_read(config, &a->conf)) != OK)
        goto out;
    path = conf_text(a->conf, "admin-socket");
    if ((e = kh_connect(path, &a->keyholder)) != OK) {
        say_unanswered(a->conf, path);
        goto out;
    }
    *out = a; /* the caller owns it now */
    a = NULL;
out:
    admin_close(a);
    return e;
}

void admin_close(struct admin *a)
{
    if (a == NULL)
        return;
    kh_close(a->keyholder);
    conf_free(a->conf);
    explicit_bzero(a->answer, sizeof a->answer); /* an invitation may have been in it */
    free(a);
}

enum err admin_ask(struct admin *a, enum kh_op op, const void *body, size_t len)
{
    char why[WHY_SIZE] = "";
    enum err e;

    a->answer_len = sizeof a->answer;
    e = kh_ask(a->keyholder, op, body, len, a->answer, &a->answer_len, why, sizeof why);
    if (e == ERR_UNREACHABLE && why[0] == '\0')
        fprintf(stderr,
                "The keyholder closed the connection: it answers root and admin-users on its admin socket only.\n");
    else if (e != OK)
        fprintf(stderr, "%s\n", why[0] != '\0' ? why : err_text(e));
    return e;
}

enum err admin_read_bulletin(const struct admin *a, struct bulletin **out)
{
    enum err e = ERR_FORMAT;

    /* Whose bulletin it is, the keyholder decides; its socket is what we trust. The key stands behind the version. */
    if (a->answer_len >= 1 + KEY_LEN)
        e = bulletin_read(a->answer, a->answer_len, verify_key_id(a->answer + 1), out);
    if (e != OK)
        fprintf(stderr, "The keyholder's bulletin cannot be read: %s\n", err_text(e));
    return e;
}

enum err admin_bulletin(struct admin *a, struct bulletin **out)
{
    const enum err e = admin_ask(a, KH_BULLETIN, NULL, 0);

    return e == OK ? admin_read_bulletin(a, out) : e;
}

enum err admin_printers(struct admin *a, struct printer **out, size_t *len)
{
    struct printer *list = NULL;
    struct rbuf b;
    uint16_t count;
    enum err e;

    if ((e = admin_ask(a, KH_PRINTERS, NULL, 0)) != OK)
        return e;
    b = rbuf_of(a->answer, a->answer_len);
    if ((e = rbuf_u16(&b, &count)) != OK)
        return e;
    if ((list = calloc((size_t)count + 1, sizeof *list)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++)
        e = printer_read(&b, &list[i]);
    if (e != OK) {
        fprintf(stderr, "The keyholder's list of printers cannot be read: %s\n", err_text(e));
        free(list);
        return e;
    }
    *out = list;
    *len = count;
    return OK;
}

enum err admin_printer(struct admin *a, const char *name, struct printer *out)
{
    struct printer *list = NULL;
    size_t len = 0;
    enum err e;

    if ((e = admin_printers(a, &list, &len)) != OK)
        return e;
    e = ERR_NOTFOUND;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(list[i].name, name) == 0) {
            *out = list[i];
            e = OK;
        }
    }
    if (e != OK)
        fprintf(stderr, "There is no printer '%s'. See them all: devicescout printer list\n", name);
    free(list);
    return e;
}

int admin_confirm(const char *question)
{
    char line[16];

    fprintf(stderr, "%s [y/N] ", question); /* standard output may be JSON for a script */
    if (fgets(line, sizeof line, stdin) == NULL) {
        fprintf(stderr, "\n");
        return 0;
    }
    line[strcspn(line, "\n")] = '\0';
    return strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0;
}

enum err admin_print_json(json_t *object)
{
    enum err e = ERR_NOMEM;

    if (object != NULL && json_dumpf(object, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF)
        e = OK;
    json_decref(object);
    return e;
}

const char *admin_time(uint64_t unix_ms, char *out, size_t size)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL || strftime(out, size, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        snprintf(out, size, "?");
    return out;
}
