/* SPDX-License-Identifier: Apache-2.0 */
/* directory: the settings, and in which order and for how long the servers are asked. */
#include "devicescout/people/directory.h"

#include <fcntl.h>
#include <ldap.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/directory_server.h"

#define PASSWORD_FILE_MAX 1024
#define SYSTEM_CA         "/etc/ssl/certs/ca-certificates.crt"
#define DOWN_FOR_MS       15000 /* a server that did not answer is asked last for so long */

struct directory {
    struct directory_settings settings;
    char *uris[DIRECTORY_URIS_MAX];
    size_t uris_len;
    _Atomic uint64_t down_until_ms[DIRECTORY_URIS_MAX]; /* hints between worker threads, nothing more */
};

static enum err complain(const char *key, const char *what)
{
    fprintf(stderr, "devicescout.conf: %s: %s\n", key, what);
    return ERR_CONFIG;
}

static enum err check_uri(const struct directory_opts *opts, const char *uri)
{
    if (strncmp(uri, "ldaps://", 8) == 0 && uri[8] != '\0')
        return OK;
    if (strncmp(uri, "ldap://", 7) == 0 && uri[7] != '\0')
        return opts->starttls ? OK : complain("ldap-uri", "ldap:// is used with ldap-starttls = true only");
    return complain("ldap-uri", "must begin with ldaps:// or ldap://");
}

static enum err check(const struct directory_opts *opts)
{
    enum err e;

    if (opts->uris_len == 0)
        return complain("ldap-uri", "must name at least one directory server");
    if (opts->uris_len > DIRECTORY_URIS_MAX)
        return complain("ldap-uri", "names more than 8 servers");
    for (size_t i = 0; i < opts->uris_len; i++) {
        if ((e = check_uri(opts, opts->uris[i])) != OK)
            return e;
    }
    if (directory_filter_check(opts->filter) != OK)
        return complain("ldap-filter", "must be a filter in parentheses with %s where the name goes");
    if (opts->person_attribute[0] == '\0')
        return complain("ldap-person-attribute", "must name the attribute that holds a person's name");
    if (opts->groups_len > DIRECTORY_GROUPS_MAX)
        return complain("ldap-…-group", "more than 64 groups are named");
    if (opts->bind_dn[0] != '\0' && opts->password_file[0] == '\0')
        return complain("ldap-bind-password-file", "must be set when ldap-bind-dn is");
    return OK;
}

/* Group may read it (root:latchkey 0640), others may not. */
static enum err read_password(const char *path, char **out)
{
    uint8_t *bytes = NULL;
    char *password = NULL;
    size_t len = 0;
    struct stat st;
    enum err e = ERR_CONFIG;

    if (stat(path, &st) != 0 || file_read(AT_FDCWD, path, PASSWORD_FILE_MAX, &bytes, &len) != OK) {
        e = complain("ldap-bind-password-file", "cannot be read");
        goto out;
    }
    if ((st.st_mode & 07) != 0) {
        e = complain("ldap-bind-password-file", "may be read by everybody; chmod o= it");
        goto out;
    }
    len = strcspn((char *)bytes, "\r\n");
    if (len == 0) {
        e = complain("ldap-bind-password-file", "holds no password; a bind without one is anonymous");
        goto out;
    }
    e = ERR_NOMEM;
    if ((password = secret_new(len + 1)) == NULL)
        goto out;
    memcpy(password, bytes, len);
    *out = password; /* the caller owns it now */
    e = OK;
out:
    if (bytes != NULL)
        secret_wipe(bytes, len);
    free(bytes);
    return e;
}

static enum err copy_settings(struct directory *d, const struct directory_opts *opts)
{
    struct directory_settings *s = &d->settings;

    s->base = strdup(opts->base);
    s->filter = strdup(opts->filter);
    s->bind_dn = strdup(opts->bind_dn);
    s->ca_file = strdup(opts->ca_file[0] != '\0' ? opts->ca_file : SYSTEM_CA);
    s->person_attribute = strdup(opts->person_attribute);
    s->card_attribute = strdup(opts->card_attribute != NULL ? opts->card_attribute : "");
    s->group_base = strdup(opts->group_base != NULL && opts->group_base[0] != '\0' ? opts->group_base : opts->base);
    s->nesting = opts->nesting;
    s->starttls = opts->starttls;
    if (s->base == NULL || s->filter == NULL || s->bind_dn == NULL || s->ca_file == NULL ||
        s->person_attribute == NULL || s->card_attribute == NULL || s->group_base == NULL)
        return ERR_NOMEM;
    for (; s->groups_len < opts->groups_len; s->groups_len++) {
        if ((s->groups[s->groups_len] = strdup(opts->groups[s->groups_len])) == NULL)
            return ERR_NOMEM;
    }
    for (; d->uris_len < opts->uris_len; d->uris_len++) {
        if ((d->uris[d->uris_len] = strdup(opts->uris[d->uris_len])) == NULL)
            return ERR_NOMEM;
    }
    return opts->bind_dn[0] != '\0' ? read_password(opts->password_file, &s->password) : OK;
}

