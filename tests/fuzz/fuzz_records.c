/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_records: any bytes to every reader of proto/. What a reader accepts, its writer writes, byte for byte the same:
 * there is one spelling of each record. Signatures, MACs and envelopes are taken for good (--wrap), so that the fuzzer
 * meets the readers behind them. Seeds: the golden files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/envelope.h"
#include "proto/bulletin.h"
#include "proto/hello.h"
#include "proto/join.h"
#include "proto/keyholder.h"
#include "proto/message.h"
#include "proto/profile.h"
#include "proto/question.h"
#include "proto/spool.h"
#include "proto/ticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum err __wrap_verify_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                             const uint8_t public_key[static KEY_LEN], const uint8_t signature[static SIGNATURE_LEN]);
enum err __wrap_verify_bytes(const char *label, size_t label_size, const void *bytes, size_t len,
                             const uint8_t public_key[static KEY_LEN], const uint8_t signature[static SIGNATURE_LEN])
{
    (void)label, (void)label_size, (void)bytes, (void)len, (void)public_key, (void)signature;
    return OK;
}

enum err __wrap_envelope_open(const uint8_t box_public[static KEY_LEN], const uint8_t box_secret[static KEY_LEN],
                              const uint8_t *sealed, size_t len, uint8_t *out, size_t *outlen);
enum err __wrap_envelope_open(const uint8_t box_public[static KEY_LEN], const uint8_t box_secret[static KEY_LEN],
                              const uint8_t *sealed, size_t len, uint8_t *out, size_t *outlen)
{
    (void)box_public, (void)box_secret;
    if (len > ENVELOPE_MAX_PLAIN)
        return ERR_FORMAT;
    memcpy(out, sealed, len);
    *outlen = len;
    return OK;
}

int __wrap_secret_equal(const void *a, const void *b, size_t len);
int __wrap_secret_equal(const void *a, const void *b, size_t len)
{
    (void)a, (void)b, (void)len;
    return 1;
}

/* The site of tests/vectors/proto, which the seeds name. */
static const uint8_t SITE_PUBLIC[KEY_LEN] = {0xe8, 0x33, 0xc0, 0xea, 0xc3, 0xd6, 0xfc, 0x33, 0xaf, 0xa9, 0x88,
                                             0x5c, 0x57, 0xc2, 0x16, 0xfb, 0x78, 0x45, 0x10, 0x5a, 0x8c, 0xf5,
                                             0xde, 0xf0, 0x64, 0xf8, 0x0f, 0x9b, 0xfd, 0x27, 0x55, 0x97};

static uint8_t again[131072];

static void expect(int good)
{
    if (!good)
        abort();
}

static void expect_same(const struct wbuf *b, enum err e, const uint8_t *bytes, size_t len)
{
    expect(e == OK && b->len == len && memcmp(b->start, bytes, len) == 0);
}

#define SAME(write, record, signature)                                                                                 \
    do {                                                                                                               \
        struct wbuf b_ = wbuf_of(again, sizeof again);                                                                 \
        enum err e_ = write((record), &b_);                                                                            \
        expect_same(&b_, e_, bytes, len - (signature));                                                                \
    } while (0)

static void try_records(const uint8_t *bytes, size_t len)
{
    static struct order order;
    struct certificate certificate;
    struct hello hello;
    struct report report;
    struct closed closed;
    struct id a, b;

    if (certificate_read(bytes, len, SITE_PUBLIC, &certificate) == OK)
        SAME(certificate_write, &certificate, SIGNATURE_LEN);
    if (hello_read(bytes, len, SITE_PUBLIC, &hello) == OK)
        SAME(hello_write, &hello, SIGNATURE_LEN);
    if (order_read(bytes, len, SITE_PUBLIC, &order) == OK)
        SAME(order_write, &order, SIGNATURE_LEN);
    if (report_read(bytes, len, SITE_PUBLIC, &report) == OK)
        SAME(report_write, &report, SIGNATURE_LEN);
    if (closed_read(bytes, len, SITE_PUBLIC, &closed) == OK)
        SAME(closed_write, &closed, SIGNATURE_LEN);
    if (report_peek(bytes, len, &a, &b) == OK)
        expect(len >= 65);
    expect(!report_says_terminal(bytes, len) || len >= 68);
}

static void try_bulletin(const uint8_t *bytes, size_t len)
{
    struct bulletin *bulletin = NULL;

    if (len <= KEY_LEN || bulletin_read(bytes, len, verify_key_id(bytes + 1), &bulletin) != OK)
        return;
    SAME(bulletin_write, bulletin, SIGNATURE_LEN);
    free(bulletin);
}

static void try_bodies(const uint8_t *bytes, size_t len)
{
    static struct list list;
    struct join_answer answer;
    struct gone gone;
    struct ack ack;
    struct grant grant;
    struct printer printer;
    struct delegation delegation;
    static struct profile profile;
    struct rbuf b = rbuf_of(bytes, len);

    if (join_answer_read(bytes, len, &answer) == OK)
        SAME(join_answer_write, &answer, 0);
    if (gone_read(bytes, len, &gone) == OK)
        SAME(gone_write, &gone, 0);
    if (ack_read(bytes, len, &ack) == OK)
        SAME(ack_write, &ack, 0);
    if (list_read(bytes, len, &list) == OK)
        SAME(list_write, &list, 0);
    if (profile_read(bytes, len, &profile) == OK)
        SAME(profile_write, &profile, 0);
    if (grant_read(bytes, len, &grant) == OK)
        SAME(grant_write, &grant, 0);
    while (b.left > 0 && printer_read(&b, &printer) == OK)
        expect(b.left < len);
    b = rbuf_of(bytes, len);
    while (b.left > 0 && delegation_read(&b, &delegation) == OK)
        expect(b.left < len);
}

