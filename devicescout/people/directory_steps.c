/* SPDX-License-Identifier: Apache-2.0 */
/* directory_steps: the functions of a sign-in, called one by one. */
#include "devicescout/people/directory_steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "devicescout/people/directory_entry.h"
#include "devicescout/people/directory_groups.h"
#include "devicescout/people/directory_server.h"

struct walk {
    const struct directory_settings *settings;
    const char *uri, *name, *password;
    uint64_t deadline_ms;
    directory_step_fn *fn;
    void *arg;
};

static int say(const struct walk *w, const char *what, enum directory_outcome o, const char *detail)
{
    w->fn(w->arg, &(struct directory_step){.server = w->uri, .what = what, .outcome = o, .detail = detail});
    return o == DIRECTORY_YES;
}

static int service_bind(const struct walk *w, const struct connection *c)
{
    const struct directory_settings *s = w->settings;
    enum directory_outcome o = DIRECTORY_YES;
    int rc;

    if (s->bind_dn[0] == '\0')
        return say(w, "look people up", o, "anonymously: ldap-bind-dn is empty");
    if ((rc = entry_bind(c, s->bind_dn, s->password)) != LDAP_SUCCESS)
        o = connection_failed(c, "service-bind", rc);
    return say(w, "sign in to look people up", o, s->bind_dn);
}

static int find_groups(const struct walk *w, const struct connection *c, const struct found *f)
{
    uint64_t in = 0;
    enum directory_outcome o;
    char detail[4096] = "";
    size_t len = 0;

    if (w->settings->groups_len == 0)
        return say(w, "groups", DIRECTORY_YES, "none are configured: everybody may print, nobody administers");
    o = groups_read(c, f->dn, &in);
    for (size_t i = 0; i < w->settings->groups_len; i++) {
        const int n = snprintf(detail + len, sizeof detail - len, "%s%s %s", i > 0 ? "; " : "",
                               (in >> i & 1) != 0 ? "in" : "not in", w->settings->groups[i]);

        if (n < 0 || (size_t)n >= sizeof detail - len)
            break;
        len += (size_t)n;
    }
    return say(w, "groups", o, detail);
}

static int find_person(const struct walk *w, const struct connection *c)
{
    const struct directory_question q = {.kind = DIRECTORY_BY_NAME, .name = w->name, .password = ""};
    struct directory_person p = {.groups = 0};
    struct found f = {NULL};
    char detail[2048];
    enum directory_outcome o = entry_find(c, &q, &f, &p);
    int ok;

    if (o == DIRECTORY_NO)
        snprintf(detail, sizeof detail, "not exactly one usable entry below %s", w->settings->base);
    else
        snprintf(detail, sizeof detail, "%s; person %s, identity %s, called %s", f.dn != NULL ? f.dn : "", p.person,
                 p.identity[0] != '\0' ? p.identity : "none", p.display);
    ok = say(w, "find the person", o, detail) && find_groups(w, c, &f);
    found_free(&f);
    return ok;
}

static int check_password(const struct walk *w)
{
    const struct directory_question q = {.kind = DIRECTORY_PASSWORD, .name = w->name, .password = w->password};
    struct directory_person p;
    const enum directory_outcome o = directory_server_ask(w->settings, w->uri, w->deadline_ms, &q, &p);

    return say(w, "the person's password", o, o == DIRECTORY_YES ? "and the server agrees who that is" : "");
}

static int walk_server(const struct walk *w)
{
    struct connection c;
    const enum directory_outcome o = connection_open(&c, w->settings, w->uri, w->deadline_ms);
    int ok = say(w, "connect, TLS and certificate", o, w->settings->ca_file);

    if (!ok)
        return 0;
    ok = service_bind(w, &c) && (w->name == NULL || find_person(w, &c));
    connection_close(&c);
    if (ok && w->name != NULL && w->password != NULL)
        ok = check_password(w);
    return ok;
}

int directory_steps(struct directory *d, const char *name, const char *password, uint64_t server_ms,
                    directory_step_fn *fn, void *arg)
{
    int ok = 1;

    for (size_t i = 0; directory_uri(d, i) != NULL; i++) {
        const struct walk w = {.settings = directory_settings_of(d),
                               .uri = directory_uri(d, i),
                               .name = name,
                               .password = password,
                               .deadline_ms = clock_boot_ms() + server_ms,
                               .fn = fn,
                               .arg = arg};

        ok &= walk_server(&w);
    }
    return ok;
}
