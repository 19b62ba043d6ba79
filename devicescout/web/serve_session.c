/* SPDX-License-Identifier: Apache-2.0 */
/* serve_session: sign in, stay, sign out. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "devicescout/web/device.h"
#include "devicescout/web/fast_release.h"
#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"

#define COOKIE_RULES "Path=/api; Secure; HttpOnly; SameSite=Strict"

static void set_cookie(struct request *r, const char *token, const char *more)
{
    char cookie[SESSION_TOKEN_SIZE + 128];

    snprintf(cookie, sizeof cookie, COOKIE_NAME "=%s; " COOKIE_RULES "%s", token, more);
    reply_header(r, MHD_HTTP_HEADER_SET_COOKIE, cookie);
}

/* A badge alone would not do here, so whoever has no PIN is asked to choose one. */
static int wants_pin(const struct web *w)
{
    return w->opts.prover != NULL && !w->opts.prover->rules.badge_alone;
}

static json_t *fast_release_now(struct web *w, const char *token, const char *address, const struct printer *p)
{
    const struct session *s = sessions_find(w->opts.sessions, token, address, clock_boot_ms(), 0);

    return s != NULL ? fast_release(&w->opts, s, p) : json_null();
}

static void welcome(struct request *r, const struct printer *p, const struct proven *who)
{
    struct web *w = r->web;
    struct session want = {.groups = who->groups,

                           .authentication = who->authentication,
                           .printer = p->id,
                           .may_administer = who->may_administer};
    char token[SESSION_TOKEN_SIZE];

    snprintf(want.person, sizeof want.person, "%s", who->person);
    snprintf(want.address, sizeof want.address, "%s", r->address);
    memcpy(want.panel, r->panel_hash, sizeof want.panel);
    memcpy(want.badge, who->badge, sizeof want.badge);
    if (sessions_start(w->opts.sessions, &want, clock_boot_ms(), token) != OK) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too many people are signed in.");
        return;
    }
    web_look_delegates(w, who->person);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:I, s:s, s:s, s:b, s:i, s:b, s:o, s:o}", "person", who->person, "display",
                         who->display[0] != '\0' ? who->display : who->person, "idle_s",
                         (json_int_t)(w->opts.idle_ms / 1000), "authentication",
                         authentication_name(who->authentication), "pin",
                         who->has_pin      ? "set"
                         : who->pin_locked ? "locked"
                                           : "none",
                         "pin_wanted", wants_pin(w), "pin_digits_least", (int)who->pin_digits_least, "registered",
                         who->registered, "may", authorization_json(&w->opts, &want), "fast_release",
                         fast_release_now(w, token, r->address, p)));
    set_cookie(r, token, "");
}

