/* SPDX-License-Identifier: Apache-2.0 */
/* cancel: jobs that wait are canceled by their numbers; the queue checks whose they are. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/args.h"
#include "printscout/cli/queue_ask.h"
#include "printscout/cli/verbs.h"
#include "printscout/conf.h"

#define JOBS_MAX 256 /* on one command line */

/* A job number as printscout jobs prints it. 0: it is none. */
static int number_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return *text >= '1' && *text <= '9' && *end == '\0' && n <= INT32_MAX ? (int)n : 0;
}

/* NULL: done. Else one sentence. */
static const char *cancel_one(const struct conf *conf, int job)
{
    ipp_t *r = queue_request(IPP_OP_CANCEL_JOB), *answer = NULL;
    ipp_status_t status;

    if (r != NULL)
        ippAddInteger(r, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    if (queue_ask(conf, r, &answer) != OK)
        return "the queue on this computer does not answer";
    status = ippGetStatusCode(answer);
    ippDelete(answer);
    switch (status) {
    case IPP_STATUS_ERROR_NOT_FOUND:
        return "there is no such job";
    case IPP_STATUS_ERROR_NOT_POSSIBLE:
        return "it has ended already";
    case IPP_STATUS_ERROR_FORBIDDEN:
    case IPP_STATUS_ERROR_NOT_AUTHORIZED:
    case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
        return "it is somebody else's";
    default:
        return status < IPP_STATUS_REDIRECTION_OTHER_SITE ? NULL : "the queue refused";
    }
}

static int cancel_all(const struct conf *conf, const char **numbers, size_t count, int json)
{
    json_t *list = json_array();
    int status = EXIT_DONE;

    for (size_t i = 0; i < count; i++) {
        int job = number_of(numbers[i]);
        const char *problem = job == 0 ? "that is no job number" : cancel_one(conf, job);

        if (problem != NULL)
            status = EXIT_FAILED;
        if (json)
            json_array_append_new(list, json_pack("{s:s, s:b, s:s?}", "job", numbers[i], "canceled", problem == NULL,
                                                  "problem", problem));
        else if (problem != NULL)
            verb_complain("job %s: %s", numbers[i], problem);
        else
            printf("Job %s is canceled.\n", numbers[i]);
    }
    if (json && (json_dumpf(list, stdout, JSON_INDENT(2)) != 0 || puts("") == EOF))
        status = EXIT_FAILED;
    json_decref(list);
    return fflush(stdout) == 0 ? status : EXIT_FAILED;
}

int verb_cancel(int argc, char **argv)
{
    const char *config = NULL, *operands[JOBS_MAX];
    int json = 0, status;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration, instead of " PRINTSCOUT_CONF_PATH, &config, NULL},
                               {0}};
    const struct usage usage = {"printscout cancel", "JOB … [--json]",
                                "Cancel jobs that wait here, by the numbers that printscout jobs prints.", args};
    struct conf *conf = NULL;
    size_t count;

    if (args_parse(argc, argv, &usage, operands, JOBS_MAX, &count) != OK)
        return EXIT_USAGE;
    if (count == 0) {
        fputs("printscout cancel: which job? see printscout cancel --help\n", stderr);
        return EXIT_USAGE;
    }
    if (printscout_conf_read(config, &conf) != OK)
        return EXIT_USAGE;
    status = cancel_all(conf, operands, count, json);
    conf_free(conf);
    return status;
}
