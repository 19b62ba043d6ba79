/* SPDX-License-Identifier: Apache-2.0 */
/* directory_text: escaping going out, strict comparison coming back. */
#include "devicescout/people/directory_text.h"

#include <ldap.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SID_PARTS_MAX 15

enum err directory_filter_check(const char *template)
{
    int places = 0;

    if (template[0] != '(')
        return ERR_FORMAT;
    for (const char *at = template; *at != '\0'; at++) {
        if (*at != '%')
            continue;
        if (*++at != 's')
            return ERR_FORMAT;
        places++;
    }
    return places > 0 ? OK : ERR_FORMAT;
}

static int is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Returns how many bytes were written, 0 when they do not fit. */
static size_t escape(const char *name, char *out, size_t size)
{
    size_t len = 0;

    for (; *name != '\0'; name++) {
        if (len + 4 > size)
            return 0;
        if (is_plain(*name))
            out[len++] = *name;
        else
            len += (size_t)snprintf(out + len, 4, "\\%02x", (unsigned char)*name);
    }
    return len;
}

enum err directory_filter_write(const char *template, const char *name, char *out, size_t size)
{
    size_t len = 0;

    if (name[0] == '\0')
        return ERR_FORMAT;
    if (strlen(name) > DIRECTORY_NAME_MAX)
        return ERR_LIMIT;
    for (const char *at = template; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] == 's') {
            size_t n = escape(name, out + len, size - len);

            if (n == 0)
                return ERR_LIMIT;
            len += n;
            at++;
        } else {
            if (len + 1 >= size)
                return ERR_LIMIT;
            out[len++] = *at;
        }
    }
    if (len >= size)
        return ERR_LIMIT;
    out[len] = '\0';
    return OK;
}

enum err directory_filter_any(const char *template, char *out, size_t size)
{
    size_t len = 0;

    for (const char *at = template; *at != '\0'; at++) {
        const int is_name = at[0] == '%' && at[1] == 's';

        if (len + 1 >= size)
            return ERR_LIMIT;
        out[len++] = is_name ? '*' : *at;
        at += is_name;
    }
    out[len] = '\0';
    return OK;
}

enum err directory_value_write(const char *value, char *out, size_t size)
{
    const size_t len = escape(value, out, size);

    if (len == 0 || len >= size)
        return ERR_LIMIT;
    out[len] = '\0';
    return OK;
}

static int same_bytes(const struct berval *a, const struct berval *b)
{
    return a->bv_len == b->bv_len && strncasecmp(a->bv_val, b->bv_val, a->bv_len) == 0 &&
           memchr(a->bv_val, '\0', a->bv_len) == NULL;
}

/* One RDN may have several parts, in any order. */
static int same_rdn(LDAPRDN a, LDAPRDN b)
{
    size_t na = 0, nb = 0;

    while (a[na] != NULL)
        na++;
    while (b[nb] != NULL)
        nb++;
    if (na != nb)
        return 0;
    for (size_t i = 0; i < na; i++) {
        size_t k = 0;

        while (k < nb && !(same_bytes(&a[i]->la_attr, &b[k]->la_attr) && same_bytes(&a[i]->la_value, &b[k]->la_value)))
            k++;
        if (k == nb)
            return 0;
    }
    return 1;
}

int directory_same_dn(const char *a, const char *b)
{
    LDAPDN x = NULL, y = NULL;
    size_t i = 0;
    int same = 0;

    if (ldap_str2dn(a, &x, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || x == NULL)
        goto out;
    if (ldap_str2dn(b, &y, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || y == NULL)
        goto out;
    while (x[i] != NULL && y[i] != NULL && same_rdn(x[i], y[i]))
        i++;
    same = i > 0 && x[i] == NULL && y[i] == NULL;
out:
    ldap_dnfree(x);
    ldap_dnfree(y);
    return same;
}

enum err directory_sid_text(const uint8_t *sid, size_t len, char out[static SID_TEXT_SIZE])
{
    uint64_t authority = 0;
    size_t parts, at;

    if (len < 8 || sid[0] != 1)
        return ERR_FORMAT;
    parts = sid[1];
    if (parts > SID_PARTS_MAX || len != 8 + 4 * parts)
        return ERR_FORMAT;
    for (size_t i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    at = (size_t)snprintf(out, SID_TEXT_SIZE, "S-1-%llu", (unsigned long long)authority);
    for (size_t i = 0; i < parts; i++) { /* little-endian, as Microsoft stores them */
        const uint8_t *p = sid + 8 + 4 * i;
        uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

        at += (size_t)snprintf(out + at, SID_TEXT_SIZE - at, "-%u", v);
    }
    return OK;
}

static int is_user(const char *user, const struct directory_entry *entry)
{
    const char *slash = strchr(user, '\\');
    char sid[SID_TEXT_SIZE];

    if (entry->sid != NULL && directory_sid_text(entry->sid, entry->sid_len, sid) == OK && strcasecmp(user, sid) == 0)
        return 1;
    return entry->account != NULL && entry->account[0] != '\0' &&
           strcasecmp(slash != NULL ? slash + 1 : user, entry->account) == 0;
}

int directory_is_entry(const char *authzid, size_t len, const struct directory_entry *entry)
{
    char text[1024];

    if (len >= sizeof text || memchr(authzid, '\0', len) != NULL)
        return 0;
    memcpy(text, authzid, len);
    text[len] = '\0';
    if (strncmp(text, "dn:", 3) == 0)
        return directory_same_dn(text + 3, entry->dn);
    if (strncmp(text, "u:", 2) == 0)
        return is_user(text + 2, entry);
    return 0;
}