static void try_questions(const uint8_t *bytes, size_t len)
{
    static struct question question;
    static const uint8_t key[KEY_LEN];
    struct answer answer;
    struct id id;

    if (question_read(bytes, len, &question) == OK) {
        expect(strlen(question.password) <= QUESTION_PASSWORD_MAX);
        expect(question_write(&question, again) == OK && len == QUESTION_LEN && memcmp(again, bytes, len) == 0);
    }
    if (answer_read(bytes, len, key, &answer) == OK) {
        struct wbuf b = wbuf_of(again, sizeof again);

        expect(answer_write(&answer, key, &b) == OK && b.len == len && memcmp(again, bytes, len - KEY_LEN) == 0);
    }
    expect(answer_question(bytes, len, &id) != OK || len >= 1 + ID_LEN);
}

static void try_texts(const uint8_t *bytes, size_t len)
{
    char text[2 * CODE_TEXT_MAX] = {0}, code[CODE_TEXT_MAX];
    uint8_t json[TICKET_JSON_MAX];
    struct invitation invitation, same;
    struct join_request request;
    struct ticket ticket;
    size_t json_len;

    memcpy(text, bytes, len < sizeof text ? len : sizeof text - 1);
    if (invitation_read(text, &invitation) == OK) {
        expect(invitation_write(&invitation, code) == OK && invitation_read(code, &same) == OK);
        expect(memcmp(invitation.secret, same.secret, CODE_SECRET_LEN) == 0);
    }
    if (ticket_read(bytes, len, &ticket) == OK)
        expect(ticket_write(&ticket, json, &json_len) == OK && ticket_read(json, json_len, &ticket) == OK);
    if (join_request_read(bytes, len, &request) == OK)
        expect(len == JOIN_REQUEST_LEN);
}

static void try_message(const uint8_t *bytes, size_t len)
{
    static uint8_t plain[ENVELOPE_MAX_LEN];
    struct node_keys to = {0};
    struct message m;
    size_t plain_len;

    if (len < 2 + ID_LEN)
        return;
    memcpy(to.node.b, bytes + 2, ID_LEN); /* whoever it is for */
    if (message_open(bytes, len, &to, plain, &plain_len, &m) != OK)
        return;
    expect(m.body >= plain && m.body + m.body_len + SIGNATURE_LEN == plain + plain_len);
    expect(message_verify(plain, plain_len, &m, SITE_PUBLIC) != ERR_FORMAT);
}

static const struct id JOB = {{1}};
static char folder[] = "/tmp/latchkey-fuzz-XXXXXX";

static void remove_spool(void)
{
    static const char *const left[] = {"site/node", "jobs/01000000000000000000000000000000/queue",
                                       "jobs/01000000000000000000000000000000/state"};
    static const char *const folders[] = {"jobs/01000000000000000000000000000000", "jobs", "incoming", "site", "."};
    int spool = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (size_t i = 0; i < 3; i++)
        unlinkat(spool, left[i], 0);
    for (size_t i = 0; i < 4; i++)
        unlinkat(spool, folders[i], AT_REMOVEDIR);
    close(spool);
    rmdir(folder);
}

static int start_spool(void)
{
    char path[SPOOL_PATH_SIZE];
    int spool = -1;

    expect(mkdtemp(folder) != NULL && spool_open(folder, &spool) == OK);
    expect(mkdirat(spool, spool_path(path, SPOOL_JOBS, JOB, NULL), 0700) == 0);
    atexit(remove_spool);
    return spool;
}

static void put(int spool, const char *path, const uint8_t *bytes, size_t len)
{
    int fd = openat(spool, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    expect(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    close(fd);
}

static void try_spool(const uint8_t *bytes, size_t len)
{
    static int spool = -1;
    struct spool_node node;
    struct spool_queue queue;
    struct spool_state state;
    char path[SPOOL_PATH_SIZE];

    if (spool < 0)
        spool = start_spool();
    put(spool, SPOOL_NODE, bytes, len);
    put(spool, spool_path(path, SPOOL_JOBS, JOB, SPOOL_FILE_QUEUE), bytes, len);
    put(spool, spool_path(path, SPOOL_JOBS, JOB, SPOOL_FILE_STATE), bytes, len);
    if (spool_node_read(spool, &node) == OK)
        expect(text_is_clean(node.person, strlen(node.person)));
    if (spool_queue_read(spool, JOB, &queue) == OK)
        SAME(spool_queue_encode, &queue, 0);
    if (spool_state_read(spool, JOB, &state) == OK)
        expect(state.state < JOB_STATE_COUNT && state.reason < JOB_REASON_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (crypto_start() != OK)
        abort();
    try_records(bytes, len);
    try_bulletin(bytes, len);
    try_bodies(bytes, len);
    try_questions(bytes, len);
    try_texts(bytes, len);
    try_message(bytes, len);
    try_spool(bytes, len);
    return 0;
}
