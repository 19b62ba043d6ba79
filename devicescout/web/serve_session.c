/* SPDX-License-Identifier: Apache-2.0 */
/* serve_session: sign in, stay, sign out. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
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

static void welcome(struct request *r, const struct printer *p, const char *person)
{
    struct web *w = r->web;
    struct session want = {.authentication = BY_PASSWORD, .printer = p->id};
    char token[SESSION_TOKEN_SIZE];

    snprintf(want.person, sizeof want.person, "%s", person);
    snprintf(want.address, sizeof want.address, "%s", r->address);
    if (sessions_start(w->opts.sessions, &want, clock_boot_ms(), token) != OK) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too many people are signed in.");
        return;
    }
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:I}", "person", person, "idle_s", (json_int_t)(w->opts.idle_ms / 1000)));
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

static void on_answer(void *arg, const struct signin_answer *answer)
{
    struct request *r = arg;
    const struct web_opts *o = &r->web->opts;
    const struct printer *p = o->printer(o->arg, r->printer);

    r->signin = 0;
    switch (answer->outcome) {
    case DIRECTORY_YES:
        if (p != NULL)
            welcome(r, p, answer->person);
        else
            reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        break;
    case DIRECTORY_NO:
        reply_error(r, MHD_HTTP_UNAUTHORIZED, "sign-in-refused", "User name or password is wrong.");
        break;
    case DIRECTORY_TOO_OFTEN:
        too_often(r, answer->wait_ms);
        break;
    case DIRECTORY_DOWN:
    case DIRECTORY_MISCONFIGURED:
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "directory-down",
                    "The directory that knows the passwords does not answer.");
        break;
    }
    request_resume(r);
}

void serve_sign_in(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const char *printer, *user, *password;

    if (json_unpack_ex(r->json, NULL, JSON_STRICT, "{s:s, s:s, s:s}", "printer", &printer, "user", &user, "password",
                       &password) != 0) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "bad-json", "printer, user and password are wanted, each a text.");
        return;
    }
    if (o->printer(o->arg, printer) == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-printer", "There is no such printer.");
        return;
    }
    if (r->session != NULL) /* whoever was signed in here is not any more */
        sessions_end(o->sessions, r->session->number);
    snprintf(r->printer, sizeof r->printer, "%s", printer);
    if (signin_password(o->signin, user, password, r->address, printer, on_answer, r, &r->signin) != OK) {
        r->signin = 0;
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too many people are signing in.");
        return;
    }
    request_wait(r);
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
