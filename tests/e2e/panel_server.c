/* SPDX-License-Identifier: Apache-2.0 */
/*
 * panel_server: the panel's real HTTPS server, page, index and release lines, with a keyholder and couriers that are
 * played: grants are given at once and reports come by timer. What becomes of a job stands in its title, so that a
 * test of the page can show every ending without a broken printer.
 *
 * usage: panel_server CERTIFICATE KEY PORT_FILE [IDLE_S [badge-alone] [no-name-and-pin] [fast-release] [delegates]
 *                     [fifty] [flood]]
 *
 * The words: a badge does without a PIN; a name does not do with one; a badge releases at once; people may release for
 * others, and carol lets alice; fifty jobs of bob's wait; three thousand do.
 *
 * Beside PORT_FILE it makes PORT_FILE.people, the roster, and PORT_FILE.reader, the token of a reader in the lobby.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "devicescout/people/device_token.h"
#include "devicescout/web/web.h"
#include "panel_delegates.h"
#include "panel_people.h"

#define STEP_MS 400 /* between two reports: a person sees each */

struct stage {
    struct loop *loop;
    struct index *index;
    struct releases *releases;
    struct sessions *sessions;
    struct signin *signin;
    struct workers *workers;
    struct web *web;
    struct prover prover;
    struct delegates *delegates;
    int is_fast;
    struct printer printers[2];
};

struct play { /* one order on its way through its reports */
    struct stage *stage;
    struct id job, order;
    int step, keep;
};

static struct id last_job; /* what send() is about; grants and sends come in pairs */
static int last_keep;

static void report(struct play *p, enum job_state state, enum job_reason reason, int terminal, const char *printer)
{
    struct report r = {.order = p->order,
                       .job = p->job,
                       .state = (uint8_t)state,
                       .reason = (uint8_t)reason,
                       .terminal = (uint8_t)terminal,
                       .confirmed = 1,
                       .impressions = 12};

    snprintf(r.printer_state_reasons, sizeof r.printer_state_reasons, "%s", printer);
    releases_report(p->stage->releases, &r);
}

static void end(struct play *p, const char *title)
{
    if (strstr(title, "jam") != NULL)
        report(p, JOB_FAILED, REASON_PRINTER_STOPPED, 1, "media-jam-error,cover-open");
    else if (strstr(title, "certificate") != NULL)
        report(p, JOB_FAILED, REASON_CERTIFICATE_CHANGED, 1, "");
    else if (strstr(title, "lost") != NULL)
        report(p, JOB_UNKNOWN, REASON_CONNECTION_BROKEN, 1, "");
    else if (p->keep)
        report(p, JOB_HELD, REASON_KEPT, 1, "");
    else
        report(p, JOB_DELIVERED, REASON_NONE, 1, "");
}

static void next_step(void *arg)
{
    struct play *p = arg;
    const struct job *j = index_find(p->stage->index, p->job);

    if (j == NULL || strstr(j->title, "computer off") != NULL) {
        free(p);
        return;
    }
    switch (p->step++) {
    case 0:
        report(p, JOB_ORDERED, REASON_NONE, 0, "");
        break;
    case 1:
        if (strstr(j->title, "no paper") != NULL) { /* which nobody brings */
            report(p, JOB_DELIVERING, REASON_NONE, 0, "toner-low-warning,media-empty-error");
            free(p);
            return;
        }
        report(p, JOB_DELIVERING, REASON_NONE, 0, "");
        break;
    default:
        end(p, j->title);
        free(p);
        return;
    }
    if (loop_after(p->stage->loop, STEP_MS, next_step, p, NULL) != OK)
        free(p);
}

static enum err grant(void *arg, const struct grant *g, uint8_t *bytes, size_t *len, struct id *order)
{
    (void)arg, (void)bytes;
    memcpy(last_job.b, g->description, ID_LEN);
    last_keep = g->keep;
    secret_random(order, sizeof *order);
    *len = 0;
    return OK;
}

static enum err send(void *arg, struct id node, const uint8_t *bytes, size_t len, struct id *message)
{
    struct stage *s = arg;
    struct play *p = calloc(1, sizeof *p);

