/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_relay: how fast a message wakes its reader at a running scoutrelay, and what an idle stream costs it. One line
 * of JSON.
 * usage: bench_relay [MESSAGES [STREAMS]]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/openssl.h"
#include "proto/relay.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/relay_process.h"

/* clang-format off */
#include <openssl/ssl.h>
/* clang-format on */

#define MESSAGE_LEN 2048 /* an order or a small description, sealed and padded */

static struct fixture *site;
static struct relay_process server;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_relay: %s\n", what);
    relay_process_free(&server);
    exit(1);
}

static struct relay *client(const struct node_keys *keys, const uint8_t *certificate)
{
    const struct relay_opts opts = {.url = server.url,
                                    .pin = server.pin,
                                    .keys = keys,
                                    .certificate = certificate,
                                    .site_public = site->site_public};
    struct relay *r = NULL;

    if (relay_new(&opts, &r) != OK)
        die("no client");
    return r;
}

/* Waking */

struct reader {
    struct relay *relay;
    pthread_mutex_t lock;
    pthread_cond_t came;
    uint64_t woken_us; /* 0: not yet */
    int up;
};

static enum err on_read(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct reader *t = arg;
    uint64_t now_us = clock_mono_us();

    (void)cursor, (void)len;
    pthread_mutex_lock(&t->lock);
    t->up = 1;
    if (sealed != NULL)
        t->woken_us = now_us;
    pthread_cond_signal(&t->came);
    pthread_mutex_unlock(&t->lock);
    return OK;
}

static void *read_all(void *arg)
{
    struct reader *t = arg;
    uint64_t cursor = 0;

    if (relay_read(t->relay, &cursor, on_read, t) != ERR_STATE)
        die("the stream ended");
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Microseconds from the call of relay_append to the reader's callback, sorted. */
static void measure_waking(struct relay *from, struct reader *t, uint64_t *out_us, size_t n)
{
    static const uint8_t sealed[MESSAGE_LEN];

    for (size_t i = 0; i < n; i++) {
        uint64_t start_us;
        struct id id;

        secret_random(id.b, sizeof id.b);
        t->woken_us = 0;
        start_us = clock_mono_us();
        if (relay_append(from, site->scout->node, id, sealed, sizeof sealed) != OK)
            die("an append failed");
        pthread_mutex_lock(&t->lock);
        while (t->woken_us == 0)
            pthread_cond_wait(&t->came, &t->lock);
        pthread_mutex_unlock(&t->lock);
        out_us[i] = t->woken_us - start_us;
    }
    qsort(out_us, n, sizeof *out_us, by_number);
}

/* Idle streams */

static long resident_kib(pid_t pid)
{
    char path[64], line[128];
    long kib = -1;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if ((f = fopen(path, "re")) == NULL)
        die("no /proc");
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    }
    fclose(f);
    return kib;
}

