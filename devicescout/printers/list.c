/* SPDX-License-Identifier: Apache-2.0 */
/* list: the registered printers; remove one. */
#include <stdio.h>
#include <stdlib.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/printers/look.h"
#include "devicescout/verbs.h"

static enum err print_json(const struct printer *list, size_t len)
{
    json_t *array = json_array();

    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(array, look_printer_json(&list[i])) != 0) {
            json_decref(array);
            return ERR_NOMEM;
        }
    }
    return admin_print_json(json_pack("{s:o}", "printers", array));
}

static void print_table(const struct printer *list, size_t len)
{
    if (len == 0)
        printf("No printer is registered. Add one: devicescout printer add NAME HOST\n");
    for (size_t i = 0; i < len; i++)
        printf("%-20s  %s%s%s  %s\n", list[i].name, list[i].uri, list[i].language[0] != '\0' ? "  " : "",
               list[i].language, list[i].place);
}

enum err verb_printer_list(int argc, char **argv)
{
    const char *config = NULL, *none[1];
    int json = 0;
    const struct arg args[] = {{"json", NULL, "print JSON", NULL, &json},
                               {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--json]", "List the registered printers.", args};
    struct printer *list = NULL;
    struct admin *a = NULL;
    size_t len = 0, count;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK || (e = admin_open(config, &a)) != OK ||
        (e = admin_printers(a, &list, &len)) != OK)
        goto out;
    if (json)
        e = print_json(list, len);
    else
        print_table(list, len);
out:
    free(list);
    admin_close(a);
    return e;
}

enum err verb_printer_remove(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "NAME", "Forget a printer: nothing more is released to it.", args};
    struct admin *a = NULL;
    struct printer p;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, 1, &count)) != OK)
        goto out;
    if (count != 1) {
        fprintf(stderr, "%s: say which printer\n", argv[0]);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_open(config, &a)) != OK || (e = admin_printer(a, operands[0], &p)) != OK ||
        (e = admin_ask(a, KH_PRINTER_REMOVE, p.id.b, ID_LEN)) != OK)
        goto out;
    printf("%s is removed.\n", p.name);
out:
    admin_close(a);
    return e;
}
