/* SPDX-License-Identifier: Apache-2.0 */
/* people_conf: lists of group names become bits, words become choices. */
#include "devicescout/people_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINTERS_MAX 1024
#define HOUR_MS      (UINT64_C(60) * 60 * 1000)
#define GROUPS_TEXT  4096

struct limited { /* a printer that only some groups may use */
    char printer[PRINTER_NAME_SIZE];
    uint64_t groups;
};

struct people_conf {
    const struct conf *conf;
    struct badge_rules badge;
    enum directory_nesting nesting;
    const char *groups[DIRECTORY_GROUPS_MAX]; /* c's texts */
    size_t groups_len;
    uint64_t use, admin;
    struct limited *limited;
    size_t limited_len;
    char text[GROUPS_TEXT]; /* the groups' names, a line each */
};

static enum err complain(const char *key, const char *what)
{
    fprintf(stderr, "devicescout.conf: %s: %s\n", key, what);
    return ERR_CONFIG;
}

/* The bit of a group, known already or new. */
static enum err group_bit(struct people_conf *p, const char *key, const char *dn, uint64_t *bits)
{
    size_t i;

    if (strchr(dn, '=') == NULL)
        return complain(key, "a group is named by its whole DN: cn=…,ou=…,dc=…");
    for (i = 0; i < p->groups_len && strcmp(p->groups[i], dn) != 0; i++)
        ;
    if (i == DIRECTORY_GROUPS_MAX)
        return complain(key, "more than 64 groups are named in all");
    if (i == p->groups_len) {
        const size_t len = strlen(p->text);
        const int n = snprintf(p->text + len, sizeof p->text - len, "%s\n", dn);

        if (n < 0 || (size_t)n >= sizeof p->text - len)
            return complain(key, "the groups' names are longer than 4,096 bytes in all");
        p->groups[p->groups_len++] = dn;
    }
    *bits |= UINT64_C(1) << i;
    return OK;
}

static enum err read_list(struct people_conf *p, const char *key, uint64_t *bits)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < conf_list_len(p->conf, key); i++)
        e = group_bit(p, key, conf_list_item(p->conf, key, i), bits);
    return e;
}

static struct limited *limited_of(struct people_conf *p, const char *printer, size_t len)
{
    for (size_t i = 0; i < p->limited_len; i++) {
        if (strlen(p->limited[i].printer) == len && memcmp(p->limited[i].printer, printer, len) == 0)
            return &p->limited[i];
    }
    if (p->limited_len == PRINTERS_MAX || len == 0 || len >= PRINTER_NAME_SIZE)
        return NULL;
    memcpy(p->limited[p->limited_len].printer, printer, len);
    return &p->limited[p->limited_len++];
}

/* PRINTER: DN, several for one printer as several items. */
static enum err read_printers(struct people_conf *p)
{
    static const char key[] = "ldap-printer-groups";
    enum err e = OK;

    if ((p->limited = calloc(PRINTERS_MAX, sizeof *p->limited)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < conf_list_len(p->conf, key); i++) {
        const char *item = conf_list_item(p->conf, key, i);
        const char *colon = strchr(item, ':');
        struct limited *l = colon != NULL ? limited_of(p, item, (size_t)(colon - item)) : NULL;

        if (l == NULL)
            return complain(key, "each item is PRINTER:DN, at most 1,024 printers");
        e = group_bit(p, key, colon + 1 + strspn(colon + 1, " "), &l->groups);
    }
    return e;
}

static enum err read_nesting(struct people_conf *p)
{
    static const char *const names[] = {
        [DIRECTORY_NESTING_NONE] = "none", [DIRECTORY_NESTING_WALK] = "walk", [DIRECTORY_NESTING_AD] = "ad"};
    const char *name = conf_text(p->conf, "ldap-group-nesting");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            p->nesting = (enum directory_nesting)i;
            return OK;
        }
    }
    return complain("ldap-group-nesting", "must be none, walk or ad");
}

static enum err check_fast_release(const struct conf *c)
{
    const char *when = conf_text(c, "fast-release");
    const int is_listed = strcmp(when, "listed") == 0;

    if (!is_listed && strcmp(when, "no") != 0 && strcmp(when, "yes") != 0)
        return complain("fast-release", "must be no, yes or listed");
    if (!is_listed && conf_list_len(c, "fast-release-printers") > 0)
        return complain("fast-release-printers", "goes with fast-release = listed alone");
    return OK;
}

