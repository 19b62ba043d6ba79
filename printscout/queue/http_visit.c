/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_visit: one HTTP request from its header to its answer. From this computer it begins at once. From the network
 * nothing is looked at before it is known who asks; while the site is asked the connection is suspended, and its bytes
 * wait in the kernel.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "printscout/queue/gate.h"
#include "printscout/queue/host.h"
#include "printscout/queue/http_parts.h"
#include "printscout/queue/http_reply.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/request.h"
#include "printscout/queue/vouch.h"

#define NO_MEMORY "The queue has no memory left.\n"

/*
 * So much of a document that is not wanted is read and thrown away, so that its sender hears why: who is answered and
 * hung up on in the middle of sending mostly sees the second only.
 */
#define UNWANTED_MAX 16777216

struct visit {
    struct door *door;
    struct MHD_Connection *connection;
    struct request *request;   /* NULL: not begun, or a page is asked for */
    struct gate_answer answer; /* who it is, over the network */
    char account[ACCOUNT_SIZE];
    char *page;        /* the path of the page that is asked for; NULL: it is IPP */
    uint64_t unwanted; /* bytes that came after the refusal was known */
    int is_refused;    /* the answer is a refusal, and waits for the body's end */
    int is_asking;     /* it was suspended; libmicrohttpd calls with the header once more when it goes on */
};

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void visit_free(struct visit *v)
{
    if (v == NULL)
        return;
    request_free(v->request);
    free(v->page);
    free(v);
}

/* Did the client give cupsd's secret? */
static int is_vouched(const struct door *d, struct MHD_Connection *connection)
{
    struct credentials *c = credentials_new();
    char *authorization = (char *)(uintptr_t)header(connection, "Authorization");
    int yes =
        c != NULL && basic_read(authorization, c) == OK && vouch_is_cupsd(d->http->queue->vouch, c->name, c->password);

    credentials_free(c);
    return yes;
}

/* What no client of a printer sends is refused by its head. 0: *result says what libmicrohttpd is to do. */
static int is_for_us(struct MHD_Connection *connection, const char *url, const char *method, enum MHD_Result *result)
{
    const char *type = header(connection, "Content-Type");
    unsigned status = 0;
    const char *why = "This is an IPP printer.\n";

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return 1;
    if (strcmp(method, "POST") != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
    } else if (strcmp(url, "/") != 0 && strncmp(url, PRINTER_PATH, strlen(PRINTER_PATH)) != 0) {
        status = MHD_HTTP_NOT_FOUND;
        why = "The printer is at " PRINTER_PATH ".\n";
    } else if (header(connection, "Origin") != NULL) {
        /* Only browsers send it, for scripts. They ask first, and hear no; this is for one that forgets to. */
        status = MHD_HTTP_FORBIDDEN;
        why = "Pages do not print by themselves here.\n";
    } else if (type == NULL || strcasecmp(type, "application/ipp") != 0) {
        status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    } else if (header(connection, "Content-Length") != NULL && header(connection, "Transfer-Encoding") != NULL) {
        /* Two framings mean two readings of where the document ends. */
        status = MHD_HTTP_BAD_REQUEST;
        why = "Both Content-Length and Transfer-Encoding.\n";
    } else if (header(connection, "Content-Encoding") != NULL) {
        status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
        why = "Use IPP's own compression.\n";
    }
    if (status != 0)
        *result = http_refuse(connection, status, why);
    return status == 0;
}

/* A visit, with the page that it asks for, or none for IPP. NULL: no memory. */
static struct visit *visit_new(struct door *d, struct MHD_Connection *connection, const char *url, const char *method)
{
    struct visit *v = calloc(1, sizeof *v);

    if (v == NULL)
        return NULL;
    v->door = d;
    v->connection = connection;
    if (strcmp(method, "POST") != 0 && (v->page = strdup(url)) == NULL) {
        free(v);
        return NULL;
    }
    return v;
}

