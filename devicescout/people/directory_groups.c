/* SPDX-License-Identifier: Apache-2.0 */
/* directory_groups: from the person upwards, a level at a time; Active Directory walks by itself. */
#include "devicescout/people/directory_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "devicescout/people/directory_entry.h"

#define WALK_MAX 500 /* groups that one person may be in, through others; a circle ends by itself */

struct walk {
    char *dns[WALK_MAX]; /* [0] is the person */
    size_t len;
};

static int add(struct walk *w, char *dn)
{
    for (size_t i = 0; i < w->len; i++) {
        if (directory_same_dn(w->dns[i], dn)) {
            ldap_memfree(dn);
            return 1;
        }
    }
    if (w->len == WALK_MAX) {
        ldap_memfree(dn);
        return 0;
    }
    w->dns[w->len++] = dn;
    return 1;
}

/* DNs are values of a filter like any other: escaped, they stay values. */
static enum err write_filter(const struct directory_settings *s, const char *dn, char out[static DIRECTORY_FILTER_MAX])
{
    char value[DIRECTORY_FILTER_MAX / 2];
    enum err e;
    int n;

    if ((e = directory_value_write(dn, value, sizeof value)) != OK)
        return e;
    if (s->nesting == DIRECTORY_NESTING_AD) /* LDAP_MATCHING_RULE_IN_CHAIN */
        n = snprintf(out, DIRECTORY_FILTER_MAX, "(member:1.2.840.113556.1.4.1941:=%s)", value);
    else
        n = snprintf(out, DIRECTORY_FILTER_MAX, "(|(member=%.1500s)(uniqueMember=%.1500s))", value, value);
    return n > 0 && n < DIRECTORY_FILTER_MAX && strlen(value) <= 1500 ? OK : ERR_LIMIT;
}

/* The groups that have this one, or this person, as a member. */
static enum directory_outcome step(const struct connection *c, struct walk *w, const char *dn)
{
    static const char *const none[] = {LDAP_NO_ATTRS, NULL};
    char filter[DIRECTORY_FILTER_MAX];
    LDAPMessage *result = NULL;
    enum directory_outcome o = DIRECTORY_YES;
    int rc;

    if (write_filter(c->settings, dn, filter) != OK)
        return DIRECTORY_YES; /* a DN that long is in no group that anybody named */
    rc = entry_search(c, c->settings->group_base, LDAP_SCOPE_SUBTREE, filter, none, WALK_MAX, &result);
    if (rc != LDAP_SUCCESS && rc != LDAP_SIZELIMIT_EXCEEDED)
        o = connection_failed(c, "groups", rc);
    for (LDAPMessage *entry = o == DIRECTORY_YES ? ldap_first_entry(c->ld, result) : NULL; entry != NULL;
         entry = ldap_next_entry(c->ld, entry)) {
        char *group = ldap_get_dn(c->ld, entry);

        if (group != NULL && !add(w, group)) {
            log_warn("groups_cut", "uri=%s most=%d", c->uri, WALK_MAX);
            break;
        }
    }
    ldap_msgfree(result);
    return o;
}

enum directory_outcome groups_read(const struct connection *c, const char *dn, uint64_t *in)
{
    const struct directory_settings *s = c->settings;
    struct walk *w = NULL;
    enum directory_outcome o = DIRECTORY_YES;
    size_t most;

    *in = 0;
    if (s->groups_len == 0)
        return o;
    if ((w = calloc(1, sizeof *w)) == NULL || (w->dns[0] = ldap_strdup(dn)) == NULL) {
        free(w);
        return DIRECTORY_DOWN;
    }
    w->len = 1;
    most = s->nesting == DIRECTORY_NESTING_WALK ? WALK_MAX : 1; /* whose members are asked for */
    for (size_t i = 0; o == DIRECTORY_YES && i < w->len && i < most; i++)
        o = step(c, w, w->dns[i]);
    for (size_t i = 1; o == DIRECTORY_YES && i < w->len; i++) {
        for (size_t g = 0; g < s->groups_len; g++) {
            if (directory_same_dn(w->dns[i], s->groups[g]))
                *in |= UINT64_C(1) << g;
        }
    }
    for (size_t i = 0; i < w->len; i++)
        ldap_memfree(w->dns[i]);
    free(w);
    return o;
}
