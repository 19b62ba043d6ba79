/* SPDX-License-Identifier: Apache-2.0 */
/* printscout-queue: the virtual printer. IPP in, sealed job files out; it can open none of them. */
#include <stdio.h>

#include "base/args.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "crypto/secret.h"
#include "printscout/conf.h"
#include "printscout/queue/program.h"

/* What can be known of the configuration without touching anything. */
static enum err check_conf(const struct conf *conf)
{
    enum log_level level;

    if (log_level_read(conf_text(conf, CONF_LOG_LEVEL), &level) != OK) {
        program_fail(CONF_LOG_LEVEL, "must be debug, info, warn or error.");
        return ERR_CONFIG;
    }
    log_start(PROGRAM_NAME, level);
    return OK;
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    int check = 0, sample = 0;
    const struct arg args[] = {
        {"config", "FILE", "the configuration; " PRINTSCOUT_CONF_PATH " if not given", &path, NULL},
        {"check", NULL, "read the configuration, say OK, and exit", NULL, &check},
        {"sample", NULL, "print a configuration with every key, and exit", NULL, &sample},
        {0},
    };
    const struct usage usage = {.program = PROGRAM_NAME,
                                .synopsis = "[--config FILE] [--check | --sample]",
                                .purpose = "The virtual printer: takes IPP jobs and keeps them sealed until release.",
                                .args = args};
    struct conf *conf = NULL;
    size_t count;
    enum err e;

    if (args_parse(argc, argv, &usage, NULL, 0, &count) != OK)
        return 2;
    if (sample) {
        printscout_conf_sample();
        return 0;
    }
    if (sandbox_no_dumps() != OK || crypto_start() != OK) {
        program_fail("start", "the system gives no random numbers or no safe memory.");
        return 1;
    }
    e = printscout_conf_read(path, &conf);
    if (e == OK)
        e = check_conf(conf);
    if (e == OK && check)
        puts("OK");
    else if (e == OK)
        e = program_run(conf);
    conf_free(conf);
    return e == OK ? 0 : e == ERR_CONFIG ? 2 : 1;
}