/* It is known who asks: the page, or a request that takes what comes. */
static enum MHD_Result let_in(struct visit *v, const struct caller *by)
{
    if (v->page != NULL)
        return http_show_page(v->door->http->queue, by->printer, v->connection, by->uid, v->page);
    return request_new(v->door->http->queue, by, &v->request) == OK ? MHD_YES : MHD_NO;
}

static enum MHD_Result begin_here(struct visit *v)
{
    const struct door *d = v->door;
    const struct client *client = http_client(v->connection);
    struct caller by = {.printer = d->printer, .offers = d->offers};

    if (client == NULL || client_uid(client, &by.uid) != OK)
        return http_refuse(v->connection, MHD_HTTP_FORBIDDEN, "The computer does not say whose connection this is.\n");
    if (!host_is_ours(header(v->connection, "Host"), d->http->queue->host))
        return http_refuse(v->connection, MHD_HTTP_MISDIRECTED_REQUEST, "This is another computer's name.\n");
    by.is_vouched = is_vouched(d, v->connection);
    return let_in(v, &by);
}

/* What was said of who asks, in HTTP's words. */
static enum MHD_Result refuse(const struct visit *v)
{
    const struct gate_answer *a = &v->answer;

    switch (a->outcome) {
    case ANSWER_NO:
        return http_challenge(v->connection, a->why);
    case ANSWER_TOO_OFTEN:
        return http_refuse_for(v->connection, MHD_HTTP_TOO_MANY_REQUESTS, a->why, a->wait_s);
    case ANSWER_MAY_NOT:
        return http_refuse(v->connection, MHD_HTTP_FORBIDDEN, a->why);
    default:
        return http_refuse_for(v->connection, MHD_HTTP_SERVICE_UNAVAILABLE, a->why, a->wait_s);
    }
}

/* Does a body come that nobody stops? A client that says "Expect" waits for an answer, and a page has none. */
static int has_body_to_drop(const struct visit *v)
{
    const char *length = header(v->connection, "Content-Length");

    if (v->page != NULL || header(v->connection, "Expect") != NULL)
        return 0;
    return length == NULL || strtoull(length, NULL, 10) <= UNWANTED_MAX;
}

/* It is known who asks, or that nobody is to be let in. With the header. */
static enum MHD_Result enter(struct visit *v)
{
    const struct gate_answer *a = &v->answer;
    const struct caller by = {.printer = v->door->printer,
                              .offers = v->door->offers,
                              .uid = a->number,
                              .account = v->account,
                              .person = a->person};

    if (a->outcome == ANSWER_YES)
        return let_in(v, &by);
    if (!has_body_to_drop(v))
        return refuse(v);
    v->is_refused = 1;
    return MHD_YES;
}

/* On any thread: the suspended visit goes on, on its own. */
static void answered(void *arg, const struct gate_answer *answer)
{
    struct visit *v = arg;

    v->answer = *answer;
    clients_answered(v->door->http->clients, http_client(v->connection));
    MHD_resume_connection(v->connection);
}

static enum MHD_Result ask(struct visit *v, const struct credentials *c, const char *address)
{
    struct gate *gate = v->door->http->gate;

    memcpy(v->account, c->name, sizeof c->name);
    if (gate_look(gate, c, &v->answer) == OK)
        return enter(v);
    clients_header_came(v->door->http->clients, http_client(v->connection)); /* now the gate's time runs */
    v->is_asking = 1;
    MHD_suspend_connection(v->connection);
    gate_ask(gate, c, address, answered, v);
    return MHD_YES;
}

/* May this node take anything from the network at all? 0: the answer says why not. */
static int is_open(struct visit *v)
{
    struct admission admission;
    const char *why;

    if (enrollment_admit(v->door->http->queue->enrollment, &admission, &why) != OK)
        v->answer = (struct gate_answer){.outcome = ANSWER_DOWN, .why = why};
    else if (admission.person[0] != '\0')
        v->answer = (struct gate_answer){.outcome = ANSWER_MAY_NOT,
                                         .why = "This queue is one person's, on their own computer.\n"};
    else
        return 1;
    return 0;
}

