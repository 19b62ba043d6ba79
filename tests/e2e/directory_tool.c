/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory_tool: ask a directory as the device scout does, for tests against real and lying servers. Name and password
 * come from standard input, one a line; prints the outcome and the person, and takes no longer than --within ms.
 *
 * usage: directory_tool [--starttls] [--within MS] [--filter F] [--attribute A] BASE BIND_DN PASSWORD_FILE CA URI…
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/directory.h"

static int read_line(char *out, size_t size)
{
    if (fgets(out, (int)size, stdin) == NULL)
        return 0;
    out[strcspn(out, "\n")] = '\0';
    return 1;
}

int main(int argc, char **argv)
{
    const char *within = "5000", *filter = "(uid=%s)", *attribute = "uid", *operands[4 + DIRECTORY_URIS_MAX];
    int starttls = 0;
    const struct arg args[] = {{"starttls", NULL, "use StartTLS", NULL, &starttls},
                               {"within", "MS", "time limit", &within, NULL},
                               {"filter", "FILTER", "search filter", &filter, NULL},
                               {"attribute", "NAME", "person attribute", &attribute, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {"directory_tool", "BASE BIND_DN PASSWORD_FILE CA URI…", "Ask a directory.", args};
    char name[2048] = "", password[2048] = "";
    struct directory_person person = {.groups = 0};
    struct directory_question q = {.name = name, .password = password};
    struct directory_opts opts = {0};
    struct directory *d = NULL;
    enum directory_outcome outcome;
    size_t count;

    if (args_parse(argc, argv, &usage, operands, sizeof operands / sizeof *operands, &count) != OK || count < 5)
        return 2;
    opts = (struct directory_opts){.base = operands[0],
                                   .bind_dn = operands[1],
                                   .password_file = operands[2],
                                   .ca_file = operands[3],
                                   .filter = filter,
                                   .person_attribute = attribute,
                                   .starttls = starttls,
                                   .uris_len = count - 4};
    memcpy(opts.uris, operands + 4, (count - 4) * sizeof *operands);
    signal(SIGPIPE, SIG_IGN); /* as base/loop.h does for the device scout */
    if (crypto_start() != OK || directory_new(&opts, &d) != OK)
        return 2;
    while (read_line(name, sizeof name) && read_line(password, sizeof password)) {
        q.deadline_boot_ms = clock_boot_ms() + strtoull(within, NULL, 10);
        outcome = directory_ask(d, &q, &person);
        printf("%s %s\n", directory_outcome_name(outcome), outcome == DIRECTORY_YES ? person.person : "-");
        fflush(stdout);
    }
    directory_free(d);
    return 0;
}
