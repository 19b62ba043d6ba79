/* SPDX-License-Identifier: Apache-2.0 */
/* scout_add: a device scout for a site that is there: after its folder was lost, or as one more; and its certificate.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/repeat.h"
#include "devicescout/fleet/scout_state.h"
#include "devicescout/fleet/site_ca.h"
#include "devicescout/owner.h"
#include "devicescout/verbs.h"

struct names {
    const char *config;
    const char *hosts[SITE_CA_HOSTS_MAX];
    struct site_ca_opts tls;
};

static enum err read_arguments(int argc, char **argv, const char *purpose, struct names *o)
{
    const struct arg args[] = {
        {"host", "NAME", "a name or address of this machine; may stand there several times", NULL, NULL},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "[--host NAME …]", purpose, args};
    struct repeat hosts = {"--host", o->hosts, SITE_CA_HOSTS_MAX, 0};
    const char *none[1];
    size_t count;

    if (repeat_take(&argc, argv, &hosts) != OK)
        return ERR_CONFIG;
    o->tls.hosts = o->hosts;
    o->tls.hosts_len = hosts.len;
    return args_parse(argc, argv, &usage, none, 0, &count);
}

static enum err add(struct admin *a, const struct names *o, struct scout_state *s)
{
    const char *const state = conf_text(a->conf, "state");
    uint8_t body[2 * KEY_LEN];
    enum err e;

    if ((e = scout_state_begin(state, s)) != OK || (e = site_ca_make(state, &o->tls)) != OK)
        return e;
    memcpy(body, s->keys->sign_public, KEY_LEN);
    memcpy(body + KEY_LEN, s->keys->box_public, KEY_LEN);
    if ((e = admin_ask(a, KH_SCOUT_ADD, body, sizeof body)) != OK)
        return e;
    if (a->answer_len != CERTIFICATE_LEN)
        return ERR_FORMAT;
    if ((e = scout_state_end(s, a->answer)) == OK)
        e = owner_give(state, conf_text(a->conf, "scout-user"));
    return e;
}

enum err verb_scout_add(int argc, char **argv)
{
    struct scout_state s = {.dirfd = -1, .lock = -1};
    struct names o = {.config = NULL};
    struct admin *a = NULL;
    char node[ID_HEX_SIZE];
    enum err e;

    if ((e = read_arguments(argc, argv, "Make this device scout's keys and have the keyholder certify them.", &o)) !=
            OK ||
        (e = admin_open(o.config, &a)) != OK || (e = add(a, &o, &s)) != OK)
        goto out;
    printf("Device scout %s belongs to the site. Next: systemctl enable --now devicescout\n",
           id_text(s.keys->node, node));
out:
    scout_state_close(&s);
    admin_close(a);
    return e;
}

/* The certificate is made without the keyholder, so its log may have to do without the line. */
static void record_renewal(const struct conf *c)
{
    struct kh_client *keyholder = NULL;
    uint8_t body[64];
    struct wbuf b = wbuf_of(body, sizeof body);

    if (wbuf_text16(&b, "certificate_renewed") != OK || wbuf_text16(&b, "") != OK ||
        kh_connect(conf_text(c, "admin-socket"), &keyholder) != OK ||
        kh_ask(keyholder, KH_AUDIT, b.start, b.len, NULL, NULL, NULL, 0) != OK)
        fprintf(stderr, "This is not in the audit log: the keyholder does not answer.\n");
    kh_close(keyholder);
}

enum err verb_certificate_renew(int argc, char **argv)
{
    struct names o = {.config = NULL};
    struct conf *c = NULL;
    enum err e;

    if ((e = read_arguments(argc, argv,
                            "Issue the panel pages' certificate anew by the site's authority, for the same key; name "
                            "the hosts as for init.",
                            &o)) != OK ||
        (e = devicescout_conf_read(o.config, &c)) != OK)
        goto out;
    if ((e = site_ca_renew(conf_text(c, "state"), &o.tls)) == OK &&
        (e = owner_give(conf_text(c, "state"), conf_text(c, "scout-user"))) == OK) {
        record_renewal(c);
        printf("Renewed. Next: systemctl reload devicescout\n");
    }
out:
    conf_free(c);
    return e;
}
