/* SPDX-License-Identifier: Apache-2.0 */
/* devicescout-keyholder: the process that holds the site's secrets. devicescout-keyholder(8). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/workers.h"
#include "devicescout/conf.h"
#include "devicescout/keyholder/calendar.h"
#include "devicescout/keyholder/server.h"
#include "devicescout/keyholder/setup.h"
#include "devicescout/owner.h"
#include "devicescout/password.h"

#define EXIT_CONFIG 2

/* For Argon2 alone, 20 ms a PIN; with 100 waiting the last one hears within the five seconds that a client waits. */
#define THREADS     2
#define WAITING_MAX 100

struct options {
    const char *config, *password_file;
    int sample;
};

struct daemon {
    struct loop *loop;
    struct keeper *keeper;
    struct workers *workers;
    struct server *server;
};

/* Why there is no keeper, and what to do about it. */
static void explain(enum err e, const char *state)
{
    switch (e) {
    case ERR_NOTFOUND:
        fprintf(stderr, "%s: there is no site yet. Make one: devicescout init --relay https://HOST:PORT\n", state);
        break;
    case ERR_EXISTS:
        fprintf(stderr,
                "%s: another devicescout-keyholder runs on this state. Stop it first: systemctl stop "
                "devicescout-keyholder\n",
                state);
        break;
    case ERR_AUTH:
        fprintf(stderr,
                "%s: the audit chain is damaged, so nobody knows which jobs were closed. Bring the folder back from a "
                "backup, or begin a new epoch with the recovery kit: devicescout-keyholder restore\n",
                state);
        break;
    case ERR_REFUSED:
        fprintf(stderr, "%s: others than the owner have rights to a secret in it. Take them away: chmod -R go= %s\n",
                state, state);
        break;
    case ERR_FORMAT:
        fprintf(stderr,
                "%s: a file of the state is damaged. Bring the folder back from a backup, or begin anew with the "
                "recovery kit: devicescout-keyholder restore\n",
                state);
        break;
    default:
        fprintf(stderr, "%s: %s\n", state, err_text(e));
    }
}

/* A state that is missing or damaged stays so however often a service is started: systemd does not try again. */
static int is_for_a_person(enum err e)
{
    return e == ERR_NOTFOUND || e == ERR_AUTH || e == ERR_REFUSED || e == ERR_FORMAT;
}

static enum err read_admins(const struct conf *c, uid_t *uids, size_t *len)
{
    enum err e = OK;

    *len = conf_list_len(c, "admin-users");
    if (*len > SERVER_USERS_MAX) {
        fprintf(stderr, "admin-users: at most %d users\n", SERVER_USERS_MAX);
        return ERR_CONFIG;
    }
    for (size_t i = 0; e == OK && i < *len; i++)
        e = devicescout_conf_user(conf_list_item(c, "admin-users", i), &uids[i]);
    return e;
}

static void on_tick(void *arg)
{
    struct daemon *d = arg;

    calendar_tick(d->keeper, clock_unix_ms(), clock_boot_ms());
    if (loop_after(d->loop, CALENDAR_TICK_MS, on_tick, d, NULL) != OK) {
        log_error("no_timer", "reason=%s", err_name(ERR_NOMEM));
        loop_stop(d->loop); /* started again by systemd rather than running without a calendar */
    }
}

/* Users are looked up and sockets opened before the sandbox closes behind us. */
static enum err open_all(struct daemon *d, const struct conf *c)
{
    const char *const state = conf_text(c, "keyholder-state");
    const struct keeper_opts keeper = {.state = state,
                                       .grants_per_minute = (uint32_t)conf_number(c, "grants-per-minute"),
                                       .delivery_timeout_ms = (uint64_t)conf_number(c, "delivery-timeout-s") * 1000,
                                       .delegation_days = (uint32_t)conf_number(c, "delegation-days")};
    uid_t admins[SERVER_USERS_MAX];
    struct server_opts server = {
        .scout_path = conf_text(c, "scout-socket"), .admin_path = conf_text(c, "admin-socket"), .admin_uids = admins};
    enum err e;

    if ((e = read_admins(c, admins, &server.admin_uids_len)) != OK)
        return e;
    if ((e = keeper_open(&keeper, &d->keeper)) != OK) {
        explain(e, state);
        return is_for_a_person(e) ? ERR_CONFIG : e;
    }
    if ((e = devicescout_conf_user(conf_text(c, "scout-user"), &server.scout_uid)) != OK)
        return e;
    if ((e = loop_new(&d->loop)) != OK || (e = loop_signals(d->loop, NULL, NULL)) != OK)
        return e;
    server.loop = d->loop;
    server.keeper = d->keeper;
    if ((e = workers_new(d->loop, THREADS, WAITING_MAX, &d->workers)) != OK)
        return e;
    server.workers = d->workers;
    if ((e = server_start(&server, &d->server)) != OK)
        return e;
    return sandbox_no_network();
}

static enum err run(const struct conf *c)
{
    struct daemon d = {.loop = NULL};
    char site[ID_HEX_SIZE];
    enum err e;

    if ((e = open_all(&d, c)) != OK)
        goto out;
    if ((e = audit_add(d.keeper->audit, "start", "uid=%u", (unsigned)geteuid())) != OK)
        goto out;
    on_tick(&d);
    log_info("started", "site=%s jobs=%zu nodes=%zu printers=%zu", id_text(d.keeper->site, site),
             jobs_count(d.keeper->jobs), d.keeper->registry->nodes_len, d.keeper->registry->printers_len);
    e = loop_run(d.loop);
    if (audit_add(d.keeper->audit, "stop", "reason=%s", err_name(e)) != OK)
        log_error("audit_failed", "event=stop");
    log_info("stopped", "reason=%s", err_name(e));
out:
    workers_free(d.workers);
    server_stop(d.server);
    keeper_free(d.keeper);
    loop_free(d.loop);
    return e;
}

