/* SPDX-License-Identifier: Apache-2.0 */
/* directory_entry: exactly one hit; values that are one and clean; the ways in which directories say "not this one". */
#include "devicescout/people/directory_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"

#define ATTRIBUTES_MAX 16

/* Active Directory, MS-ADTS 2.2.16 and 2.2.17 */
#define UAC_DISABLED 0x2
#define UAC_LOCKED   0x10
/* Of accountExpires, in 100 ns since 1601: never is 0 or the greatest number. */
#define FILETIME_UNIX_S UINT64_C(11644473600)
#define FILETIME_NEVER  INT64_MAX

void found_free(struct found *f)
{
    ldap_value_free_len(f->account);
    ldap_value_free_len(f->sid);
    ldap_memfree(f->dn);
    ldap_msgfree(f->result);
    *f = (struct found){NULL};
}

int entry_bind(const struct connection *c, const char *dn, const char *password)
{
    struct berval secret = {.bv_len = strlen(password)};
    struct timeval left;
    int rc = connection_time(c, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    secret.bv_val = (char *)(uintptr_t)password; /* libldap only reads it */
    return ldap_sasl_bind_s(c->ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
}

int entry_search(const struct connection *c, const char *base, int scope, const char *filter,
                 const char *const *attributes, int most, LDAPMessage **out)
{
    char *names[ATTRIBUTES_MAX + 1] = {NULL};
    struct timeval left;
    int rc = connection_time(c, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    for (size_t i = 0; i < ATTRIBUTES_MAX && attributes[i] != NULL; i++)
        names[i] = (char *)(uintptr_t)attributes[i];
    return ldap_search_ext_s(c->ld, base, scope, filter, names, 0, NULL, NULL, &left, most, out);
}

/* One clean value as text. ERR_NOTFOUND: none; ERR_FORMAT: several, or one that is not clean text of this size. */
static enum err read_text(const struct connection *c, LDAPMessage *entry, const char *name, char *out, size_t size)
{
    struct berval **v = ldap_get_values_len(c->ld, entry, name);
    enum err e = ERR_FORMAT;

    out[0] = '\0';
    if (v == NULL || v[0] == NULL)
        e = ERR_NOTFOUND;
    else if (v[1] == NULL && v[0]->bv_len > 0 && v[0]->bv_len < size && text_is_clean(v[0]->bv_val, v[0]->bv_len)) {
        memcpy(out, v[0]->bv_val, v[0]->bv_len);
        out[v[0]->bv_len] = '\0';
        e = OK;
    }
    ldap_value_free_len(v);
    return e;
}

/* What never changes when an account is renamed, and is never given to another. objectGUID is bytes: as hex. */
static void read_identity(const struct connection *c, LDAPMessage *entry, char out[static DIRECTORY_ID_SIZE])
{
    struct berval **v = ldap_get_values_len(c->ld, entry, "objectGUID");

    out[0] = '\0';
    if (v != NULL && v[0] != NULL && v[0]->bv_len == ID_LEN)
        hex_write((const uint8_t *)v[0]->bv_val, ID_LEN, out);
    else if (read_text(c, entry, "entryUUID", out, DIRECTORY_ID_SIZE) != OK)
        out[0] = '\0';
    ldap_value_free_len(v);
}

static int number_is_set(const struct connection *c, LDAPMessage *entry, const char *name, unsigned long bits)
{
    char text[32];

    return read_text(c, entry, name, text, sizeof text) == OK && (strtoul(text, NULL, 10) & bits) != 0;
}

static int is_past(const struct connection *c, LDAPMessage *entry)
{
    const int64_t now_s = (int64_t)(clock_unix_ms() / 1000 + FILETIME_UNIX_S);
    char text[32];
    int64_t at;

    if (read_text(c, entry, "accountExpires", text, sizeof text) != OK)
        return 0;
    at = strtoll(text, NULL, 10);
    return at != 0 && at != FILETIME_NEVER && at / 10000000 <= now_s;
}

/* With a password the directory says so itself; with badge and PIN nobody else would. */
static const char *why_unusable(const struct connection *c, LDAPMessage *entry)
{
    char text[64];

    if (number_is_set(c, entry, "userAccountControl", UAC_DISABLED))
        return "disabled";
    if (number_is_set(c, entry, "msDS-User-Account-Control-Computed", UAC_LOCKED))
        return "locked";
    if (is_past(c, entry))
        return "past its time";
    if (read_text(c, entry, "pwdAccountLockedTime", text, sizeof text) != ERR_NOTFOUND)
        return "locked";
    if (read_text(c, entry, "nsAccountLock", text, sizeof text) == OK && strcasecmp(text, "true") == 0)
        return "disabled";
    return NULL;
}

static enum directory_outcome read_entry(const struct connection *c, LDAPMessage *entry, struct found *f,
                                         struct directory_person *person)
{
    const char *why;

    if ((f->dn = ldap_get_dn(c->ld, entry)) == NULL || f->dn[0] == '\0')
        return DIRECTORY_NO; /* binding as "" would be anonymous */
    /* The one value of the person attribute is who this is; none, several or an unclean one is nobody. */
    if (read_text(c, entry, c->settings->person_attribute, person->person, sizeof person->person) != OK) {
        log_warn("directory_failed", "uri=%s step=person attribute=%s why=not one clean value", c->uri,
                 c->settings->person_attribute);
        return DIRECTORY_MISCONFIGURED;
    }
    if ((why = why_unusable(c, entry)) != NULL) {
        log_info("account_refused", "why=%s", why);
        return DIRECTORY_NO;
    }
    read_identity(c, entry, person->identity);
    if (read_text(c, entry, "displayName", person->display, sizeof person->display) != OK &&
        read_text(c, entry, "cn", person->display, sizeof person->display) != OK)
        person->display[0] = '\0';
    f->account = ldap_get_values_len(c->ld, entry, "sAMAccountName");
    f->sid = ldap_get_values_len(c->ld, entry, "objectSid");
    return DIRECTORY_YES;
}

/* (&(ATTRIBUTE=VALUE)TEMPLATE), the template's own conditions kept and its name any. */
static enum err write_filter(const struct directory_settings *s, const struct directory_question *q,
                             char out[static DIRECTORY_FILTER_MAX])
{
    const char *const attribute = q->kind == DIRECTORY_BY_CARD ? s->card_attribute : s->person_attribute;
    char value[DIRECTORY_FILTER_MAX / 2], any[DIRECTORY_FILTER_MAX / 2];
    enum err e;
    int n;

    if (q->kind == DIRECTORY_PASSWORD || q->kind == DIRECTORY_BY_NAME)
        return directory_filter_write(s->filter, q->name, out, DIRECTORY_FILTER_MAX);
    if ((e = directory_filter_write("%s", q->name, value, sizeof value)) != OK ||
        (e = directory_filter_any(s->filter, any, sizeof any)) != OK)
        return e;
    n = snprintf(out, DIRECTORY_FILTER_MAX, "(&(%s=%s)%s)", attribute, value, any);
    return n > 0 && n < DIRECTORY_FILTER_MAX ? OK : ERR_LIMIT;
}

enum directory_outcome entry_find(const struct connection *c, const struct directory_question *q, struct found *f,
                                  struct directory_person *person)
{
    const char *const attributes[] = {c->settings->person_attribute,
                                      "sAMAccountName",
                                      "objectSid",
                                      "entryUUID",
                                      "objectGUID",
                                      "displayName",
                                      "cn",
                                      "userAccountControl",
                                      "msDS-User-Account-Control-Computed",
                                      "accountExpires",
                                      "pwdAccountLockedTime",
                                      "nsAccountLock",
                                      NULL};
    char filter[DIRECTORY_FILTER_MAX];
    LDAPMessage *entry;
    int rc;

    if (write_filter(c->settings, q, filter) != OK)
        return DIRECTORY_NO;
    /* Two are enough to know that there is not one. */
    rc = entry_search(c, c->settings->base, LDAP_SCOPE_SUBTREE, filter, attributes, 2, &f->result);
    if (rc == LDAP_SIZELIMIT_EXCEEDED)
        return DIRECTORY_NO; /* several hits are no hit */
    if (rc != LDAP_SUCCESS)
        return connection_failed(c, "search", rc);
    if (ldap_count_entries(c->ld, f->result) != 1 || (entry = ldap_first_entry(c->ld, f->result)) == NULL)
        return DIRECTORY_NO;
    return read_entry(c, entry, f, person);
}