static void too_often(struct request *r, uint64_t wait_ms)
{
    const uint64_t wait_s = (wait_ms + 999) / 1000;
    char seconds[24];

    reply_json(r, MHD_HTTP_TOO_MANY_REQUESTS,
               json_pack("{s:s, s:s, s:I}", "error", "too-often", "text", "Too many tries. Please wait a moment.",
                         "wait_s", (json_int_t)wait_s));
    snprintf(seconds, sizeof seconds, "%llu", (unsigned long long)wait_s);
    reply_header(r, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
}

/* Where there is nothing more to say than which. */
static const struct {
    unsigned status;
    const char *code, *text;
} refusals[PROOF_OUTCOMES] = {
    [PROOF_NO] = {MHD_HTTP_UNAUTHORIZED, "sign-in-refused", "User name, badge, PIN or password is wrong."},
    [PROOF_DOWN] = {MHD_HTTP_SERVICE_UNAVAILABLE, "directory-down",
                    "The directory that knows the passwords does not answer."},
    [PROOF_MISCONFIGURED] = {MHD_HTTP_SERVICE_UNAVAILABLE, "directory-down",
                             "The directory that knows the passwords does not answer."},
    [PROOF_PIN_WANTED] = {MHD_HTTP_UNAUTHORIZED, "pin-wanted", "Please type your PIN."},
    [PROOF_PIN_NONE] = {MHD_HTTP_UNAUTHORIZED, "pin-none",
                        "You have no PIN yet. Sign in with your password to set one."},
    [PROOF_PIN_LOCKED] = {MHD_HTTP_UNAUTHORIZED, "pin-locked",
                          "Too many wrong PINs. Sign in with your password to go on."},
    [PROOF_NOT_HERE] = {MHD_HTTP_FORBIDDEN, "not-allowed", "You may not print on this printer."},
};

static void answer(struct request *r, const struct proven *who)
{
    const struct web_opts *o = &r->web->opts;
    const struct printer *p = o->printer(o->arg, r->printer);

    if (who->outcome == PROOF_YES && p != NULL)
        welcome(r, p, who);
    else if (who->outcome == PROOF_YES)
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
    else if (who->outcome == PROOF_TOO_OFTEN)
        too_often(r, who->wait_ms);
    else if (who->outcome == PROOF_BADGE_UNKNOWN)
        reply_json(r, MHD_HTTP_UNAUTHORIZED,
                   json_pack("{s:s, s:s, s:s}", "error", "unknown-badge", "text",
                             "We do not know this badge yet. Sign in once with your password.", "register",
                             who->registration));
    else
        reply_error(r, refusals[who->outcome].status, refusals[who->outcome].code, refusals[who->outcome].text);
}

static void on_answer(void *arg, const struct proven *who)
{
    struct request *r = arg;

    r->signin = 0;
    answer(r, who);
    request_resume(r);
}

/* One text of the body. Returns 0 when it does not fit. */
static int copy(const char *text, char *out, size_t size)
{
    const int n = snprintf(out, size, "%s", text != NULL ? text : "");

    return n >= 0 && (size_t)n < size;
}

struct shown { /* as it stands in the body; NULL: not there */
    const char *printer, *user, *password, *badge, *pin, *registration;
};

/* user and password, with or without a badge's handle; user and PIN; badge, with or without PIN. Nothing else. */
static int read_kind(const struct shown *b, enum proof_kind *kind)
{
    if (b->user != NULL && b->password != NULL && b->badge == NULL && b->pin == NULL)
        *kind = PROOF_PASSWORD;
    else if (b->user != NULL && b->pin != NULL && b->badge == NULL && b->password == NULL && b->registration == NULL)
        *kind = PROOF_NAME_PIN;
    else if (b->badge != NULL && b->user == NULL && b->password == NULL && b->registration == NULL)
        *kind = PROOF_BADGE;
    else
        return 0;
    return 1;
}

static int read_proof(struct request *r, struct proof *p)
{
    struct shown b = {NULL};

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s, s?s, s?s, s?s, s?s, s?s}", "printer", &b.printer, "user",
                       &b.user, "password", &b.password, "badge", &b.badge, "pin", &b.pin, "register",
                       &b.registration) != 0 ||
        !read_kind(&b, &p->kind)) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json",
                    "printer is wanted, and user and password, user and pin, or badge; each a text.");
        return 0;
    }
    /* What is longer than anything that could be right is not cut to something that might be. */
    if (!copy(b.printer, p->printer, sizeof p->printer) || !copy(b.user, p->name, sizeof p->name) ||
        !copy(b.password, p->password, sizeof p->password) || !copy(b.badge, p->badge, sizeof p->badge) ||
        !copy(b.pin, p->pin, sizeof p->pin) || !copy(b.registration, p->registration, sizeof p->registration))
        p->name[0] = p->badge[0] = '\0'; /* refused like anything that is wrong, after the same time */
    return 1;
}

static int fill_proof(struct request *r, struct proof *p)
{
    const struct web_opts *o = &r->web->opts;
    const struct printer *printer;

    if (!read_proof(r, p))
        return 0;
    if ((printer = o->printer(o->arg, p->printer)) == NULL || !device_stands_at(r, p->printer)) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return 0;
    }
    p->printer_id = printer->id;
    snprintf(p->address, sizeof p->address, "%s", r->address);
    snprintf(r->printer, sizeof r->printer, "%s", p->printer);
    return 1;
}

void serve_sign_in(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    struct proof *p = secret_new(sizeof *p);

    if (p != NULL && !fill_proof(r, p)) {
        secret_free(p);
        return;
    }
    if (r->session != NULL) /* whoever was signed in here is not any more */
        sessions_end(o->sessions, r->session->number);
    if (p == NULL || signin_start(o->signin, p, on_answer, r, &r->signin) != OK) {
        r->signin = 0;
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too many people are signing in.");
    } else {
        request_wait(r);
    }
    secret_free(p);
}

void serve_still_here(struct request *r)
{
    reply_json(r, MHD_HTTP_OK, json_pack("{s:I}", "idle_s", (json_int_t)(r->web->opts.idle_ms / 1000)));
}

void serve_sign_out(struct request *r)
{
    if (r->session != NULL)
        sessions_end(r->web->opts.sessions, r->session->number);
    reply_json(r, MHD_HTTP_OK, json_object());
    set_cookie(r, "", "; Max-Age=0");
}
