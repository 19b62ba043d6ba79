/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init: make a site: certificates here, secrets in the keyholder, which is asked through pipes and never runs as this
 * process. The recovery kit is shown once, and kept nowhere.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "crypto/verify.h"
#include "devicescout/conf.h"
#include "devicescout/fleet/ceremony_child.h"
#include "devicescout/fleet/kit_print.h"
#include "devicescout/fleet/panel_address.h"
#include "devicescout/fleet/repeat.h"
#include "devicescout/fleet/scout_state.h"
#include "devicescout/fleet/site_ca.h"
#include "devicescout/owner.h"
#include "devicescout/password.h"
#include "devicescout/verbs.h"

struct init {
    const char *config, *relay_pin, *password_file;
    struct site_ca_opts tls;
    const char *relays[BULLETIN_RELAYS_MAX], *hosts[SITE_CA_HOSTS_MAX];
    size_t relays_len;
    int restore;
};

static enum err read_arguments(int argc, char **argv, struct init *o)
{
    const struct arg args[] = {
        {"relay", "URL", "https://HOST:PORT; may stand there several times", NULL, NULL},
        {"relay-pin", "HEX", "SHA-256 of its public key; default: the key that init makes", &o->relay_pin, NULL},
        {"host", "NAME", "a name or address of this machine; may stand there several times", NULL, NULL},
        {"password-file", "FILE", "password in the first line; default: asked for", &o->password_file, NULL},
        {"certificate", "FILE", "PEM certificate for the panel pages", &o->tls.certificate, NULL},
        {"key", "FILE", "its PEM private key", &o->tls.key, NULL},
        {"restore", NULL, "bring a site back: reads its recovery kit from standard input", NULL, &o->restore},
        {"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &o->config, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "--relay https://HOST:PORT [--host NAME …]",
                                "Make a new site: its keys, its certificates, its recovery kit.", args};
    struct repeat relays = {"--relay", o->relays, BULLETIN_RELAYS_MAX, 0};
    struct repeat hosts = {"--host", o->hosts, SITE_CA_HOSTS_MAX, 0};
    const char *none[1];
    size_t count;

    if (repeat_take(&argc, argv, &relays) != OK || repeat_take(&argc, argv, &hosts) != OK ||
        args_parse(argc, argv, &usage, none, 0, &count) != OK)
        return ERR_CONFIG;
    o->relays_len = relays.len;
    o->tls.hosts = o->hosts;
    o->tls.hosts_len = hosts.len;
    if (relays.len == 0) {
        fprintf(stderr, "%s: say where the relay will be: --relay https://HOST:PORT\n", argv[0]);
        return ERR_CONFIG;
    }
    if ((o->tls.certificate == NULL) != (o->tls.key == NULL)) {
        fprintf(stderr, "%s: --certificate and --key go together\n", argv[0]);
        return ERR_CONFIG;
    }
    return OK;
}

/* The relays, all with one key: the one named, or the one made here. */
static enum err fill_relays(const struct init *o, const char *state, struct ceremony_request *r)
{
    char path[PATH_MAX];
    uint8_t pin[PIN_LEN];
    uint64_t until;

    if (o->relay_pin != NULL) {
        if (hex_read(o->relay_pin, pin, PIN_LEN) != OK) {
            fprintf(stderr, "--relay-pin: 64 lower-case hex digits\n");
            return ERR_CONFIG;
        }
    } else {
        snprintf(path, sizeof path, "%s/" SITE_CA_FOLDER "/relay.crt", state);
        if (site_ca_read(path, pin, &until) != OK) {
            fprintf(stderr, "%s: cannot be read\n", path);
            return ERR_IO;
        }
    }
    for (size_t i = 0; i < o->relays_len; i++) {
        if (!relay_url_is_sound(o->relays[i]) || strlen(o->relays[i]) >= RELAY_URL_SIZE) {
            fprintf(stderr, "--relay: '%s' is not https://HOST:PORT\n", o->relays[i]);
            return ERR_CONFIG;
        }
        memcpy(r->relays[i].url, o->relays[i], strlen(o->relays[i]) + 1);
        memcpy(r->relays[i].pin, pin, PIN_LEN);
    }
    r->relays_len = o->relays_len;
    return OK;
}

static enum err read_kit(char *kit, size_t size)
{
    size_t len;

