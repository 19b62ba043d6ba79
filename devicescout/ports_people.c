/* SPDX-License-Identifier: Apache-2.0 */
/* ports_people: the parts of people/, made as the configuration says. */
#include "devicescout/ports.h"

#include "base/log.h"

#define SESSIONS_MAX         4096
#define SESSIONS_PERSON_MAX  8
#define SESSION_LONGEST_MS   (8 * 60 * 60 * 1000)
#define DIRECTORY_THREADS    8
#define SIGN_INS_WAITING_MAX 256
/* A person hears within six seconds whatever the directory does. */
#define SIGN_IN_ANSWER_MS 5500
#define SIGN_IN_REFUSE_MS 700

void ports_audit(void *scout, const char *event, const char *detail)
{
    struct scout *s = scout;
    uint8_t body[1024];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = wbuf_text16(&b, event)) == OK && (e = wbuf_text16(&b, detail)) == OK)
        e = kh_ask(s->keyholder, KH_AUDIT, b.start, b.len, NULL, NULL, NULL, 0);
    if (e != OK)
        log_warn("audit_failed", "event=%s why=%s", event, err_name(e));
}

static void session_ended(void *arg, const struct session *x)
{
    struct scout *s = arg;

    if (s->web != NULL)
        web_session_ended(s->web, x);
}

static enum directory_outcome ask_directory(void *directory, const struct directory_question *q,
                                            char person[static PERSON_SIZE])
{
    return directory_ask(directory, q, person);
}

static enum err make_directory(struct scout *s)
{
    const struct conf *c = s->conf;
    struct directory_opts opts = {.uris_len = conf_list_len(c, "ldap-uri"),
                                  .base = conf_text(c, "ldap-base"),
                                  .filter = conf_text(c, "ldap-filter"),
                                  .bind_dn = conf_text(c, "ldap-bind-dn"),
                                  .password_file = conf_text(c, "ldap-bind-password-file"),
                                  .ca_file = conf_text(c, "ldap-ca"),
                                  .starttls = conf_bool(c, "ldap-starttls"),
                                  .person_attribute = conf_text(c, "ldap-person-attribute")};

    for (size_t i = 0; i < opts.uris_len && i < DIRECTORY_URIS_MAX; i++)
        opts.uris[i] = conf_list_item(c, "ldap-uri", i);
    return directory_new(&opts, &s->directory);
}

enum err ports_make_people(struct scout *s)
{
    const struct sessions_opts sessions = {.max = SESSIONS_MAX,
                                           .person_max = SESSIONS_PERSON_MAX,
                                           .idle_ms = (uint64_t)conf_number(s->conf, "session-idle-s") * 1000,
                                           .longest_ms = SESSION_LONGEST_MS,
                                           .ended = session_ended,
                                           .arg = s};
    enum err e;

    if ((e = make_directory(s)) != OK || (e = sessions_new(&sessions, &s->sessions)) != OK)
        return e;
    if ((e = workers_new(s->loop, DIRECTORY_THREADS, SIGN_INS_WAITING_MAX, &s->workers)) != OK)
        return e;
    return signin_new(&(struct signin_opts){.loop = s->loop,
                                            .workers = s->workers,
                                            .ask = ask_directory,
                                            .directory = s->directory,
                                            .answer_within_ms = SIGN_IN_ANSWER_MS,
                                            .refuse_after_ms = SIGN_IN_REFUSE_MS,
                                            .audit = ports_audit,
                                            .arg = s},
                      &s->signin);
}