    (void)node, (void)bytes, (void)len;
    if (p == NULL)
        return ERR_NOMEM;
    secret_random(message, sizeof *message);
    *p = (struct play){.stage = s, .job = last_job, .order = index_find(s->index, last_job)->order, .keep = last_keep};
    return loop_after(s->loop, STEP_MS, next_step, p, NULL);
}

static void cancel(void *arg, struct id message)
{
    (void)arg, (void)message;
}

static void ask_hello(void *arg, struct id node)
{
    (void)arg, (void)node;
}

static void changed(void *arg, struct job *j)
{
    struct stage *s = arg;

    if (s->web != NULL)
        web_job_changed(s->web, j);
}

static void cancel_job(void *arg, struct job *j, const char *person)
{
    struct stage *s = arg;

    (void)person;
    web_job_gone(s->web, j);
    releases_forget(s->releases, j);
    index_remove(s->index, j);
}

static const struct printer *printer(void *arg, const char *name)
{
    struct stage *s = arg;

    for (size_t i = 0; i < 2; i++) {
        if (strcmp(s->printers[i].name, name) == 0)
            return &s->printers[i];
    }
    return NULL;
}

static const struct printer *printer_by_id(void *arg, struct id id)
{
    struct stage *s = arg;

    return &s->printers[id_equal(id, s->printers[1].id)];
}

static const struct printer *printer_at(void *arg, size_t i)
{
    struct stage *s = arg;

    return i < 2 ? &s->printers[i] : NULL;
}

/* The lobby's prints PDF, on A4 and in colour, and does not staple; the workshop's is raw. */
static const struct abilities *abilities(void *arg, const struct printer *p)
{
    static const struct abilities lobby = {.formats = " application/pdf ",
                                           .sides = " one-sided two-sided-long-edge two-sided-short-edge ",
                                           .colors = " auto color monochrome ",
                                           .media = " iso_a4_210x297mm ",
                                           .copies_max = 99,
                                           .page_ranges = 1};
    static struct abilities workshop;

    (void)arg;
    if (p->protocol == DELIVERY_IPPS)
        return &lobby;
    abilities_of_raw(p, &workshop);
    return &workshop;
}

static int fast_release(void *arg, const char *name)
{
    const struct stage *s = arg;

    (void)name;
    return s->is_fast;
}

static int keep_allowed(void *arg)
{
    (void)arg;
    return 1;
}

static void session_ended(void *arg, const struct session *x)
{
    struct stage *s = arg;

    if (s->web != NULL)
        web_session_ended(s->web, x);
}

static void give_password(struct ticket *t, const char *text)
{
    uint8_t hash[JOB_PASSWORD_HASH_MOST];

    if (job_password_hash(JOB_PASSWORD_SHA2_256, text, strlen(text), hash) != OK ||
        job_password_make(JOB_PASSWORD_SHA2_256, hash, job_password_hash_len(JOB_PASSWORD_SHA2_256), &t->password) !=
            OK)
        abort();
}

static void add_job(struct stage *s, const char *person, const char *title, uint32_t pages, uint64_t bytes,
                    unsigned minutes_ago)
{
    static const uint8_t stapled[] = "\x23\0\nfinishings\0\4\0\0\0\4";
    struct ticket t = {.format = "application/pdf", .document_bytes = bytes, .content.pages = pages};
    struct id id, origin = {{9}};
    struct job *j;
    uint8_t description[ID_LEN];

    if (strstr(title, "computer off") != NULL)
        origin.b[0] = 8;
    if (strstr(title, "Minutes") != NULL || strstr(title, "Poster") != NULL)
        t.content.color = title[0] == 'P' ? TICKET_COLOR_YES : TICKET_COLOR_NO;
    if (strstr(title, ".ps") != NULL)
        strcpy(t.format, "application/postscript");
    if (strstr(title, "stapled") != NULL)
        memcpy(t.ipp, stapled, t.ipp_len = sizeof stapled - 1);
    if (strstr(title, "Payslip") != NULL)
        give_password(&t, "4711");
    secret_random(&id, sizeof id);
    memcpy(description, id.b, ID_LEN);
    snprintf(t.title, sizeof t.title, "%s", title);
    snprintf(t.host, sizeof t.host, "%s-laptop", person);
    t.created_unix_ms = clock_unix_ms() - (uint64_t)minutes_ago * 60000;
    if (index_put(s->index, id, origin, 1, description, sizeof description, &j) != OK ||
        index_describe(s->index, j, person, person, &t) != OK)
        abort();
    j->confirmed = j->listed = 1;
    changed(s, j);
}

