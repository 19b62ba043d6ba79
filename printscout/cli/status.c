/* SPDX-License-Identifier: Apache-2.0 */
/* status: what this computer is to its site, and what keeps it from printing. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/args.h"
#include "printscout/cli/picture.h"
#include "printscout/cli/verbs.h"
#include "printscout/conf.h"

static void print_time(const char *label, uint64_t unix_ms)
{
    char text[40];

    printf("%-10s%s\n", label, picture_time(unix_ms, text));
}

static void print_text(const struct picture *p)
{
    char hex[ID_HEX_SIZE];

    if (p->enrolled) {
        printf("%-10s%s\n", "site", id_text(p->site, hex));
        printf("%-10s%s, %s%s\n", "node", id_text(p->node.node, hex), p->node.person[0] != '\0' ? "of " : "shared",
               p->node.person);
        printf("%-10sversion %u\n", "bulletin", p->bulletin_version);
        print_time("issued", p->bulletin_issued_unix_ms);
        printf("%-10s%s\n", "courier", p->courier_runs ? "running" : "not running");
        for (size_t i = 0; i < p->relays_len; i++)
            printf("%-10s%s %s\n", "relay", p->relays[i].url, p->relays[i].up ? "connected" : "not connected");
    }
    printf("%-10s%s\n", "queue",
           !p->queue_runs          ? "not running"
           : p->queue_accepts_jobs ? "accepting jobs"
                                   : "not accepting jobs");
    for (size_t i = 0; i < p->warnings_len; i++)
        printf("%-10s%s\n", "warning", p->warnings[i].text);
}

static json_t *relays_json(const struct picture *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->relays_len; i++)
        json_array_append_new(list, json_pack("{s:s, s:b}", "url", p->relays[i].url, "connected", p->relays[i].up));
    return list;
}

static int print_json(const struct picture *p)
{
    char site[ID_HEX_SIZE], node[ID_HEX_SIZE], issued[40];
    json_t *warnings = json_array(), *o;
    int failed;

    for (size_t i = 0; i < p->warnings_len; i++)
        json_array_append_new(warnings, json_string(p->warnings[i].text));
    o = json_pack("{s:b, s:{s:b, s:b}, s:o}", "enrolled", p->enrolled, "queue", "running", p->queue_runs,
                  "accepting_jobs", p->queue_accepts_jobs, "warnings", warnings);
    if (o != NULL && p->enrolled)
        json_object_update_new(o, json_pack("{s:s, s:s, s:s?, s:{s:i, s:s}, s:{s:b}, s:o}", "site",
                                            id_text(p->site, site), "node", id_text(p->node.node, node), "person",
                                            p->node.person[0] != '\0' ? p->node.person : NULL, "bulletin", "version",
                                            (int)p->bulletin_version, "issued",
                                            picture_time(p->bulletin_issued_unix_ms, issued), "courier", "running",
                                            p->courier_runs, "relays", relays_json(p)));
    failed = o == NULL || json_dumpf(o, stdout, JSON_INDENT(2)) != 0 || puts("") == EOF;
    json_decref(o);
    return failed;
}

int verb_status(int argc, char **argv)
{
    const char *config = NULL, *operands[1];
    int json = 0, failed = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration, instead of " PRINTSCOUT_CONF_PATH, &config, NULL},
                               {0}};
    const struct usage usage = {"printscout status", "[--json]",
                                "Show the site, the relays, the queue, and what needs attention.", args};
    struct conf *conf = NULL;
    struct picture p;
    size_t count;

    if (args_parse(argc, argv, &usage, operands, 0, &count) != OK || printscout_conf_read(config, &conf) != OK)
        return EXIT_USAGE;
    picture_take(&p, conf);
    if (json)
        failed = print_json(&p);
    else
        print_text(&p);
    conf_free(conf);
    return failed || fflush(stdout) != 0 || !p.can_print ? EXIT_FAILED : EXIT_DONE;
}
