/* SPDX-License-Identifier: Apache-2.0 */
/* printscout: the person's command. printscout(1). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "crypto/secret.h"
#include "latchkey_version.h"
#include "printscout/cli/verbs.h"

static const struct {
    const char *name;
    int (*obey)(int argc, char **argv);
    const char *help;
} verbs[] = {
    {"enroll", verb_enroll, "join this computer to a site, with the code that an administrator gave out"},
    {"jobs", verb_jobs, "list the jobs that wait here for their release"},
    {"cancel", verb_cancel, "cancel jobs that wait here"},
    {"status", verb_status, "show the site, the relays, the queue, and what needs attention"},
};
#define VERBS (sizeof verbs / sizeof *verbs)

int verb_complain(const char *fmt, ...)
{
    va_list ap;

    fputs("printscout: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

static void print_help(FILE *to)
{
    fputs("Usage: printscout VERB [--json] [--config FILE] …\n\nJobs print when you stand at the printer. Each verb "
          "explains itself with --help.\n\n",
          to);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].help);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "--version") == 0) {
        if (argv[1][2] == 'h')
            print_help(stdout);
        else
            puts("printscout " LATCHKEY_VERSION);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    log_start("printscout", LOG_ERROR_); /* people get sentences; what libraries of ours log is for daemons */
    if (crypto_start() != OK || sandbox_no_dumps() != OK || sandbox_no_exec() != OK)
        return verb_complain("cannot start: no random numbers, or rights that cannot be given up");
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].obey(argc - 1, argv + 1);
    }
    fprintf(stderr, "printscout: unknown verb '%s'; see printscout --help\n", argv[1]);
    return EXIT_USAGE;
}