static void fill(struct stage *s)
{
    add_job(s, "alice", "Minutes of the spring meeting.pdf", 12, 482000, 3);
    add_job(s, "alice", "Travel expenses, lost on the way", 2, 96000, 47);
    add_job(s, "alice", "Poster A3, paper jam", 1, 7340000, 64);
    add_job(s, "alice",
            "A very long title that somebody gave to a report on the second half of the year, final, "
            "really final version (3).docx",
            0, 1204000, 66);
    add_job(s, "alice", "Slides, computer off", 40, 2048000, 3000);
    add_job(s, "carol", "Drawing.ps", 1, 5000, 1);
    add_job(s, "carol", "Handbook, stapled", 30, 90000, 2);
    add_job(s, "carol", "Payslip", 1, 4000, 4);
    add_job(s, "bob", "<img src=x onerror=alert(1)>", 1, 100, 5);
}

/* So many that nobody wants to choose them one by one, or so many that somebody wants to do harm. */
static void fill_more(struct stage *s, unsigned most, const char *more)
{
    char title[TICKET_TITLE_SIZE];

    for (unsigned i = 1; i < most; i++) {
        snprintf(title, sizeof title, "Letter %u%s", i, more);
        add_job(s, "bob", title, 1, 1000, i);
    }
}

static void flood(struct stage *s)
{
    char quotes[TICKET_TITLE_SIZE - 16]; /* each is two characters of JSON */

    memset(quotes, '"', sizeof quotes - 1);
    quotes[sizeof quotes - 1] = '\0';
    fill_more(s, 3000, quotes);
}

static void on_hup(void *arg)
{
    struct stage *s = arg;

    if (web_reload_certificate(s->web) == OK)
        log_info("certificate_read", "port=%u", web_port(s->web));
}

/* The real roster with a played directory, and a token for a reader beside the lobby's printer. */
static enum err make_people(struct stage *s, const char *port_file, int badge_alone)
{
    struct roster_device reader = {.kind = DEVICE_READER, .printer = "Lobby", .label = "played"};
    char path[PATH_MAX], token[DEVICE_TOKEN_SIZE];
    enum err e;

    snprintf(path, sizeof path, "%s.people", port_file);
    if ((e = panel_people_start(path, badge_alone, &s->prover)) != OK ||
        (e = device_token_new(s->prover.roster, &reader, token)) != OK)
        return e;
    snprintf(path, sizeof path, "%s.reader", port_file);
    return file_replace(AT_FDCWD, path, token, strlen(token), 0600);
}

/* The port that it had when it ran before, so that a page finds it again; else any free one. */
static uint16_t port_before(const char *port_file)
{
    FILE *f = fopen(port_file, "r");
    unsigned port = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%u", &port) != 1 || port > UINT16_MAX)
        port = 0;
    fclose(f);
    return (uint16_t)port;
}

static enum err make(struct stage *s, char **argv, uint64_t idle_ms)
{
    const struct index_limits limits = {5000, 4000};
    enum err e;

