/* SPDX-License-Identifier: Apache-2.0 */
/* jobs: what waits in this computer's queue, as a table or as JSON. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/args.h"
#include "base/buf.h"
#include "printscout/cli/queue_ask.h"
#include "printscout/cli/verbs.h"
#include "printscout/conf.h"

static const char *const wanted[] = {"job-id",
                                     "job-name",
                                     "job-state",
                                     "job-state-reasons",
                                     "job-state-message",
                                     "job-k-octets",
                                     "date-time-at-creation",
                                     "job-originating-user-name",
                                     "output-device-assigned"};

struct row {
    int id, k_octets;
    ipp_jstate_t state;
    const char *name, *reason, *message, *owner, *printer; /* inside the answer; NULL: not told */
    time_t created;
};

static const char *text_of(ipp_attribute_t *a)
{
    return ippGetString(a, 0, NULL);
}

/* One attribute of a job, whichever it is. */
static void take_attribute(struct row *r, ipp_attribute_t *a)
{
    const char *name = ippGetName(a);

    if (strcmp(name, "job-id") == 0)
        r->id = ippGetInteger(a, 0);
    else if (strcmp(name, "job-state") == 0)
        r->state = (ipp_jstate_t)ippGetInteger(a, 0);
    else if (strcmp(name, "job-k-octets") == 0)
        r->k_octets = ippGetInteger(a, 0);
    else if (strcmp(name, "job-name") == 0)
        r->name = text_of(a);
    else if (strcmp(name, "job-state-reasons") == 0)
        r->reason = text_of(a);
    else if (strcmp(name, "job-state-message") == 0)
        r->message = text_of(a);
    else if (strcmp(name, "job-originating-user-name") == 0)
        r->owner = text_of(a);
    else if (strcmp(name, "output-device-assigned") == 0)
        r->printer = text_of(a);
    else if (strcmp(name, "date-time-at-creation") == 0 && ippGetDate(a, 0) != NULL)
        r->created = ippDateToTime(ippGetDate(a, 0));
}

/* The next job of the answer; a is where to go on. 0: there is none. */
static int next_row(ipp_t *answer, ipp_attribute_t **a, struct row *r)
{
    *r = (struct row){0};
    while (*a != NULL && ippGetGroupTag(*a) != IPP_TAG_JOB)
        *a = ippNextAttribute(answer);
    if (*a == NULL)
        return 0;
    for (; *a != NULL && ippGetGroupTag(*a) == IPP_TAG_JOB && ippGetName(*a) != NULL; *a = ippNextAttribute(answer))
        take_attribute(r, *a);
    return 1;
}

static void time_text(time_t t, const char *format, char *out, size_t size)
{
    struct tm day;

    out[0] = '\0';
    if (t != 0 && localtime_r(&t, &day) != NULL && strftime(out, size, format, &day) == 0)
        out[0] = '\0';
}

/* Titles come from programs of all kinds: what could steer a terminal is shown as a question mark. */
static void print_clean(const char *text, int width)
{
    char clean[128];
    size_t n = 0;

    for (const char *at = text == NULL ? "" : text; *at != '\0' && n + 1 < sizeof clean; at++)
        clean[n++] = (unsigned char)*at < 0x20 || *at == 0x7f ? '?' : *at;
    clean[n] = '\0';
    if (!text_is_clean(clean, n)) /* no UTF-8, or cut in the middle of a letter */
        for (size_t i = 0; i < n; i++)
            clean[i] = (unsigned char)clean[i] < 0x80 ? clean[i] : '?';
    printf("%-*s", width, clean);
}