enum err directory_new(const struct directory_opts *opts, struct directory **out)
{
    struct directory *d = NULL;
    int unused;
    enum err e;

    if ((e = check(opts)) != OK)
        goto out;
    /* No ldap.conf and no LDAP… variable has a say. Read once here, before there are threads. */
    e = ERR_NOMEM;
    if (setenv("LDAPNOINIT", "1", 1) != 0)
        goto out;
    ldap_get_option(NULL, LDAP_OPT_PROTOCOL_VERSION, &unused);
    if ((d = calloc(1, sizeof *d)) == NULL)
        goto out;
    if ((e = copy_settings(d, opts)) != OK || (e = watchdog_new(&d->settings.watchdog)) != OK)
        goto out;
    *out = d;
    d = NULL;
out:
    directory_free(d);
    return e;
}

void directory_free(struct directory *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->uris_len; i++)
        free(d->uris[i]);
    free(d->settings.base);
    free(d->settings.filter);
    free(d->settings.bind_dn);
    free(d->settings.ca_file);
    free(d->settings.person_attribute);
    free(d->settings.card_attribute);
    free(d->settings.group_base);
    for (size_t i = 0; i < d->settings.groups_len; i++)
        free(d->settings.groups[i]);
    secret_free(d->settings.password);
    watchdog_free(d->settings.watchdog);
    free(d);
}

const struct directory_settings *directory_settings_of(const struct directory *d)
{
    return &d->settings;
}

const char *directory_uri(const struct directory *d, size_t i)
{
    return i < d->uris_len ? d->uris[i] : NULL;
}

/* As configured, but those that failed a moment ago last. */
static void put_in_order(struct directory *d, size_t order[DIRECTORY_URIS_MAX])
{
    uint64_t now = clock_boot_ms();
    int down[DIRECTORY_URIS_MAX];
    size_t len = 0;

    for (size_t i = 0; i < d->uris_len; i++)
        down[i] = atomic_load(&d->down_until_ms[i]) > now;
    for (int last = 0; last <= 1; last++) {
        for (size_t i = 0; i < d->uris_len; i++) {
            if (down[i] == last)
                order[len++] = i;
        }
    }
}

enum directory_outcome directory_ask(struct directory *d, const struct directory_question *q,
                                     struct directory_person *person)
{
    enum directory_outcome worst = DIRECTORY_DOWN;
    size_t order[DIRECTORY_URIS_MAX] = {0};

    *person = (struct directory_person){.groups = 0};
    if (q->name[0] == '\0' || strlen(q->name) > DIRECTORY_NAME_MAX ||
        (q->kind == DIRECTORY_PASSWORD && q->password[0] == '\0'))
        return DIRECTORY_NO;
    put_in_order(d, order);
    for (size_t i = 0; i < d->uris_len; i++) {
        uint64_t now = clock_boot_ms();
        uint64_t share;
        enum directory_outcome o;

        if (now >= q->deadline_boot_ms)
            break;
        share = (q->deadline_boot_ms - now) / (d->uris_len - i);
        o = directory_server_ask(&d->settings, d->uris[order[i]], now + share, q, person);
        if (o != DIRECTORY_DOWN && o != DIRECTORY_MISCONFIGURED) {
            atomic_store(&d->down_until_ms[order[i]], 0);
            return o;
        }
        atomic_store(&d->down_until_ms[order[i]], clock_boot_ms() + DOWN_FOR_MS);
        if (o == DIRECTORY_MISCONFIGURED)
            worst = o;
    }
    return worst;
}

const char *directory_outcome_name(enum directory_outcome o)
{
    static const char *const names[] = {[DIRECTORY_YES] = "yes",
                                        [DIRECTORY_NO] = "no",
                                        [DIRECTORY_TOO_OFTEN] = "too-often",
                                        [DIRECTORY_DOWN] = "down",
                                        [DIRECTORY_MISCONFIGURED] = "misconfigured"};

    return names[o];
}
