/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliver_tool: the courier's delivery code on one document and one printer, without site or relay, so that tests can
 * put it before hostile printers. It seals the document into a scratch spool, delivers it, and prints one JSON line for
 * the order, each step and the end. "stop" or "cancel" on standard input tells it to stop.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/file.h"
#include "printscout/courier/deliver.h"
#include "printscout/courier/hello_keys.h"
#include "tests/delivery/sealed_job.h"

struct tool {
    struct deliver d;
    struct order order;
    int ask, done_fd;
    atomic_int why;
    uint64_t start_us;
};

static void print_progress(const struct tool *t, const char *what)
{
    const struct deliver_progress *p = &t->d.now;

    printf("{\"what\": \"%s\", \"us\": %" PRIu64 ", \"sent\": %" PRIu64
           ", \"impressions\": %lld, \"reasons\": \"%s\"}\n",
           what, clock_mono_us() - t->start_us, p->sent_bytes,
           p->impressions == IMPRESSIONS_UNKNOWN ? -1 : (long long)p->impressions, p->printer_state_reasons);
}

static void on_step(struct deliver *d, enum deliver_step step)
{
    static const char *const names[] = {
        [STEP_FIRST_BYTE] = "first-byte", [STEP_PROGRESS] = "progress", [STEP_SENT] = "sent"};

    print_progress(d->arg, names[step]);
}

static void *run(void *arg)
{
    struct tool *t = arg;
    const uint64_t one = 1;

    if (t->ask)
        deliver_ipp_ask(&t->d);
    else if (t->order.protocol == DELIVERY_IPPS)
        deliver_ipp(&t->d);
    else
        deliver_raw(&t->d);
    if (write(t->done_fd, &one, sizeof one) < 0)
        abort();
    return NULL;
}

/* Until the delivery has ended, hear what standard input says. */
static void listen_to(struct tool *t)
{
    struct pollfd p[2] = {{.fd = t->done_fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    const uint64_t one = 1;
    char word[64];

    while (poll(p, 2, -1) >= 0 && p[0].revents == 0) {
        ssize_t n = p[1].revents == 0 ? 0 : read(STDIN_FILENO, word, sizeof word - 1);

        if (n <= 0) {
            p[1].fd = -1;
            continue;
        }
        atomic_store(&t->why, word[0] == 'c' ? STOP_CANCELED : STOP_SHUTDOWN);
        if (write(t->d.stop_fd, &one, sizeof one) < 0)
            abort();
    }
}

static void print_end(const struct tool *t)
{
    static const char *const events[JOB_EVENT_COUNT] = {
        [EV_PRINTED] = "printed", [EV_NOT_PRINTED] = "not-printed", [EV_OUTCOME_LOST] = "outcome-lost"};
    const struct deliver_outcome *o = &t->d.outcome;

    print_progress(t, "last");
    printf("{\"what\": \"end\", \"event\": \"%s\", \"reason\": \"%s\", \"confirmed\": %d, \"left\": %d, "
           "\"silent\": %d}\n",
           events[o->event], jobreason_name(o->reason), o->confirmed, o->left_at_printer, t->d.pjl_silent);
}

static enum err prepare(struct tool *t, const char *folder, const char *document, const char *order_id)
{
    struct hello_keys *hello = NULL;
    uint8_t *bytes = NULL;
    const uint8_t *secret;
    struct id node = {"a courier      "};
    int spool = -1;
    size_t len;
    enum err e;

    if ((e = file_read(AT_FDCWD, document, (size_t)1 << 31, &bytes, &len)) != OK ||
        (e = spool_open(folder, &spool)) != OK || (e = hello_keys_new(&hello)) != OK ||
        (e = sealed_job_make(spool, bytes, len, hello_keys_public(hello), node, &t->order)) != OK)
        goto out;
    secret = hello_keys_find(hello, t->order.hello_public, clock_boot_ms());
    t->start_us = clock_mono_us();
    e = document_open(spool, &t->order, secret, t->order.hello_public, &t->d.document);
    if (e == OK && order_id != NULL)
        e = id_read(order_id, &t->order.order);
out:
    hello_keys_free(hello);
    free(bytes);
    if (spool >= 0)
        close(spool);
    return e;
}

static uint32_t number_or(const char *text, uint32_t fallback)
{
    return text == NULL ? fallback : (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    static struct tool t;
    const char *operands[3], *pin = NULL, *idle = NULL, *connect_ms = NULL, *deadline = NULL, *ask = NULL,
                             *options = NULL;
    const struct arg args[] = {{"pin", "HEX", "of an IPPS printer", &pin, NULL},
                               {"idle-ms", "N", "give up after so long without a sign of life", &idle, NULL},
                               {"connect-ms", "N", "for one attempt", &connect_ms, NULL},
                               {"deadline-ms", "N", "from now, for the first byte", &deadline, NULL},
                               {"ask", "ORDER", "deliver nothing, ask what became of this order", &ask, NULL},
                               {"sent", NULL, "with --ask: the document was sent whole", NULL, &t.d.document_was_sent},
                               {"options", "HEX", "IPP job attributes of the order", &options, NULL},
                               {0}};
    const struct usage usage = {"deliver_tool", "FOLDER DOCUMENT URI …", "Deliver one document.", args};
    char hex[ID_HEX_SIZE];
    pthread_t thread;
    size_t count;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (args_parse(argc, argv, &usage, operands, 3, &count) != OK || count != 3 || crypto_start() != OK ||
        curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 2;
    if (prepare(&t, operands[0], operands[1], ask) != OK || strlen(operands[2]) >= PRINTER_URI_SIZE)
        return 2;
    strcpy(t.order.printer_uri, operands[2]);
    t.order.protocol = strncmp(operands[2], "ipps:", 5) == 0 ? DELIVERY_IPPS : DELIVERY_RAW;
    if (printer_uri_read(operands[2], (enum delivery_protocol)t.order.protocol, &t.d.where) != OK ||
        (pin != NULL && hex_read(pin, t.order.printer_pin, sizeof t.order.printer_pin) != OK))
        return 2;
    if (options != NULL) {
        t.order.options_len = strlen(options) / 2;
        if (t.order.options_len > sizeof t.order.options ||
            hex_read(options, t.order.options, t.order.options_len) != OK)
            return 2;
    }
    t.ask = ask != NULL;
    t.d.order = &t.order;
    t.d.limits = (struct deliver_limits){.connect_ms = number_or(connect_ms, 2000), .idle_ms = number_or(idle, 10000)};
    t.d.deadline_boot_ms = clock_boot_ms() + number_or(deadline, 500);
    t.d.stop_fd = eventfd(0, EFD_CLOEXEC);
    t.d.stop_why = &t.why;
    t.d.step = on_step;
    t.d.arg = &t;
    t.d.now.impressions = IMPRESSIONS_UNKNOWN;
    t.done_fd = eventfd(0, EFD_CLOEXEC);
    printf("{\"what\": \"order\", \"order\": \"%s\"}\n", id_text(t.order.order, hex));
    if (t.d.stop_fd < 0 || t.done_fd < 0 || pthread_create(&thread, NULL, run, &t) != 0)
        return 2;
    listen_to(&t);
    if (pthread_join(thread, NULL) != 0)
        return 2;
    print_end(&t);
    document_free(t.d.document);
    close(t.d.stop_fd);
    close(t.done_fd);
    curl_global_cleanup();
    return 0;
}
