/* SPDX-License-Identifier: Apache-2.0 */
/* directory_check: does the directory work as a sign-in needs it? Step by step, at every server. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "crypto/secret.h"
#include "devicescout/password.h"
#include "devicescout/people/directory_steps.h"
#include "devicescout/people_conf.h"
#include "devicescout/verbs.h"

#define SERVER_MS 5000 /* what a sign-in gives them all together */

struct shown {
    const char *server; /* the last one */
};

static void show(void *arg, const struct directory_step *s)
{
    struct shown *last = arg;
    const char *result = s->outcome == DIRECTORY_YES    ? "ok"
                         : s->outcome == DIRECTORY_DOWN ? "NO ANSWER"
                         : s->outcome == DIRECTORY_NO   ? "NO"
                                                        : "WRONG";

    if (last->server == NULL || strcmp(last->server, s->server) != 0)
        printf("%s\n", s->server);
    last->server = s->server;
    printf("  %-30s %-10s %s\n", s->what, result, s->detail);
}

static enum err check(struct directory *d, const char *name, const char *password_file)
{
    struct shown shown = {.server = NULL};
    char *password = NULL;
    enum err e = OK;

    if (password_file != NULL) {
        if ((password = secret_new(PROOF_PASSWORD_MAX + 1)) == NULL)
            return ERR_NOMEM;
        e = password_line(password_file, password, PROOF_PASSWORD_MAX + 1);
    }
    if (e == OK && !directory_steps(d, name, password, SERVER_MS, show, &shown))
        e = ERR_PEER;
    secret_free(password);
    return e;
}

enum err verb_directory_check(int argc, char **argv)
{
    const char *config = NULL, *password_file = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"password-file", "FILE", "try NAME's password too", &password_file, NULL},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[NAME] [--password-file FILE]",
                                "Do what a sign-in does, at each directory server, and say what works.", args};
    struct people_conf *people = NULL;
    struct directory_opts opts;
    struct directory *d = NULL;
    struct conf *c = NULL;
    size_t count = 0;
    enum err e;

    signal(SIGPIPE, SIG_IGN); /* a server that hangs up is an answer */
    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK ||
        (e = devicescout_conf_read(config, &c)) != OK || (e = people_conf_new(c, &people)) != OK)
        goto out;
    people_conf_directory(people, &opts);
    if ((e = directory_new(&opts, &d)) == OK)
        e = check(d, operands[0], password_file);
out:
    directory_free(d);
    people_conf_free(people);
    conf_free(c);
    return e;
}