/* Called by `devicescout init`, through pipes. */
static enum err init(const char *state, const char *user)
{
    struct ceremony_request *r = secret_new(sizeof *r);
    struct ceremony_answer *a = secret_new(sizeof *a);
    enum err e = ERR_NOMEM;

    if (r == NULL || a == NULL)
        goto out;
    if (isatty(STDIN_FILENO)) {
        fprintf(stderr, "This verb is for `devicescout init`, which calls it. Run: devicescout init --help\n");
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = ceremony_take_request(STDIN_FILENO, r)) != OK) {
        fprintf(stderr, "The request on standard input is not whole: %s\n", err_text(e));
        goto out;
    }
    e = setup_init(state, r, a);
    if (e == ERR_EXISTS)
        fprintf(
            stderr,
            "%s: there is a site already. Look at it: devicescout status. Certify a device scout for it: devicescout "
            "scout add\n",
            state);
    else if (e != OK && e != ERR_FORMAT)
        fprintf(stderr, "%s: %s\n", state, err_text(e));
    if (e == OK && (e = owner_give(state, user)) != OK)
        fprintf(stderr, "%s: cannot be given to %s\n", state, user);
    if (e == OK)
        e = ceremony_send_answer(STDOUT_FILENO, a);
out:
    secret_free(a);
    secret_free(r);
    return e;
}

static enum err read_kit(char *kit, size_t size)
{
    size_t len = 0;

    if (isatty(STDIN_FILENO))
        fprintf(stderr, "Type the 28 words of the recovery kit, then Ctrl-D on an empty line:\n");
    while (len < size - 1) {
        const ssize_t n = read(STDIN_FILENO, kit + len, size - 1 - len);

        if (n < 0)
            return ERR_IO;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    kit[len] = '\0';
    return OK;
}

static enum err restore(const char *state, const char *user, const char *password_file)
{
    char *kit = secret_new(CEREMONY_KIT_SIZE), *password = secret_new(CEREMONY_PASSWORD_SIZE);
    int kept = 0;
    enum err e = ERR_NOMEM;

    if (kit == NULL || password == NULL)
        goto out;
    if (password_file != NULL && (e = password_from_file(password_file, password, CEREMONY_PASSWORD_SIZE)) != OK)
        goto out;
    if ((e = read_kit(kit, CEREMONY_KIT_SIZE)) != OK)
        goto out;
    e = setup_restore(state, kit, password_file != NULL ? password : NULL, &kept);
    if (e == OK)
        e = owner_give(state, user);
    if (e != OK) {
        fprintf(stderr, "%s: not restored: %s\n", state, err_text(e));
        goto out;
    }
    printf("The site's identity is restored in %s, and a new epoch has begun.\n"
           "Keys of earlier epochs are gone: jobs that were held under them cannot be opened by anyone.\n",
           state);
    if (kept)
        printf("Nodes, printers, codes, policy and relays are as they were.\n"
               "Next: systemctl start devicescout-keyholder\n");
    else
        printf("The registry was lost: nodes must be invited and printers added again.\n"
               "Next: systemctl start devicescout-keyholder; devicescout relay set https://HOST:PORT\n");
out:
    secret_free(password);
    secret_free(kit);
    return e;
}

static enum err obey(const char *verb, const struct options *o, const struct conf *c)
{
    const char *const state = conf_text(c, "keyholder-state");

    if (strcmp(verb, "run") == 0)
        return run(c);
    if (strcmp(verb, "init") == 0)
        return init(state, conf_text(c, "keyholder-user"));
    if (strcmp(verb, "restore") == 0)
        return restore(state, conf_text(c, "keyholder-user"), o->password_file);
    fprintf(stderr, "devicescout-keyholder: there is no verb '%s'; see devicescout-keyholder --help\n", verb);
    return ERR_CONFIG;
}

int main(int argc, char **argv)
{
    struct options o = {.config = NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o.config, NULL},
                               {"password-file", "FILE", "restore: seal the root anew", &o.password_file, NULL},
                               {"sample", NULL, "print a sample configuration and exit", NULL, &o.sample},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {"devicescout-keyholder", "[run|init|restore] [--config FILE]",
                                "Holds the site's secrets and grants releases.", args};
    const char *verbs[2] = {"run", NULL};
    struct conf *c = NULL;
    enum log_level level;
    size_t count = 0;
    enum err e;

    if (args_parse(argc, argv, &usage, verbs, 1, &count) != OK)
        return EXIT_CONFIG;
    if (o.sample) {
        devicescout_conf_sample();
        return EXIT_SUCCESS;
    }
    if (crypto_start() != OK || sandbox_no_dumps() != OK) {
        fprintf(stderr, "devicescout-keyholder: no safe place for secrets on this machine\n");
        return EXIT_FAILURE;
    }
    if ((e = devicescout_conf_read(o.config, &c)) == OK &&
        (e = log_level_read(conf_text(c, "log-level"), &level)) == OK) {
        log_start("devicescout-keyholder", level);
        e = obey(count > 0 ? verbs[0] : "run", &o, c);
    } else if (e == ERR_FORMAT) {
        fprintf(stderr, "log-level: debug, info, warn or error\n");
        e = ERR_CONFIG;
    }
    conf_free(c);
    return e == OK ? EXIT_SUCCESS : e == ERR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
}