static void print_table(ipp_t *answer)
{
    ipp_attribute_t *a = ippFirstAttribute(answer);
    struct row r;
    int rows = 0;

    while (next_row(answer, &a, &r)) {
        char created[32];

        if (rows++ == 0)
            printf("%6s  %-16s  %9s  %-14s  %s\n", "JOB", "PRINTED", "SIZE", "STATE", "TITLE");
        time_text(r.created, "%Y-%m-%d %H:%M", created, sizeof created);
        printf("%6d  %-16s  %6d kB  %-14s  ", r.id, created, r.k_octets, ippEnumString("job-state", (int)r.state));
        print_clean(r.name, 0);
        if (r.message != NULL && r.message[0] != '\0') {
            fputs("\n        ", stdout);
            print_clean(r.message, 0);
        }
        putchar('\n');
    }
    if (rows == 0)
        puts("No jobs wait here.");
}

static void set_text(json_t *object, const char *key, const char *text)
{
    json_t *value = text == NULL ? json_null() : json_string(text);

    json_object_set_new(object, key, value != NULL ? value : json_null()); /* NULL: it was no UTF-8 */
}

static json_t *row_json(const struct row *r)
{
    json_t *o = json_object();
    char created[40];

    time_text(r->created, "%Y-%m-%dT%H:%M:%S%z", created, sizeof created);
    json_object_set_new(o, "job-id", json_integer(r->id));
    set_text(o, "title", r->name);
    set_text(o, "owner", r->owner);
    set_text(o, "state", ippEnumString("job-state", (int)r->state));
    set_text(o, "reason", r->reason);
    set_text(o, "message", r->message);
    set_text(o, "printer", r->printer);
    set_text(o, "created", created[0] == '\0' ? NULL : created);
    json_object_set_new(o, "kilobytes", json_integer(r->k_octets));
    return o;
}

static int print_json(ipp_t *answer)
{
    ipp_attribute_t *a = ippFirstAttribute(answer);
    json_t *root = json_object(), *list = json_array();
    struct row r;
    int failed;

    while (next_row(answer, &a, &r))
        json_array_append_new(list, row_json(&r));
    json_object_set_new(root, "jobs", list);
    failed = json_dumpf(root, stdout, JSON_INDENT(2)) != 0 || puts("") == EOF;
    json_decref(root);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int list(const struct conf *conf, int history, int json)
{
    ipp_t *r = queue_request(IPP_OP_GET_JOBS), *answer = NULL;
    int status = EXIT_DONE;
    enum err e;

    if (r != NULL) {
        ippAddString(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "which-jobs", NULL,
                     history ? "all" : "not-completed");
        ippAddBoolean(r, IPP_TAG_OPERATION, "my-jobs", 1);
        ippAddStrings(r, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD), "requested-attributes",
                      (int)(sizeof wanted / sizeof *wanted), NULL, wanted);
    }
    if ((e = queue_ask(conf, r, &answer)) != OK)
        return verb_complain("the queue on this computer does not answer (%s); see printscout status", err_name(e));
    if (ippGetStatusCode(answer) >= IPP_STATUS_REDIRECTION_OTHER_SITE)
        status = verb_complain("the queue refused: %s", ippErrorString(ippGetStatusCode(answer)));
    else if (json)
        status = print_json(answer);
    else
        print_table(answer);
    ippDelete(answer);
    return fflush(stdout) == 0 ? status : EXIT_FAILED;
}

int verb_jobs(int argc, char **argv)
{
    const char *config = NULL, *operands[1];
    int json = 0, history = 0, status;
    const struct arg args[] = {{"all", NULL, "also jobs that ended in the last minutes", NULL, &history},
                               {"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration, instead of " PRINTSCOUT_CONF_PATH, &config, NULL},
                               {0}};
    const struct usage usage = {"printscout jobs", "[--all] [--json]",
                                "List your jobs that wait here for their release.", args};
    struct conf *conf = NULL;
    size_t count;

    if (args_parse(argc, argv, &usage, operands, 0, &count) != OK || printscout_conf_read(config, &conf) != OK)
        return EXIT_USAGE;
    status = list(conf, history, json);
    conf_free(conf);
    return status;
}
