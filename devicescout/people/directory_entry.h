/* SPDX-License-Identifier: Apache-2.0 */
/* directory_entry: one person's entry: found exactly once, read, and judged: may this account be used at all? */
#ifndef DEVICESCOUT_PEOPLE_DIRECTORY_ENTRY_H
#define DEVICESCOUT_PEOPLE_DIRECTORY_ENTRY_H

#include "devicescout/people/directory_connection.h"

struct found { /* start with {NULL} */
    LDAPMessage *result;
    char *dn;
    struct berval **account, **sid;
};
void found_free(struct found *f);

/* Bind; the person's or the service's password. An LDAP result code. */
int entry_bind(const struct connection *c, const char *dn, const char *password);

/* Search for at most most entries. attributes ends in NULL. An LDAP result code. */
int entry_search(const struct connection *c, const char *base, int scope, const char *filter,
                 const char *const *attributes, int most, LDAPMessage **out);

/*
 * Find the one entry that the question means, and read it into *person.
 * DIRECTORY_NO: none, several, or an account that is disabled, locked or past its time.
 */
enum directory_outcome entry_find(const struct connection *c, const struct directory_question *q, struct found *f,
                                  struct directory_person *person);

#endif
