/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printscout-pages: counts the pages of PDF documents for printscout-queue, which starts it. Reading a PDF takes a
 * large parser, and the document is whoever's: each one gets a process of its own that is confined before it reads a
 * byte and ends after its answer. This one only forks.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "printscout/pages/answer.h"
#include "printscout/pages/confine.h"
#include "printscout/pages/pdf.h"

#define DOCUMENT_FD 0
#define READ_LEN    262144

/* Up to its end. ERR_LIMIT: longer than anybody counts. */
static enum err take_document(uint8_t *bytes, size_t max, size_t *len)
{
    *len = 0;
    for (;;) {
        const size_t room = max - *len < READ_LEN ? max - *len : READ_LEN;
        const ssize_t n = read(DOCUMENT_FD, bytes + *len, room);

        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (n == 0)
            return *len < max ? OK : ERR_LIMIT;
        if (n > 0)
            *len += (size_t)n;
    }
}

static int say(const uint8_t *bytes, size_t len)
{
    return write(DOCUMENT_FD, bytes, len) == (ssize_t)len;
}

/* The pages first: the queue waits long for them, and for the colour only a little. */
static int answer(const uint8_t *bytes, size_t len)
{
    struct pdf *pdf = NULL;
    uint8_t pages[4], color;
    struct wbuf b = wbuf_of(pages, sizeof pages);

    if (pdf_open(bytes, len, &pdf) != OK || wbuf_u32(&b, pdf_pages(pdf)) != OK || !say(pages, sizeof pages))
        return 1;
    color = (uint8_t)pdf_color(pdf);
    return say(&color, 1) ? 0 : 1;
}

/* The stream closes while the document is counted: nobody waits for the answer any more. */
static void on_stream(int number)
{
    struct pollfd p = {.fd = DOCUMENT_FD};

    (void)number;
    if (poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0)
        _exit(1);
}

/* Have on_stream() called, once the signal is let through. */
static int watch_stream(const sigset_t *sigio)
{
    const struct sigaction moved = {.sa_handler = on_stream};

    return sigprocmask(SIG_BLOCK, sigio, NULL) == 0 && sigaction(SIGIO, &moved, NULL) == 0 &&
           fcntl(DOCUMENT_FD, F_SETOWN, getpid()) == 0 && fcntl(DOCUMENT_FD, F_SETFL, O_ASYNC) == 0;
}

/* A process for one document. What it had is gone with it. */
static int read_one(int stream)
{
    sigset_t sigio;
    size_t len;
    uint8_t *bytes;
    enum err e;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&sigio);
    sigaddset(&sigio, SIGIO);
    if (dup2(stream, DOCUMENT_FD) < 0 || close_range(DOCUMENT_FD + 1, ~0U, 0) != 0 || !watch_stream(&sigio))
        return 1;
    if ((e = confine()) != OK)
        return 1;
    bytes = mmap(NULL, PAGES_DOCUMENT_MAX + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED || take_document(bytes, PAGES_DOCUMENT_MAX + 1, &len) != OK)
        return 1;
    if (sigprocmask(SIG_UNBLOCK, &sigio, NULL) != 0)
        return 1;
    return answer(bytes, len);
}

static unsigned running;

static void reap(void)
{
    while (running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
        running--;
}

static void start(int stream)
{
    pid_t child;

    if (running >= PAGES_AT_ONCE) {
        log_info("pages_not_counted", "reason=busy");
        return;
    }
    if ((child = fork()) == 0)
        _exit(read_one(stream));
    if (child > 0)
        running++;
    else
        log_warn("pages_not_counted", "reason=fork errno=%m");
}

/* The next document's stream; -1: none came with the byte. ERR_NOTFOUND: the queue has ended. */
static enum err next_stream(int *stream)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    const struct cmsghdr *c;
    ssize_t n = recvmsg(PAGES_CONTROL_FD, &m, MSG_CMSG_CLOEXEC);

    *stream = -1;
    if (n <= 0)
        return n < 0 && errno == EINTR ? OK : ERR_NOTFOUND;
    c = CMSG_FIRSTHDR(&m);
    if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(stream, CMSG_DATA(c), sizeof *stream);
    return OK;
}

static void on_child(int number)
{
    (void)number; /* it only wakes recvmsg(), so that nobody stays unburied while nothing is printed */
}

/* Where memory runs short, what counts pages goes, and not a queue that holds jobs; nor does anything else. */
static void be_the_first_to_go(void)
{
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, "1000", 4) != 4)
        log_info("oom_score", "errno=%m");
    if (fd >= 0)
        close(fd);
}

int main(void)
{
    const struct sigaction child = {.sa_handler = on_child};
    int stream;

    log_start(PAGES_PROGRAM, LOG_INFO_);
    be_the_first_to_go();
    if (sandbox_no_dumps() != OK || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || sigaction(SIGCHLD, &child, NULL) != 0 ||
        sandbox_no_network() != OK || send(PAGES_CONTROL_FD, "r", 1, MSG_NOSIGNAL) != 1) {
        fprintf(stderr, PAGES_PROGRAM ": printscout-queue starts it, nobody else.\n");
        return 1;
    }
    while (next_stream(&stream) == OK) {
        reap();
        if (stream < 0)
            continue;
        start(stream);
        close(stream);
    }
    return 0;
}
