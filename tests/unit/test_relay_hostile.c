/* SPDX-License-Identifier: Apache-2.0 */
/* The relay's client against a relay that has the pinned key and sends what no relay would. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/openssl.h"
#include "proto/relay.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/relay_process.h"
#include "tests/unit/scratch.h"

/* clang-format off */
#include <openssl/ssl.h>
/* clang-format on */

enum then { CLOSE, NEXT /* request */, HOLD /* until the client ends the connection */ };

struct answer {
    const char *text;
    enum then then;
    size_t len;    /* 0: strlen(text) */
    size_t repeat; /* text again and again, so often */
};

struct hostile { /* a server that gives its answers to the requests in their order, whatever they ask */
    struct scratch *folder;
    uint8_t pin[32];
    char url[64];
    int listener;
    SSL_CTX *tls;
    pthread_t thread;
    const struct answer *answers;
    size_t nanswers, next;
    atomic_uint connections;
};

static struct fixture *site;
static struct hostile hostile;
static struct relay *client;

#define NONCE "HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n0123456789abcdef0123456789abcdef"
#define TOKEN                                                                                                          \
    "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define STREAM "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nLatchkey-Heartbeat: 1\r\n\r\n"

/* Read one request; bodies here are short and come with their headers or right behind. 0: the client is gone. */
static int read_request(SSL *ssl)
{
    char text[4096], *end, *length;
    size_t len = 0, want = 0;
    int n;

    for (;;) {
        if (len == sizeof text - 1 || (n = SSL_read(ssl, text + len, (int)(sizeof text - 1 - len))) <= 0)
            return 0;
        len += (size_t)n;
        text[len] = '\0';
        if ((end = strstr(text, "\r\n\r\n")) == NULL)
            continue;
        if ((length = strstr(text, "Content-Length: ")) != NULL && length < end)
            want = strtoul(length + 16, NULL, 10);
        if (len >= (size_t)(end + 4 - text) + want)
            return 1;
    }
}

static int give(struct hostile *h, SSL *ssl)
{
    const struct answer *a = &h->answers[h->next];
    size_t len = a->len > 0 ? a->len : strlen(a->text);
    char byte;

    if (h->next + 1 < h->nanswers)
        h->next++;
    for (size_t i = 0; i <= a->repeat; i++) {
        if (SSL_write(ssl, a->text, (int)len) <= 0)
            return 0;
    }
    if (a->then == HOLD)
        SSL_read(ssl, &byte, 1);
    return a->then == NEXT;
}

static void *serve(void *arg)
{
    struct hostile *h = arg;
    int fd;

    while ((fd = accept(h->listener, NULL, NULL)) >= 0) {
        SSL *ssl = SSL_new(h->tls);

        h->connections++;
        if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1) {
            while (read_request(ssl) && give(h, ssl))
                ;
        }
        SSL_free(ssl);
        close(fd);
    }
    return NULL;
}

static int set_up(void **state)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    char path[256];

    if (fixture_new(state) != 0)
        return -1;
    site = *state;
    hostile = (struct hostile){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (scratch_new((void **)&hostile.folder) != 0 || bind(hostile.listener, (struct sockaddr *)&a, len) != 0 ||
        listen(hostile.listener, 8) != 0 || getsockname(hostile.listener, (struct sockaddr *)&a, &len) != 0)
        return -1;
    snprintf(hostile.url, sizeof hostile.url, "https://127.0.0.1:%u", ntohs(a.sin_port));
    relay_process_certify(hostile.folder->path, "relay", hostile.pin);
    hostile.tls = SSL_CTX_new(TLS_server_method());
    if (hostile.tls == NULL ||
        SSL_CTX_use_certificate_file(hostile.tls, scratch_path(hostile.folder, "relay.crt", path), SSL_FILETYPE_PEM) !=
            1 ||
        SSL_CTX_use_PrivateKey_file(hostile.tls, scratch_path(hostile.folder, "relay.key", path), SSL_FILETYPE_PEM) !=
            1)
        return -1;
    return relay_new(&(struct relay_opts){.url = hostile.url,
                                          .pin = hostile.pin,
                                          .keys = site->courier,
                                          .certificate = site->courier_certificate,
                                          .site_public = site->site_public},
                     &client) == OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    relay_free(client);
    shutdown(hostile.listener, SHUT_RDWR);
    if (hostile.thread != 0)
        pthread_join(hostile.thread, NULL);
    close(hostile.listener);
    SSL_CTX_free(hostile.tls);
    if (scratch_free((void **)&hostile.folder) != 0)
        return -1;
    return fixture_free(state);
}

static void play(const struct answer *answers, size_t n)
{
    hostile.answers = answers;
    hostile.nanswers = n;
    assert_int_equal(pthread_create(&hostile.thread, NULL, serve, &hostile), 0);
}
#define PLAY(answers) play((answers), sizeof(answers) / sizeof *(answers))

static enum err get_bulletin(void)
{
    uint8_t *bytes = NULL;
    size_t len;
    enum err e = relay_get_bulletin(client, site->site, NULL, &bytes, &len);

    if (e == OK)
        free(bytes);
    return e;
}

static enum err on_read(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    unsigned *messages = arg;

    (void)cursor, (void)len;
    *messages += sealed != NULL;
    return OK;
}

/* Sign in, open the stream, get this; what relay_read ends with. */
static enum err read_stream(struct answer stream)
{
    /* The stream has a connection of its own, and this server serves one at a time. */
    const struct answer answers[] = {{.text = NONCE, .then = NEXT}, {.text = TOKEN, .then = CLOSE}, stream};
    uint64_t cursor = 0;
    unsigned messages = 0;
    enum err e;