    s->printers[0] = (struct printer){
        .id = {{1}}, .name = "Lobby", .place = "Ground floor, next to the lift", .protocol = DELIVERY_IPPS};
    s->printers[1] = (struct printer){
        .id = {{2}}, .name = "Workshop-raw", .place = "Hall 3", .protocol = DELIVERY_RAW, .language = "postscript"};
    if ((e = loop_new(&s->loop)) != OK || (e = loop_signals(s->loop, on_hup, s)) != OK ||
        (e = index_new(&limits, &s->index)) != OK)
        return e;
    if ((e = releases_new(&(struct releases_opts){.loop = s->loop,
                                                  .index = s->index,
                                                  .grant = grant,
                                                  .send = send,
                                                  .cancel = cancel,
                                                  .ask_hello = ask_hello,
                                                  .changed = changed,
                                                  .arg = s,
                                                  .answer_ms = 4 * STEP_MS,
                                                  .hello_ms = STEP_MS,
                                                  .silence_ms = 60000,
                                                  .standstill_ms = 60000,
                                                  .turn_ms = 600000},
                          &s->releases)) != OK ||
        (e = sessions_new(&(struct sessions_opts){.max = 100,
                                                  .person_max = 8,
                                                  .idle_ms = idle_ms,
                                                  .longest_ms = 3600000,
                                                  .ended = session_ended,
                                                  .arg = s},
                          &s->sessions)) != OK ||
        (e = workers_new(s->loop, 2, 16, &s->workers)) != OK ||
        (e = signin_new(&(struct signin_opts){.loop = s->loop,
                                              .workers = s->workers,
                                              .check = panel_people_check,
                                              .prover = &s->prover,
                                              .answer_within_ms = 5500,
                                              .refuse_after_ms = 300},
                        &s->signin)) != OK)
        return e;
    return web_new(&(struct web_opts){.loop = s->loop,
                                      .address = "127.0.0.1",
                                      .port = port_before(argv[3]),
                                      .certificate_file = argv[1],
                                      .key_file = argv[2],
                                      .index = s->index,
                                      .releases = s->releases,
                                      .sessions = s->sessions,
                                      .signin = s->signin,
                                      .workers = s->workers,
                                      .prover = &s->prover,
                                      .roster = s->prover.roster,
                                      .delegates = s->delegates,
                                      .delegates_keyholder = {.ask = panel_delegates_ask},
                                      .fast_release = fast_release,
                                      .keep_allowed = keep_allowed,
                                      .idle_ms = idle_ms,
                                      .printer = printer,
                                      .printer_by_id = printer_by_id,
                                      .printer_at = printer_at,
                                      .abilities = abilities,
                                      .cancel_job = cancel_job,
                                      .arg = s},
                   &s->web);
}

static int has_word(char **argv, const char *word)
{
    for (; *argv != NULL; argv++) {
        if (strcmp(*argv, word) == 0)
            return 1;
    }
    return 0;
}

static enum err make_rights(struct stage *s, char **argv)
{
    s->is_fast = has_word(argv, "fast-release");
    s->prover.rules.name_pin = !has_word(argv, "no-name-and-pin");
    if (!has_word(argv, "delegates"))
        return OK;
    return delegates_new(&(struct delegates_keyholder){.ask = panel_delegates_ask}, &s->delegates);
}

int main(int argc, char **argv)
{
    struct stage s = {0};
    char text[16];
    int len;
    enum err e;

    log_start("panel_server", LOG_INFO_);
    if (argc < 4 || crypto_start() != OK)
        return 2;
    if ((e = make_people(&s, argv[3], has_word(argv, "badge-alone"))) == OK && (e = make_rights(&s, argv)) == OK &&
        (e = make(&s, argv, argc > 4 ? strtoull(argv[4], NULL, 10) * 1000 : 120000)) == OK) {
        fill(&s);
        if (has_word(argv, "fifty"))
            fill_more(&s, 50, "");
        if (has_word(argv, "flood"))
            flood(&s);
        if (has_word(argv, "no-paper"))
            add_job(&s, "bob", "Newsletter, no paper", 4, 300000, 6);
        len = snprintf(text, sizeof text, "%u\n", web_port(s.web));
        e = file_replace(AT_FDCWD, argv[3], text, (size_t)len, 0644);
    }
    if (e == OK)
        e = loop_run(s.loop);
    web_free(s.web);
    s.web = NULL;
    workers_free(s.workers);
    signin_free(s.signin);
    sessions_free(s.sessions);
    delegates_free(s.delegates);
    releases_free(s.releases);
    index_free(s.index);
    loop_free(s.loop);
    return e == OK ? 0 : 1;
}