    if (isatty(STDIN_FILENO))
        fprintf(stderr, "Type the 28 words of the recovery kit, then Ctrl-D on an empty line:\n");
    setvbuf(stdin, NULL, _IONBF, 0); /* no second copy of the words */
    len = fread(kit, 1, size - 1, stdin);
    kit[len] = '\0';
    return len > 0 ? OK : ERR_CONFIG;
}

static enum err ask_password(const struct init *o, char *out, size_t size)
{
    if (o->password_file != NULL)
        return password_from_file(o->password_file, out, size);
    fprintf(stderr, "The site's root key is sealed with a password; it is needed for ceremonies only.\n");
    return password_from_terminal("Password: ", "Again: ", out, size);
}

/* The port that scouts will come to: what follows the last colon, unless that is the scheme's or inside an address. */
static unsigned long port_of(const char *url)
{
    const unsigned long port = strtoul(strrchr(url, ':') + 1, NULL, 10);

    return port > 0 && url[strlen(url) - 1] != ']' ? port : 443;
}

/* What is still to be typed, ready to be copied. */
static void show_next(const struct init *o, const struct conf *c, const uint8_t site_public[static KEY_LEN])
{
    const char *const state = conf_text(c, "state");
    const char *const option = o->config != NULL ? " --config " : "", *const file = o->config != NULL ? o->config : "";
    char site[ID_HEX_SIZE], panels[PANEL_ADDRESS_SIZE];

    id_text(verify_key_id(site_public), site);
    printf("\nThe site is made: %s. Next:\n\n", site);
    if (o->relay_pin == NULL)
        printf("  # for a relay on this machine\n"
               "  install -m 644 %s/" SITE_CA_FOLDER "/relay.crt /etc/latchkey/scoutrelay.crt\n"
               "  install -m 600 -o latchkey-relay %s/" SITE_CA_FOLDER "/relay.key /etc/latchkey/scoutrelay.key\n"
               "  printf 'url = {\"%s\"}\\nport = %lu\\nsites = {\"%s\"}\\n' > /etc/latchkey/scoutrelay.conf\n"
               "  systemctl enable --now scoutrelay\n",
               state, state, o->relays[0], port_of(o->relays[0]), site);
    printf("  systemctl enable --now devicescout-keyholder devicescout\n"
           "  devicescout printer add NAME HOST%s%s\n"
           "  devicescout panel add NAME%s%s\n"
           "  devicescout invite --for PERSON%s%s\n\n"
           "Panels are at https://%s/panel/NAME; if this machine has another name:\n"
           "  devicescout certificate renew --host OTHER%s%s\n"
           "Browsers trust them once they have %s/" SITE_CA_FOLDER "/ca.crt.\n",
           option, file, option, file, option, file, panel_address(c, panels), option, file, state);
}

static enum err show(const struct init *o, const struct conf *c, const struct ceremony_answer *a)
{
    enum err e;

    printf("RECOVERY KIT. Write it down or print it, and lock it away: it is shown this once.\n"
           "Who has it can be this site; without it and the password nobody can bring the site back.\n\n");
    if ((e = kit_print(a->kit)) != OK)
        return e;
    show_next(o, c, a->bulletin + 1); /* the site's key stands behind the version byte */
    return fflush(stdout) == 0 ? OK : ERR_IO;
}

/* The password comes first: nothing is made before it is known to be usable. */
static enum err make(const struct init *o, const struct conf *c, struct scout_state *s, struct ceremony_request *r,
                     struct ceremony_answer *a)
{
    const char *const state = conf_text(c, "state");
    enum err e;

    if (o->restore && read_kit(r->kit, sizeof r->kit) != OK) {
        fprintf(stderr, "No recovery kit came on standard input.\n");
        return ERR_CONFIG;
    }
    if ((e = ask_password(o, r->password, sizeof r->password)) != OK || (e = site_ca_make(state, &o->tls)) != OK ||
        (e = fill_relays(o, state, r)) != OK)
        return e;
    memcpy(r->scout_sign, s->keys->sign_public, KEY_LEN);
    memcpy(r->scout_box, s->keys->box_public, KEY_LEN);
    if ((e = ceremony_child_run(o->config, r, a)) != OK)
        return e;
    if ((e = scout_state_end(s, a->certificate)) != OK || (e = owner_give(state, conf_text(c, "scout-user"))) != OK)
        fprintf(stderr, "%s: %s\n", state, err_text(e));
    return e;
}

enum err verb_init(int argc, char **argv)
{
    struct init o = {.config = NULL};
    struct scout_state s = {.dirfd = -1, .lock = -1};
    struct ceremony_request *r = secret_new(sizeof *r);
    struct ceremony_answer *a = secret_new(sizeof *a);
    struct conf *c = NULL;
    enum err e = ERR_NOMEM;

    if (r == NULL || a == NULL)
        goto out;
    if ((e = read_arguments(argc, argv, &o)) != OK || (e = devicescout_conf_read(o.config, &c)) != OK)
        goto out;
    if ((e = scout_state_begin(conf_text(c, "state"), &s)) != OK)
        goto out;
    if ((e = make(&o, c, &s, r, a)) != OK)
        goto out;
    e = show(&o, c, a);
out:
    scout_state_close(&s);
    secret_free(a);
    secret_free(r);
    conf_free(c);
    return e;
}