    PLAY(answers);
    e = relay_read(client, &cursor, on_read, &messages);
    assert_int_equal(messages, 0);
    /* The server must be done with answers, which go with this function. */
    relay_free(client);
    client = NULL;
    shutdown(hostile.listener, SHUT_RDWR);
    pthread_join(hostile.thread, NULL);
    hostile.thread = 0;
    return e;
}

static void a_redirect_is_not_followed(void **state)
{
    static const struct answer answers[] = {
        {.text = "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
    assert_int_equal(hostile.connections, 1);
}

static void interim_answers_without_end_are_refused(void **state)
{
    static const struct answer answers[] = {
        {.text = "HTTP/1.1 100 Continue\r\nX: xxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n", .then = CLOSE, .repeat = 100000}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void one_header_that_is_too_long_is_refused(void **state)
{
    static char line[20000];
    static const struct answer answers[] = {{.text = line, .len = sizeof line, .then = CLOSE}};

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "HTTP/1.1 200 OK\r\nX: ", 20);
    memcpy(line + sizeof line - 4, "\r\n\r\n", 4);
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void a_body_longer_than_the_route_allows_is_refused(void **state)
{
    static char body[70000];
    static const struct answer answers[] = {{.text = body, .len = sizeof body, .then = CLOSE}};

    (void)state;
    memset(body, 'x', sizeof body);
    memcpy(body, "HTTP/1.1 200 OK\r\n\r\n", 19);
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void what_is_not_http_is_refused(void **state)
{
    static const struct answer answers[] = {{.text = "220 mail.example ESMTP\r\n", .then = CLOSE}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void no_news_is_an_answer_only_to_who_has_something(void **state)
{
    static const struct answer answers[] = {{.text = "HTTP/1.1 304 Not Modified\r\n\r\n", .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void an_empty_bulletin_is_none(void **state)
{
    static const struct answer answers[] = {{.text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_PEER);
}

static void a_short_answer_is_no_answer(void **state)
{
    static const struct answer answers[] = {
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", .then = CLOSE}};

    (void)state;
    PLAY(answers);
    assert_int_equal(get_bulletin(), ERR_UNREACHABLE);
}

static void a_nonce_of_another_length_is_not_signed(void **state)
{
    static const struct answer answers[] = {{.text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(relay_acknowledge(client, 1), ERR_PEER);
}

static void a_token_that_would_add_a_header_is_refused(void **state)
{
    static const struct answer answers[] = {
        {.text = NONCE, .then = NEXT},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n0123456789abcdef\r\nX-Evil: 1\r\n"
                 "0123456789abcdef0123456789abcdef000",
         .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(relay_acknowledge(client, 1), ERR_PEER);
}

static void a_relay_that_knows_no_session_is_asked_twice_and_not_for_ever(void **state)
{
    static const struct answer answers[] = {
        {.text = NONCE, .then = NEXT},
        {.text = TOKEN, .then = NEXT},
        {.text = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", .then = NEXT},
        {.text = NONCE, .then = NEXT},
        {.text = TOKEN, .then = NEXT},
        {.text = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", .then = NEXT},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .then = NEXT}};

    (void)state;
    PLAY(answers);
    assert_int_equal(relay_acknowledge(client, 1), ERR_REFUSED);
    assert_int_equal(hostile.next, 6);
}

static void a_stream_of_junk_ends(void **state)
{
    (void)state;
    assert_int_equal(read_stream((struct answer){.text = STREAM "id: 1\ndata: not base64!\n\n", .then = CLOSE}),
                     ERR_FORMAT);
}

static void a_line_without_end_ends_the_stream(void **state)
{
    static char text[200000];

    (void)state;
    memset(text, 'A', sizeof text);
    memcpy(text, STREAM "data: ", sizeof STREAM - 1 + 6);
    assert_int_equal(read_stream((struct answer){.text = text, .len = sizeof text, .then = CLOSE}), ERR_LIMIT);
}

static void silence_ends_the_stream_after_two_and_a_half_heartbeats(void **state)
{
    uint64_t start_us = clock_mono_us(), took_us;

    (void)state;
    assert_int_equal(read_stream((struct answer){.text = STREAM ":\n\n", .then = HOLD}), ERR_TIMEOUT);
    took_us = clock_mono_us() - start_us;
    assert_true(took_us > 2400000 && took_us < 5000000);
}

static void a_stream_that_breaks_is_a_connection_lost(void **state)
{
    (void)state;
    assert_int_equal(read_stream((struct answer){.text = STREAM ":\n\n", .then = CLOSE}), ERR_UNREACHABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_redirect_is_not_followed),
        TEST(interim_answers_without_end_are_refused),
        TEST(one_header_that_is_too_long_is_refused),
        TEST(a_body_longer_than_the_route_allows_is_refused),
        TEST(what_is_not_http_is_refused),
        TEST(no_news_is_an_answer_only_to_who_has_something),
        TEST(an_empty_bulletin_is_none),
        TEST(a_short_answer_is_no_answer),
        TEST(a_nonce_of_another_length_is_not_signed),
        TEST(a_token_that_would_add_a_header_is_refused),
        TEST(a_relay_that_knows_no_session_is_asked_twice_and_not_for_ever),
        TEST(a_stream_of_junk_ends),
        TEST(a_line_without_end_ends_the_stream),
        TEST(silence_ends_the_stream_after_two_and_a_half_heartbeats),
        TEST(a_stream_that_breaks_is_a_connection_lost),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