int people_conf_fast_release(const struct people_conf *p, const char *printer)
{
    const char *when = conf_text(p->conf, "fast-release");

    if (strcmp(when, "listed") != 0)
        return strcmp(when, "yes") == 0;
    for (size_t i = 0; i < conf_list_len(p->conf, "fast-release-printers"); i++) {
        if (strcmp(conf_list_item(p->conf, "fast-release-printers", i), printer) == 0)
            return 1;
    }
    return 0;
}

enum err people_conf_badge(const struct conf *c, struct badge_rules *out)
{
    const char *order = conf_text(c, "badge-byte-order");

    if (badge_format_read(conf_text(c, "badge-format"), &out->format) != OK)
        return complain("badge-format", "must be hex, decimal or facility");
    if (strcmp(order, "as-read") != 0 && strcmp(order, "reversed") != 0)
        return complain("badge-byte-order", "must be as-read or reversed");
    out->reversed = strcmp(order, "reversed") == 0;
    out->skip_bytes = (size_t)conf_number(c, "badge-skip-bytes");
    out->length = (size_t)conf_number(c, "badge-length-bytes");
    out->facility_code = (int)conf_number(c, "badge-facility-code");
    return OK;
}

enum err people_conf_new(const struct conf *c, struct people_conf **out)
{
    struct people_conf *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;

    if (p == NULL)
        return e;
    p->conf = c;
    if ((e = read_list(p, "ldap-use-groups", &p->use)) != OK ||
        (e = read_list(p, "ldap-admin-groups", &p->admin)) != OK || (e = read_printers(p)) != OK ||
        (e = read_nesting(p)) != OK || (e = people_conf_badge(c, &p->badge)) != OK || (e = check_fast_release(c)) != OK)
        goto out;
    *out = p; /* the caller owns it now */
    p = NULL;
out:
    people_conf_free(p);
    return e;
}

void people_conf_free(struct people_conf *p)
{
    if (p == NULL)
        return;
    free(p->limited);
    free(p);
}

const char *people_conf_groups(const struct people_conf *p)
{
    return p->text;
}

void people_conf_directory(const struct people_conf *p, struct directory_opts *out)
{
    const struct conf *c = p->conf;

    *out = (struct directory_opts){.uris_len = conf_list_len(c, "ldap-uri"),
                                   .base = conf_text(c, "ldap-base"),
                                   .filter = conf_text(c, "ldap-filter"),
                                   .bind_dn = conf_text(c, "ldap-bind-dn"),
                                   .password_file = conf_text(c, "ldap-bind-password-file"),
                                   .ca_file = conf_text(c, "ldap-ca"),
                                   .starttls = conf_bool(c, "ldap-starttls"),
                                   .person_attribute = conf_text(c, "ldap-person-attribute"),
                                   .card_attribute = conf_text(c, "ldap-card-attribute"),
                                   .groups_len = p->groups_len,
                                   .group_base = conf_text(c, "ldap-group-base"),
                                   .nesting = p->nesting};
    memcpy(out->groups, p->groups, p->groups_len * sizeof *p->groups);
    for (size_t i = 0; i < out->uris_len && i < DIRECTORY_URIS_MAX; i++)
        out->uris[i] = conf_list_item(c, "ldap-uri", i);
}

static uint64_t printer_groups(void *arg, const char *printer)
{
    const struct people_conf *p = arg;

    for (size_t i = 0; i < p->limited_len; i++) {
        if (strcmp(p->limited[i].printer, printer) == 0)
            return p->limited[i].groups;
    }
    return 0;
}

void people_conf_rules(struct people_conf *p, struct proof_rules *out)
{
    const struct conf *c = p->conf;

    *out = (struct proof_rules){.badge = p->badge,
                                .badge_alone = conf_bool(c, "badge-alone"),
                                .name_pin = conf_bool(c, "name-and-pin"),
                                .cards_in_directory = conf_text(c, "ldap-card-attribute")[0] != '\0',
                                .cache_ms = (uint64_t)conf_number(c, "directory-cache-hours") * HOUR_MS,
                                .use_groups = p->use,
                                .admin_groups = p->admin,
                                .printer_groups = printer_groups,
                                .arg = p};
}
