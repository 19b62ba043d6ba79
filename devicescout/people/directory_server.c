/* SPDX-License-Identifier: Apache-2.0 */
/* directory_server: exactly one hit, a bind that is proved by asking who it made us, no referral, no alias. */
#include "devicescout/people/directory_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "devicescout/people/directory_entry.h"
#include "devicescout/people/directory_groups.h"

/* For servers without "Who am I?": the new connection must be able to read that very entry. */
static enum directory_outcome sees_itself(const struct connection *c, const struct found *f)
{
    static const char *const none[] = {LDAP_NO_ATTRS, NULL};
    LDAPMessage *result = NULL, *entry;
    char *dn = NULL;
    int rc = entry_search(c, f->dn, LDAP_SCOPE_BASE, "(objectClass=*)", none, 2, &result);
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
    rc = entry_bind(&c, f->dn, password);
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

/* What the service's own connection can say, and what only the person's can. */
static enum directory_outcome ask(const struct connection *c, const struct directory_question *q,
                                  struct directory_person *person)
{
    struct found f = {NULL};
    enum directory_outcome o;

    if ((o = entry_find(c, q, &f, person)) != DIRECTORY_YES)
        goto out;
    if (q->gate != NULL && q->gate(q->gate_arg, person->person) != OK) {
        o = DIRECTORY_TOO_OFTEN;
        goto out;
    }
    if ((o = groups_read(c, f.dn, &person->groups)) != DIRECTORY_YES)
        goto out;
    if (q->kind == DIRECTORY_PASSWORD)
        o = be_the_person(c, &f, q->password);
out:
    found_free(&f);
    return o;
}

enum directory_outcome directory_server_ask(const struct directory_settings *s, const char *uri,
                                            uint64_t deadline_boot_ms, const struct directory_question *q,
                                            struct directory_person *person)
{
    struct connection c;
    enum directory_outcome o;
    int rc;

    *person = (struct directory_person){.groups = 0};
    if (q->kind == DIRECTORY_PASSWORD && q->password[0] == '\0')
        return DIRECTORY_NO; /* a bind with a name and no password is anonymous, RFC 4513 §5.1.2 */
    if ((o = connection_open(&c, s, uri, deadline_boot_ms)) != DIRECTORY_YES)
        return o;
    if (s->bind_dn[0] != '\0' && (rc = entry_bind(&c, s->bind_dn, s->password)) != LDAP_SUCCESS)
        o = connection_failed(&c, "service-bind", rc);
    else
        o = ask(&c, q, person);
    connection_close(&c);
    return o;
}
