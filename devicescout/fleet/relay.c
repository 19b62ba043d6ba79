/* SPDX-License-Identifier: Apache-2.0 */
/* relay: say which relays the site uses, each with the key that scouts pin. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "devicescout/fleet/admin.h"
#include "devicescout/fleet/site_ca.h"
#include "devicescout/verbs.h"

/* "URL" or "URL=PIN". Without a pin it is the relay that uses the certificate made by init. */
static enum err read_relay(const char *text, const uint8_t *own_pin, struct bulletin_relay *r)
{
    const char *equals = strchr(text, '=');
    const size_t len = equals != NULL ? (size_t)(equals - text) : strlen(text);

    if (len >= sizeof r->url) {
        fprintf(stderr, "'%s' is too long for a URL\n", text);
        return ERR_CONFIG;
    }
    memcpy(r->url, text, len);
    r->url[len] = '\0';
    if (!relay_url_is_sound(r->url)) {
        fprintf(stderr, "'%s' is not https://HOST:PORT\n", r->url);
        return ERR_CONFIG;
    }
    if (equals != NULL && hex_read(equals + 1, r->pin, PIN_LEN) != OK) {
        fprintf(stderr, "The pin of %s is 64 lower-case hex digits: SHA-256 of its public key\n", r->url);
        return ERR_CONFIG;
    }
    if (equals == NULL && own_pin == NULL) {
        fprintf(stderr, "There is no certificate of init's for %s: give its pin, URL=PIN\n", r->url);
        return ERR_CONFIG;
    }
    if (equals == NULL)
        memcpy(r->pin, own_pin, PIN_LEN);
    return OK;
}

static enum err write_relays(struct admin *a, const char *const *texts, size_t count, struct wbuf *w)
{
    char path[PATH_MAX];
    uint8_t pin[PIN_LEN];
    uint64_t until;
    int own;
    enum err e;

    snprintf(path, sizeof path, "%s/" SITE_CA_FOLDER "/relay.crt", conf_text(a->conf, "state"));
    own = site_ca_read(path, pin, &until) == OK;
    if ((e = wbuf_u8(w, (uint8_t)count)) != OK)
        return e;
    for (size_t i = 0; i < count; i++) {
        struct bulletin_relay r;

        if ((e = read_relay(texts[i], own ? pin : NULL, &r)) != OK || (e = wbuf_text16(w, r.url)) != OK ||
            (e = wbuf_copy(w, r.pin, PIN_LEN)) != OK)
            return e;
    }
    return OK;
}

enum err verb_relay_set(int argc, char **argv)
{
    const char *config = NULL, *operands[BULLETIN_RELAYS_MAX + 1] = {NULL};
    const struct arg args[] = {{"config", "FILE", "configuration; default " DEVICESCOUT_CONF_DEFAULT, &config, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {
        argv[0], "URL[=PIN] …",
        "Use exactly these relays. PIN is the SHA-256 of the relay's public key in hex; without "
        "it, the key that init made.",
        args};
    uint8_t body[1 + BULLETIN_RELAYS_MAX * (2 + RELAY_URL_SIZE + PIN_LEN)];
    struct wbuf w = wbuf_of(body, sizeof body);
    struct admin *a = NULL;
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, operands, BULLETIN_RELAYS_MAX, &count)) != OK)
        goto out;
    if (count == 0) {
        fprintf(stderr, "%s: say which: https://HOST:PORT\n", argv[0]);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = admin_open(config, &a)) != OK || (e = write_relays(a, operands, count, &w)) != OK ||
        (e = admin_ask(a, KH_RELAYS, body, w.len)) != OK)
        goto out;
    printf("The site uses %zu relay%s from now on; the next bulletin tells everybody.\n", count, count == 1 ? "" : "s");
out:
    admin_close(a);
    return e;
}