static SSL *connect_tls(SSL_CTX *context)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(server.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    SSL *ssl = SSL_new(context);

    if (fd < 0 || ssl == NULL || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        connect(fd, (struct sockaddr *)&a, sizeof a) != 0 || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
        die("no TLS connection (is the limit of open files high enough?)");
    return ssl;
}

/* Open a stream and read until its first heartbeat. */
static SSL *open_stream(SSL_CTX *context, const char *token)
{
    SSL *ssl = connect_tls(context);
    char text[1024];
    size_t len = 0;
    int n;

    n = snprintf(text, sizeof text, "GET /v1/mailbox/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                 token);
    if (SSL_write(ssl, text, n) != n)
        die("no request");
    for (text[0] = '\0'; strstr(text, "\r\n:\n\n\r\n") == NULL; text[len] = '\0') {
        if (len == sizeof text - 1 || (n = SSL_read(ssl, text + len, (int)(sizeof text - 1 - len))) <= 0)
            die("no stream");
        len += (size_t)n;
    }
    return ssl;
}

/* One request and the last len bytes of its answer, which are the body's. */
static void ask(SSL *ssl, const void *request, size_t request_len, void *body, size_t len)
{
    char text[1024], *end;
    size_t have = 0;
    int n;

    if (SSL_write(ssl, request, (int)request_len) <= 0)
        die("no request");
    do {
        if (have == sizeof text - 1 || (n = SSL_read(ssl, text + have, (int)(sizeof text - 1 - have))) <= 0)
            die("no answer");
        have += (size_t)n;
        text[have] = '\0';
        end = memmem(text, have, "\r\n\r\n", 4);
    } while (end == NULL || text + have < end + 4 + len);
    memcpy(body, end + 4, len);
}

/* Sign in by hand and give the token: relay.h keeps its own to itself. */
static void sign_in(SSL_CTX *context, const struct node_keys *keys, const uint8_t *certificate, char token[static 65])
{
    static const char get_nonce[] = "GET /v1/nonce HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char post[] = "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 276\r\n\r\n";
    uint8_t nonce[32], request[sizeof post + 276], to_sign[32 + 32 + 2 + 64];
    struct wbuf b = wbuf_of(request, sizeof request), w = wbuf_of(to_sign, sizeof to_sign);
    SSL *ssl = connect_tls(context);

    ask(ssl, get_nonce, sizeof get_nonce - 1, nonce, sizeof nonce);
    if (wbuf_copy(&w, nonce, 32) != OK || wbuf_copy(&w, server.pin, 32) != OK || wbuf_text16(&w, server.url) != OK ||
        wbuf_copy(&b, post, sizeof post - 1) != OK || wbuf_copy(&b, site->site_public, KEY_LEN) != OK ||
        wbuf_copy(&b, certificate, CERTIFICATE_LEN) != OK || wbuf_copy(&b, nonce, 32) != OK ||
        SIGN(LABEL_RELAY_AUTH, to_sign, w.len, keys->sign_secret, b.start + b.len) != OK)
        die("no signature");
    ask(ssl, request, b.len + SIGNATURE_LEN, token, 64);
    token[64] = '\0';
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
}

/* As many streams, each node with one; KiB of the relay's memory for each. */
static double measure_streams(size_t n, double *per_second)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL **all = calloc(n, sizeof *all);
    uint64_t start_us;
    long before_kib;
    double each;

    if (context == NULL || all == NULL)
        die("no memory");
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    before_kib = resident_kib(server.pid);
    start_us = clock_mono_us();
    for (size_t i = 0; i < n; i++) {
        uint8_t certificate[CERTIFICATE_LEN];
        struct node_keys *keys = NULL;
        char token[65];

        if (node_keys_new(&keys) != OK)
            die("no keys");
        fixture_certify(site, keys, ROLE_ORIGIN, certificate);
        sign_in(context, keys, certificate, token);
        all[i] = open_stream(context, token);
        node_keys_free(keys);
    }
    *per_second = (double)n * 1e6 / (double)(clock_mono_us() - start_us);
    each = (double)(resident_kib(server.pid) - before_kib) / (double)n;
    for (size_t i = 0; i < n; i++) {
        close(SSL_get_fd(all[i]));
        SSL_free(all[i]);
    }
    free(all);
    SSL_CTX_free(context);
    return each;
}

int main(int argc, char **argv)
{
    size_t messages = argc > 1 ? strtoull(argv[1], NULL, 10) : 5000;
    size_t streams = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    struct rlimit files;
    struct reader t = {.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER};
    double each_kib = 0, per_second = 0;
    struct relay *scout;
    pthread_t thread;
    uint64_t *us;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        die("no limit of open files");
    files.rlim_cur = files.rlim_max;
    if (messages == 0 || setrlimit(RLIMIT_NOFILE, &files) != 0 || fixture_new((void **)&site) != 0) {
        fprintf(stderr, "usage: bench_relay [MESSAGES [STREAMS]]\n");
        return 2;
    }
    if (streams + 200 > files.rlim_max)
        streams = files.rlim_max - 200;
    relay_process_make(&server, site->site,
                       "heartbeat-s = 60\nmailbox-messages-max = 1000000\nmailbox-bytes-max = 100000000000\n"
                       "connections-max = 20000\n");
    relay_process_start(&server);
    if ((us = calloc(messages, sizeof *us)) == NULL)
        die("no memory");
    scout = client(site->scout, site->scout_certificate);
    t.relay = client(site->scout, site->scout_certificate);
    if (pthread_create(&thread, NULL, read_all, &t) != 0)
        die("no thread");
    pthread_mutex_lock(&t.lock);
    while (!t.up)
        pthread_cond_wait(&t.came, &t.lock);
    pthread_mutex_unlock(&t.lock);
    measure_waking(scout, &t, us, messages);
    relay_stop(t.relay);
    pthread_join(thread, NULL);
    if (streams > 0)
        each_kib = measure_streams(streams, &per_second);
    printf("{\"messages\": %zu, \"wake_p50_ms\": %.3f, \"wake_p99_ms\": %.3f, \"wake_max_ms\": %.3f, "
           "\"streams\": %zu, \"kib_per_stream\": %.1f, \"streams_per_s\": %.0f}\n",
           messages, (double)us[messages / 2] / 1000, (double)us[messages * 99 / 100] / 1000,
           (double)us[messages - 1] / 1000, streams, each_kib, per_second);
    relay_free(scout);
    relay_free(t.relay);
    relay_process_free(&server);
    free(us);
    return fixture_free((void **)&site);
}