static enum MHD_Result begin_shared(struct visit *v)
{
    const struct client *client = http_client(v->connection);
    struct credentials *c = credentials_new();
    char *authorization = (char *)(uintptr_t)header(v->connection, "Authorization");
    const char *address;
    enum MHD_Result r = MHD_NO;
    enum err e;

    if (c == NULL || client == NULL || client_address(client, &address) != OK)
        goto out;
    v->answer = (struct gate_answer){.outcome = ANSWER_NO, .why = "Say who you are: your name and your password.\n"};
    if ((e = basic_read(authorization, c)) == ERR_LIMIT)
        r = http_refuse(v->connection, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "No name and password are so long.\n");
    else if (e == ERR_NOMEM)
        r = http_refuse(v->connection, MHD_HTTP_SERVICE_UNAVAILABLE, NO_MEMORY);
    else if (e == OK && is_open(v))
        r = ask(v, c, address);
    else
        r = enter(v);
out:
    credentials_free(c);
    return r;
}

/* The HTTP header is complete. */
static enum MHD_Result begin(struct door *d, struct MHD_Connection *connection, const char *url, const char *method,
                             void **state)
{
    enum MHD_Result result;
    struct visit *v;

    if (!is_for_us(connection, url, method, &result))
        return result;
    if ((v = visit_new(d, connection, url, method)) == NULL)
        return MHD_NO;
    *state = v; /* http_visit_ended() frees it */
    return d->is_shared ? begin_shared(v) : begin_here(v);
}

/* A piece of the body. */
static enum MHD_Result take(struct visit *v, const char *bytes, size_t *len)
{
    const int had_header = request_has_header(v->request);
    const enum err e = request_bytes(v->request, (const uint8_t *)bytes, *len);

    /* The server's buffer, which it would keep and give back as it is: this was a piece of the document. */
    explicit_bzero((void *)(uintptr_t)bytes, *len);
    if (e != OK)
        return MHD_NO;
    *len = 0;
    if (!had_header && request_has_header(v->request))
        clients_header_came(v->door->http->clients, http_client(v->connection));
    return MHD_YES;
}

static enum MHD_Result drop(struct visit *v, size_t *len)
{
    v->unwanted += *len;
    *len = 0;
    return v->unwanted <= UNWANTED_MAX ? MHD_YES : MHD_NO;
}

/*
 * Called for the header, for each piece of the body, and once more at the body's end; a cut body never gets there. A
 * client that asked whether to go on (Expect: 100-continue) hears of it after the header's call, so a document is sent
 * when it is known whose it is.
 */
enum MHD_Result http_visit(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                           const char *version, const char *bytes, size_t *len, void **state)
{
    struct visit *v = *state;

    (void)version;
    if (v == NULL)
        return begin(arg, connection, url, method, state);
    if (v->is_asking) {
        v->is_asking = 0;
        return enter(v);
    }
    if (v->request == NULL && !v->is_refused)
        return MHD_NO; /* a page with a body behind its header */
    if (*len > 0)
        return v->is_refused ? drop(v, len) : take(v, bytes, len);
    clients_header_came(v->door->http->clients, http_client(connection));
    return v->is_refused ? refuse(v) : http_answer(connection, v->request);
}

/* However a request ended. */
void http_visit_ended(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
    const struct door *d = arg;
    struct client *client = http_client(connection);

    if (*state != NULL && how != MHD_REQUEST_TERMINATED_COMPLETED_OK)
        log_debug("request_broken", "how=%d", (int)how);
    visit_free(*state);
    *state = NULL;
    if (client != NULL)
        clients_answered(d->http->clients, client);
}
