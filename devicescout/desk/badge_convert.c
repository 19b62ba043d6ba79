/* SPDX-License-Identifier: Apache-2.0 */
/* badge_convert: show what a swipe turns into, so that readers can be set up before anybody registers. */
#include <stdio.h>

#include "base/args.h"
#include "base/hex.h"
#include "devicescout/people_conf.h"
#include "devicescout/verbs.h"

static void print_id(const struct badge_rules *rules, const uint8_t *id, size_t len)
{
    static const char *const formats[] = {
        [BADGE_HEX] = "hex", [BADGE_DECIMAL] = "decimal", [BADGE_FACILITY] = "facility code and number"};
    char hex[2 * BADGE_ID_MAX + 1];
    unsigned long long number = 0;

    hex_write(id, len, hex);
    printf("read as   %s%s\ncard id   %s (%zu bytes)\n", formats[rules->format],
           rules->reversed ? ", last byte first" : "", hex, len);
    if (len > sizeof number)
        return;
    for (size_t i = 0; i < len; i++)
        number = number << 8 | id[i];
    printf("as number %llu\n", number);
    if (len == 3)
        printf("facility  %u, card %u\n", (unsigned)id[0], (unsigned)id[1] << 8 | id[2]);
}

static enum err convert(const struct badge_rules *rules, const char *text)
{
    uint8_t id[BADGE_ID_MAX];
    size_t len = 0;
    const enum err e = badge_text_read(rules, text, id, &len);

    if (e == OK)
        print_id(rules, id, len);
    else
        fprintf(stderr, "That is no card under badge-format and its companions in devicescout.conf: %s\n", err_text(e));
    return e;
}

enum err verb_badge_convert(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "TEXT",
                                "Show what a swipe turns into. Type nothing: hold a badge to the reader.", args};
    struct badge_rules rules;
    struct conf *c = NULL;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK ||
        (e = devicescout_conf_read(config, &c)) != OK)
        goto out;
    e = ERR_CONFIG;
    if (count != 1)
        fprintf(stderr, "%s: say what the reader typed\n", argv[0]);
    else if ((e = people_conf_badge(c, &rules)) == OK)
        e = convert(&rules, operands[0]);
out:
    conf_free(c);
    return e;
}
