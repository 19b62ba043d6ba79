/* SPDX-License-Identifier: Apache-2.0 */
/* devicescout: the device scout as a daemon (run), and the administrator's commands. devicescout(8). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/args.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/run.h"
#include "devicescout/verbs.h"
#include "latchkey_version.h"

#define EXIT_CONFIG 2
#define PROGRAM     "devicescout"

static const struct {
    const char *words; /* one or two */
    enum err (*obey)(int argc, char **argv);
    const char *help;
} verbs[] = {
    {"run", NULL, "serve panels and couriers (the daemon)"},
    {"init", verb_init, "make a new site, or bring one back from its recovery kit"},
    {"status", verb_status, "show the site: epochs, relays, printers, nodes, certificates"},
    {"invite", verb_invite, "make a one-time code that lets a workstation in"},
    {"withdraw", verb_withdraw, "take a code back, and every node that came by it"},
    {"nodes", verb_nodes, "list the workstations and couriers"},
    {"revoke", verb_revoke, "take one node out, for ever"},
    {"printer add", verb_printer_add, "register a printer and pin its certificate"},
    {"printer check", verb_printer_check, "ask a printer again and compare"},
    {"printer trust", verb_printer_trust, "accept a printer's changed certificate"},
    {"printer list", verb_printer_list, "list the printers"},
    {"printer remove", verb_printer_remove, "forget a printer"},
    {"relay set", verb_relay_set, "say which relays the site uses"},
    {"policy", verb_policy, "show or change retention, raw delivery, PIN length"},
    {"key rotate", verb_key_rotate, "begin a new epoch now"},
    {"scout add", verb_scout_add, "certify this device scout for a site that is there already"},
    {"certificate renew", verb_certificate_renew, "make a new certificate for the panel pages"},
    {"panel add", verb_panel_add, "give a panel its token, once, as an address and a QR code"},
    {"panel list", verb_panel_list, "list panels and readers that have a token"},
    {"panel remove", verb_panel_remove, "take a token back"},
    {"reader add", verb_reader_add, "give a card reader's computer its token"},
    {"reader", verb_reader, "bring cards of this computer's PC/SC readers to the panel beside it"},
    {"badge convert", verb_badge_convert, "show what a swipe turns into"},
    {"badge list", verb_badge_list, "list registered badges"},
    {"badge revoke", verb_badge_revoke, "take a badge away"},
    {"badge import", verb_badge_import, "register badges from a CSV file"},
    {"pin clear", verb_pin_clear, "take a person's PIN away"},
    {"delegation list", verb_delegation_list, "show for whom a person releases, and who for them"},
    {"delegation end", verb_delegation_end, "end one"},
    {"unlock", verb_unlock, "let a person sign in again at whom somebody has guessed"},
    {"statistics", verb_statistics, "count what was printed where, and what never was"},
    {"directory check", verb_directory_check, "say step by step what works with the directory"},
    {"audit show", verb_audit_show, "print the audit log"},
    {"audit export", verb_audit_export, "send the audit log on: JSON lines or syslog"},
    {"audit verify", verb_audit_verify, "check the audit log, every byte"},
};
#define VERBS (sizeof verbs / sizeof *verbs)

static void print_help(FILE *to)
{
    fprintf(to, "Usage: " PROGRAM " VERB [--config FILE] …\n\nRelease printing for one site. Each verb explains itself "
                "with --help.\n\n");
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-20s %s\n", verbs[i].words, verbs[i].help);
    fprintf(to, "\n  %-20s %s\n", "--sample", "print a sample configuration");
}

/* The verb that argv begins with, and how many words it takes. NULL: none. */
static const char *find_verb(int argc, char **argv, size_t *place, int *words)
{
    for (size_t i = 0; i < VERBS; i++) {
        const char *blank = strchr(verbs[i].words, ' ');
        const size_t first = blank != NULL ? (size_t)(blank - verbs[i].words) : strlen(verbs[i].words);

        if (strlen(argv[1]) != first || memcmp(argv[1], verbs[i].words, first) != 0)
            continue;
        if (blank != NULL && (argc < 3 || strcmp(argv[2], blank + 1) != 0))
            continue;
        *place = i;
        *words = blank != NULL ? 2 : 1;
        return verbs[i].words;
    }
    return NULL;
}

static int run(int argc, char **argv)
{
    const char *config = NULL;
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--config FILE]", "Serve panels and couriers until SIGTERM.", args};
    const char *none[1];
    struct conf *c = NULL;
    enum log_level level;
    size_t count;
    int status = EXIT_CONFIG;

    if (args_parse(argc, argv, &usage, none, 0, &count) != OK || devicescout_conf_read(config, &c) != OK)
        goto out;
    if (log_level_read(conf_text(c, "log-level"), &level) != OK) {
        fprintf(stderr, "log-level: debug, info, warn or error\n");
        goto out;
    }
    log_start(PROGRAM, level);
    status = devicescout_run(c);
out:
    conf_free(c);
    return status;
}

int main(int argc, char **argv)
{
    char name[64];
    size_t place = 0;
    int words = 0;
    enum err e;

    if (argc >= 2 && strcmp(argv[1], "--sample") == 0) {
        devicescout_conf_sample();
        return EXIT_SUCCESS;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        puts(PROGRAM " " LATCHKEY_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_CONFIG : EXIT_SUCCESS;
    }
    if (find_verb(argc, argv, &place, &words) == NULL) {
        fprintf(stderr, PROGRAM ": there is no verb '%s'; see " PROGRAM " --help\n", argv[1]);
        return EXIT_CONFIG;
    }
    umask(077); /* SQLite makes its files with what that leaves, and a folder may have been opened to others */
    if (crypto_start() != OK) {
        fprintf(stderr, PROGRAM ": no random numbers on this machine\n");
        return EXIT_FAILURE;
    }
    snprintf(name, sizeof name, PROGRAM " %s", verbs[place].words);
    argv[words] = name;
    if (verbs[place].obey == NULL)
        return run(argc - words, argv + words);
    log_start(PROGRAM, LOG_WARN_);
    e = verbs[place].obey(argc - words, argv + words);
    return e == OK ? EXIT_SUCCESS : e == ERR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
}
