/* SPDX-License-Identifier: Apache-2.0 */
/* directory_server: exactly one hit, a bind that is proved by asking who it made us, no referral, no alias. */
#include "devicescout/people/directory_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

struct found { /* the one entry */
    LDAPMessage *result;
    char *dn;
    struct berval **person, **account, **sid;
};

static void found_free(struct found *f)
{
    ldap_value_free_len(f->person);
    ldap_value_free_len(f->account);
    ldap_value_free_len(f->sid);
    ldap_memfree(f->dn);
    ldap_msgfree(f->result);
}

static int bind_as(const struct connection *c, const char *dn, const char *password)
{
    struct berval secret = {.bv_len = strlen(password)};
    struct timeval left;
    int rc = connection_time(c, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    secret.bv_val = (char *)(uintptr_t)password; /* libldap only reads it */
    return ldap_sasl_bind_s(c->ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
}

static int search(const struct connection *c, const char *base, int scope, const char *filter,
                  const char *const *attributes, LDAPMessage **out)
{
    char *names[4] = {NULL};
    struct timeval left;
    int rc = connection_time(c, &left);

    if (rc != LDAP_SUCCESS)
        return rc;
    for (size_t i = 0; i < 3 && attributes[i] != NULL; i++)
        names[i] = (char *)(uintptr_t)attributes[i];
    /* Two are enough to know that there is not one. */
    return ldap_search_ext_s(c->ld, base, scope, filter, names, 0, NULL, NULL, &left, 2, out);
}

/* The one value of the person attribute is who this is; none, several or an unclean one is nobody. */
static enum directory_outcome read_person(const struct connection *c, const struct found *f,
                                          char person[static PERSON_SIZE])
{
    struct berval **v = f->person;

    if (v == NULL || v[0] == NULL || v[1] != NULL || v[0]->bv_len == 0 || v[0]->bv_len >= PERSON_SIZE ||
        !text_is_clean(v[0]->bv_val, v[0]->bv_len)) {
        log_warn("directory_failed", "uri=%s step=person attribute=%s why=not one clean value", c->uri,
                 c->settings->person_attribute);
        return DIRECTORY_MISCONFIGURED;
    }
    memcpy(person, v[0]->bv_val, v[0]->bv_len);
    person[v[0]->bv_len] = '\0';
    return DIRECTORY_YES;
}

static enum directory_outcome find(const struct connection *c, const char *name, struct found *f)
{
    const char *const attributes[] = {c->settings->person_attribute, "sAMAccountName", "objectSid", NULL};
    char filter[DIRECTORY_FILTER_MAX];
    LDAPMessage *entry;
    int rc;

    if (directory_filter_write(c->settings->filter, name, filter, sizeof filter) != OK)
        return DIRECTORY_NO;
    rc = search(c, c->settings->base, LDAP_SCOPE_SUBTREE, filter, attributes, &f->result);
    if (rc == LDAP_SIZELIMIT_EXCEEDED)
        return DIRECTORY_NO; /* several hits are no hit */
    if (rc != LDAP_SUCCESS)
        return connection_failed(c, "search", rc);
    if (ldap_count_entries(c->ld, f->result) != 1 || (entry = ldap_first_entry(c->ld, f->result)) == NULL)
        return DIRECTORY_NO;
    if ((f->dn = ldap_get_dn(c->ld, entry)) == NULL || f->dn[0] == '\0')
        return DIRECTORY_NO; /* binding as "" would be anonymous */
    f->person = ldap_get_values_len(c->ld, entry, c->settings->person_attribute);
    f->account = ldap_get_values_len(c->ld, entry, "sAMAccountName");
    f->sid = ldap_get_values_len(c->ld, entry, "objectSid");
    return DIRECTORY_YES;
}

/* For servers without "Who am I?": the new connection must be able to read that very entry. */
static enum directory_outcome sees_itself(const struct connection *c, const struct found *f)
{
    static const char *const none[] = {LDAP_NO_ATTRS, NULL};
    LDAPMessage *result = NULL, *entry;
    char *dn = NULL;
    int rc = search(c, f->dn, LDAP_SCOPE_BASE, "(objectClass=*)", none, &result);
    enum directory_outcome o = DIRECTORY_NO;

    if (rc != LDAP_SUCCESS) {
        o = connection_failed(c, "base-search", rc);
    } else if (ldap_count_entries(c->ld, result) == 1 && (entry = ldap_first_entry(c->ld, result)) != NULL) {
        dn = ldap_get_dn(c->ld, entry);
        if (dn != NULL && directory_same_dn(dn, f->dn))
            o = DIRECTORY_YES;
    }
    ldap_memfree(dn);
    ldap_msgfree(result);
    return o;
}

/* A bind that succeeded is not yet a proof: some servers answer "success" and stay anonymous. */
static enum directory_outcome who_am_i(const struct connection *c, const struct found *f)
{
    struct directory_entry entry = {.dn = f->dn};
    struct berval *authzid = NULL;
    struct timeval left;
    enum directory_outcome o = DIRECTORY_NO;
    int rc = connection_time(c, &left);

    if (rc == LDAP_SUCCESS)
        rc = ldap_whoami_s(c->ld, &authzid, NULL, NULL);
    if (rc == LDAP_PROTOCOL_ERROR || rc == LDAP_NOT_SUPPORTED)
        return sees_itself(c, f);
    if (rc != LDAP_SUCCESS)
        return connection_failed(c, "whoami", rc);
    if (f->account != NULL && f->account[0] != NULL)
        entry.account = f->account[0]->bv_val;
    if (f->sid != NULL && f->sid[0] != NULL) {
        entry.sid = (const uint8_t *)f->sid[0]->bv_val;
        entry.sid_len = f->sid[0]->bv_len;
    }
    if (authzid != NULL && authzid->bv_val != NULL && directory_is_entry(authzid->bv_val, authzid->bv_len, &entry))
        o = DIRECTORY_YES;
    else
        log_warn("directory_failed", "uri=%s step=whoami why=the connection is not who it was bound as", c->uri);
    ber_bvfree(authzid);
    return o;
}

/* On a connection of its own, so that nothing the service may do is left on it. */
static enum directory_outcome be_the_person(const struct connection *service, const struct found *f,
                                            const char *password)
{
    struct connection c;
    enum directory_outcome o = connection_open(&c, service->settings, service->uri, service->deadline_boot_ms);
    int rc;

    if (o != DIRECTORY_YES)
        return o;
    rc = bind_as(&c, f->dn, password);
    switch (rc) {
    case LDAP_SUCCESS:
        o = who_am_i(&c, f);
        break;
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_TIMEOUT:
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        o = connection_failed(&c, "user-bind", rc);
        break;
    default: /* wrong password, locked, expired, disabled */
        o = DIRECTORY_NO;
    }
    connection_close(&c);
    return o;
}

enum directory_outcome directory_server_ask(const struct directory_settings *s, const char *uri,
                                            uint64_t deadline_boot_ms, const struct directory_question *q,
                                            char person[static PERSON_SIZE])
{
    struct found f = {NULL};
    struct connection c;
    enum directory_outcome o;
    int rc;

    person[0] = '\0';
    if (q->password[0] == '\0')
        return DIRECTORY_NO; /* a bind with a name and no password is anonymous, RFC 4513 §5.1.2 */
    if ((o = connection_open(&c, s, uri, deadline_boot_ms)) != DIRECTORY_YES)
        return o;
    if (s->bind_dn[0] != '\0' && (rc = bind_as(&c, s->bind_dn, s->password)) != LDAP_SUCCESS) {
        o = connection_failed(&c, "service-bind", rc);
        goto out;
    }
    if ((o = find(&c, q->name, &f)) != DIRECTORY_YES)
        goto out;
    if ((o = read_person(&c, &f, person)) != DIRECTORY_YES)
        goto out;
    if (q->gate != NULL && q->gate(q->gate_arg, person) != OK) {
        o = DIRECTORY_TOO_OFTEN;
        goto out;
    }
    o = be_the_person(&c, &f, q->password);
out:
    found_free(&f);
    connection_close(&c);
    return o;
}
