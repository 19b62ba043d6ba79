/* SPDX-License-Identifier: Apache-2.0 */
/* reader: `devicescout reader`: each card that is put on a PC/SC reader of this computer goes to the panel beside it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "crypto/secret.h"
#include "devicescout/password.h"
#include "devicescout/reader/card.h"
#include "devicescout/reader/post.h"
#include "devicescout/verbs.h"

#define WAIT_MS    1000 /* between two looks at whether it is to end */
#define AGAIN_S    2    /* until pcscd is tried again */
#define TOKEN_SIZE 128

static volatile sig_atomic_t ending;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

static enum err bring(struct post *p, const uint8_t *uid, size_t len)
{
    char badge[2 * CARD_UID_MAX + 1];
    enum err e;

    hex_write(uid, len, badge);
    e = post_badge(p, badge);
    secret_wipe(badge, sizeof badge);
    if (e == ERR_REFUSED)
        log_error("token_refused", "next=devicescout reader add PRINTER");
    else
        log_info("swipe", "outcome=%s", err_name(e));
    return e;
}

/* Until a signal, or a token that is not good any more. */
static enum err serve(struct post *p)
{
    uint8_t uid[CARD_UID_MAX];
    struct cards *c = NULL;
    size_t len = 0;
    enum err e = OK;

    while (!ending && e != ERR_REFUSED) {
        if (c == NULL && cards_open(&c) != OK) {
            log_warn("no_reader", "why=pcscd does not answer; again_s=%d", AGAIN_S);
            sleep(AGAIN_S);
            continue;
        }
        if ((e = cards_next(c, WAIT_MS, uid, &len)) == OK) {
            e = bring(p, uid, len);
        } else if (e == ERR_UNREACHABLE) {
            cards_close(c);
            c = NULL;
        }
    }
    secret_wipe(uid, sizeof uid);
    cards_close(c);
    return ending ? OK : e;
}

static enum err start(const struct post_opts *opts, const char *token_file)
{
    const struct sigaction act = {.sa_handler = on_signal};
    char *token = secret_new(TOKEN_SIZE);
    struct post_opts with = *opts;
    struct post *p = NULL;
    enum err e = ERR_NOMEM;

    if (token == NULL)
        goto out;
    if ((e = password_line(token_file, token, TOKEN_SIZE)) != OK)
        goto out;
    with.token = token;
    if ((e = post_new(&with, &p)) != OK || (e = sandbox_no_dumps()) != OK)
        goto out;
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    log_start("devicescout-reader", LOG_INFO_);
    log_info("started", "server=%s", opts->server);
    e = serve(p);
out:
    post_free(p);
    secret_free(token);
    return e;
}

enum err verb_reader(int argc, char **argv)
{
    const char *server = NULL, *token_file = NULL, *ca = "", *none[1];
    const struct arg args[] = {
        {"server", "URL", "the device scout: https://HOST:4321", &server, NULL},
        {"token-file", "FILE", "what `devicescout reader add PRINTER` printed", &token_file, NULL},
        {"ca", "FILE", "PEM; the site's CA (tls/ca.crt). Without it the system's", &ca, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct usage usage = {argv[0], "--server URL --token-file FILE [--ca FILE]",
                                "Bring each card on this computer's PC/SC readers to the panel, until SIGTERM.", args};
    size_t count = 0;
    enum err e;

    if ((e = args_parse(argc, argv, &usage, none, 0, &count)) != OK)
        return e;
    if (server == NULL || token_file == NULL || strncmp(server, "https://", 8) != 0) {
        fprintf(stderr, "%s: --server https://… and --token-file are wanted\n", argv[0]);
        return ERR_CONFIG;
    }
    return start(&(struct post_opts){.server = server, .ca_file = ca}, token_file);
}
