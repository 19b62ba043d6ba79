/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyholder_fixture: a site made by setup_init() in a scratch folder, its keyholder open in this process, and
 * workstations that join, say hello and seal jobs with the real code. Requests go through ask_answer(), as from a
 * socket.
 */
#ifndef TESTS_UNIT_KEYHOLDER_FIXTURE_H
#define TESTS_UNIT_KEYHOLDER_FIXTURE_H

#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/label.h"
#include "crypto/nodekeys.h"
#include "crypto/seal.h"
#include "devicescout/keyholder/ask.h"
#include "devicescout/keyholder/setup.h"
#include "proto/report.h"
#include "tests/unit/scratch.h"

#define TIMEOUT_MS 60000
#define PER_MINUTE 60

struct site {
    struct keeper *k;
    char made[64], path[64]; /* the state as init left it, and this test's copy */
    uint8_t answer[KH_FRAME_MAX];
    size_t answer_len;
    char why[512];
    struct id colour, mono; /* printers */
};

struct node {
    struct node_keys *keys;
    uint8_t certificate[CERTIFICATE_LEN];
    uint8_t hello_public[KEY_LEN], hello_secret[KEY_LEN];
};

struct sealed {
    struct id job;
    uint8_t description[DESCRIPTION_FILE_MAX];
    size_t len;
};

static inline enum err ask_raw(struct site *s, enum ask_socket socket, uint8_t op, const void *body, size_t len)
{
    static uint8_t frame[KH_FRAME_MAX];
    struct wbuf answer = wbuf_of(frame, sizeof frame);
    struct rbuf b;

    ask_answer(s->k, socket, op, body, len, &answer);
    s->answer_len = answer.len - 1;
    memcpy(s->answer, frame + 1, s->answer_len);
    s->why[0] = '\0';
    b = rbuf_of(s->answer, s->answer_len);
    if (frame[0] != OK)
        assert_int_equal(rbuf_text16(&b, s->why, sizeof s->why), OK);
    return (enum err)frame[0];
}

static inline enum err ask_scout(struct site *s, enum kh_op op, const void *body, size_t len)
{
    return ask_raw(s, SOCKET_SCOUT, (uint8_t)op, body, len);
}

static inline enum err ask_admin(struct site *s, enum kh_op op, const void *body, size_t len)
{
    return ask_raw(s, SOCKET_ADMIN, (uint8_t)op, body, len);
}

static inline enum err open_site(struct site *s)
{
    return keeper_open(&(struct keeper_opts){.state = s->path,
                                             .grants_per_minute = PER_MINUTE,
                                             .delivery_timeout_ms = TIMEOUT_MS,
                                             .delegation_days = 31},
                       &s->k);
}

static inline void run(const char *fmt, const char *a, const char *b)
{
    char command[256];

    snprintf(command, sizeof command, fmt, a, b);
    assert_int_equal(system(command), 0);
}

/* As after a kill -9: nothing is written on the way out. */
static inline void reopen(struct site *s)
{
    keeper_free(s->k);
    s->k = NULL;
    assert_int_equal(open_site(s), OK);
}

static inline void add_printer(struct site *s, struct id *id, const char *name, const char *uri, int raw)
{
    uint8_t body[512];
    struct wbuf b = wbuf_of(body, sizeof body);
    struct printer p = {.protocol = raw ? DELIVERY_RAW : DELIVERY_IPPS};

    secret_random(p.id.b, ID_LEN);
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.uri, sizeof p.uri, "%s", uri);
    if (raw)
        snprintf(p.language, sizeof p.language, "pdf");
    else
        memset(p.pin, 7, PIN_LEN);
    assert_int_equal(printer_write(&p, &b), OK);
    assert_int_equal(ask_admin(s, KH_PRINTER_ADD, body, b.len), OK);
    *id = p.id;
}

static inline void set_policy(struct site *s, uint32_t retention_s, uint32_t flags)
{
    uint8_t body[9];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_u32(&b, retention_s), OK);
    assert_int_equal(wbuf_u32(&b, flags), OK);
    assert_int_equal(wbuf_u8(&b, 6), OK);
    assert_int_equal(ask_admin(s, KH_POLICY, body, b.len), OK);
}

/* Group set-up: Argon2id makes a site slow to make, so it is made once and copied for each test. */
static char site_made[64], site_kit[CEREMONY_KIT_SIZE];

static inline int site_make(void **state)
{
    struct ceremony_request *r;
    struct ceremony_answer *a;
    struct node_keys *scout = NULL;
    enum err e;

    (void)state;
    log_start("test", LOG_ERROR_);
    if (crypto_start() != OK || node_keys_new(&scout) != OK)
        return -1;
    strcpy(site_made, "/tmp/latchkey-test-XXXXXX");
    r = secret_new(sizeof *r);
    a = secret_new(sizeof *a);
    if (mkdtemp(site_made) == NULL || r == NULL || a == NULL)
        return -1;
    strcpy(r->password, "correct horse");
    memcpy(r->scout_sign, scout->sign_public, KEY_LEN);
    memcpy(r->scout_box, scout->box_public, KEY_LEN);
    strcpy(r->relays[0].url, "https://relay.example:8443");
    r->relays_len = 1;
    e = setup_init(site_made, r, a);
    memcpy(site_kit, a->kit, sizeof site_kit);
    secret_free(r);
    secret_free(a);
    node_keys_free(scout);
    return e == OK ? 0 : -1;
}

static inline int site_unmake(void **state)
{
    (void)state;
    run("rm -rf -- %s%s", site_made, "");
    return 0;
}

/* cmocka set-up: *state becomes a struct site with two printers, one of them raw and allowed. */
static inline int site_new(void **state)
{
    struct site *s = calloc(1, sizeof *s);

    if (s == NULL)
        return -1;
    strcpy(s->path, "/tmp/latchkey-test-XXXXXX");
    if (mkdtemp(s->path) == NULL)
        return -1;
    run("cp -a -- %s/. %s", site_made, s->path);
    if (open_site(s) != OK)
        return -1;
    set_policy(s, 48 * 3600, POLICY_RAW_ALLOWED);
    add_printer(s, &s->colour, "colour", "ipps://colour.example:631/ipp/print", 0);
    add_printer(s, &s->mono, "mono", "socket://mono.example:9100", 1);
    *state = s;
    return 0;
}

static inline int site_free(void **state)
{
    struct site *s = *state;

    keeper_free(s->k);
    run("rm -rf -- %s%s", s->path, "");
    free(s);
    return 0;
}

/* A code, as text. */
static inline enum err invite(struct site *s, const char *person, uint8_t roles, uint32_t uses, struct invitation *out)
{
    uint8_t body[512];
    struct wbuf b = wbuf_of(body, sizeof body);
    char text[CODE_TEXT_MAX];
    struct rbuf r;
    enum err e;

    assert_int_equal(wbuf_text16(&b, person), OK);
    assert_int_equal(wbuf_u8(&b, roles), OK);
    assert_int_equal(wbuf_u32(&b, 24), OK);
    assert_int_equal(wbuf_u32(&b, uses), OK);
    if ((e = ask_admin(s, KH_INVITE, body, b.len)) != OK)
        return e;
    r = rbuf_of(s->answer, s->answer_len);
    assert_int_equal(rbuf_text16(&r, text, sizeof text), OK);
    assert_int_equal(invitation_read(text, out), OK);
    return OK;
}

/* Ask to join with these keys; n->certificate is set when it works. */
static inline enum err join_with(struct site *s, const struct invitation *i, struct node *n)
{
    struct join_request r = {.site = i->site};
    struct join_keys keys;
    uint8_t body[JOIN_REQUEST_LEN];
    struct wbuf b = wbuf_of(body, sizeof body);
    enum err e;

    assert_int_equal(join_derive(i->secret, i->site, &keys), OK);
    memcpy(r.code_id, keys.code_id, CODE_ID_LEN);
    memcpy(r.sign_public, n->keys->sign_public, KEY_LEN);
    memcpy(r.box_public, n->keys->box_public, KEY_LEN);
    assert_int_equal(join_request_write(&r, keys.code_key, &b), OK);
    if ((e = ask_scout(s, KH_JOIN, body, b.len)) == OK)
        memcpy(n->certificate, s->answer, CERTIFICATE_LEN);
    return e;
}

static inline void join(struct site *s, const char *person, uint8_t roles, struct node *n)
{
    struct invitation i;

    memset(n, 0, sizeof *n);
    assert_int_equal(node_keys_new(&n->keys), OK);
    assert_int_equal(invite(s, person, roles, 1, &i), OK);
    assert_int_equal(join_with(s, &i, n), OK);
}

static inline void leave(struct node *n)
{
    node_keys_free(n->keys);
}

/* A hello's bytes, with the key that n has or a new one. */
static inline size_t write_hello(struct node *n, int fresh, uint64_t boot_ms, uint8_t out[static HELLO_LEN])
{
    struct hello h = {.boot_ms = boot_ms};
    struct wbuf b = wbuf_of(out, HELLO_LEN);

    if (fresh)
        assert_int_equal(box_pair_new(n->hello_public, n->hello_secret), OK);
    memcpy(h.certificate_bytes, n->certificate, CERTIFICATE_LEN);
    memcpy(h.hello_public, n->hello_public, KEY_LEN);
    assert_int_equal(hello_write(&h, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_HELLO, n->keys->sign_secret), OK);
    return b.len;
}

static inline enum err say_hello(struct site *s, struct node *n, uint64_t boot_ms)
{
    uint8_t bytes[HELLO_LEN];
    const size_t len = write_hello(n, 1, boot_ms, bytes);

    return ask_scout(s, KH_HELLO, bytes, len);
}

/* A node that has joined and said hello. */
static inline void workstation(struct site *s, const char *person, uint8_t roles, struct node *n)
{
    join(s, person, roles, n);
    assert_int_equal(say_hello(s, n, 1000), OK);
}

static inline enum err drop_bytes(void *arg, const uint8_t *sealed, size_t len)
{
    (void)arg;
    (void)sealed;
    (void)len;
    return OK;
}

/* What the queue on node n makes of a document of owner's, sealed to the site of the newest epoch. */
static inline void seal_job_for(const struct site *s, struct id site, struct id node, const char *owner,
                                struct sealed *out)
{
    const struct bulletin *b = &s->k->registry->bulletin;
    const struct bulletin_epoch *epoch = &b->epochs[b->epochs_len - 1];
    const struct seal_opts opts = {.site = site,
                                   .node = node,
                                   .epoch = epoch->number,
                                   .epoch_public_key = epoch->public_key,
                                   .created_unix_ms = 1700000000000};
    const struct description d = {
        .number = 1, .owner = owner, .ticket = (const uint8_t *)"{\"title\":\"a letter\"}", .ticket_len = 20};
    uint8_t start[SEAL_START_LEN];
    struct seal *seal = NULL;

    assert_int_equal(seal_new(&opts, start, &seal), OK);
    assert_int_equal(seal_bytes(seal, "hello", 5, drop_bytes, NULL), OK);
    assert_int_equal(seal_end(seal, drop_bytes, NULL), OK);
    assert_int_equal(seal_description(seal, &d, out->description, &out->len), OK);
    out->job = seal_job(seal);
    seal_free(seal);
}

static inline void seal_job_of(const struct site *s, const struct node *n, const char *owner, struct sealed *out)
{
    seal_job_for(s, s->k->site, n->keys->node, owner, out);
}

/* A request that is right in every field: alice's own job, her own workstation, the IPPS printer. */
static inline struct grant good_grant(const struct site *s, const struct node *n, const struct sealed *job,
                                      const char *person)
{
    struct grant g = {.description = job->description,
                      .description_len = job->len,
                      .authentication = BY_PASSWORD,
                      .recipient = n->keys->node,
                      .printer = s->colour,
                      .source = SOURCE_SPOOL};

    snprintf(g.owner, sizeof g.owner, "%s", person);
    snprintf(g.whose, sizeof g.whose, "%s", person);
    snprintf(g.person, sizeof g.person, "%s", person);
    return g;
}

static inline enum err ask_grant(struct site *s, const struct grant *g)
{
    static uint8_t body[KH_FRAME_MAX];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(grant_write(g, &b), OK);
    return ask_scout(s, KH_GRANT, body, b.len);
}

static inline void read_order(const struct site *s, struct order *o)
{
    assert_int_equal(order_read(s->answer, s->answer_len, s->k->site_public, o), OK);
}

static inline struct report report_on(const struct order *o, uint8_t state, uint8_t reason)
{
    return (struct report){.site = o->site,
                           .order = o->order,
                           .job = o->job,
                           .node = o->recipient,
                           .state = state,
                           .reason = reason,
                           .terminal = 1,
                           .impressions = IMPRESSIONS_UNKNOWN};
}

static inline size_t write_report(const struct report *r, const struct node *n, uint8_t out[static REPORT_MAX_LEN])
{
    struct wbuf b = wbuf_of(out, REPORT_MAX_LEN);

    assert_int_equal(report_write(r, &b), OK);
    assert_int_equal(RECORD_SIGN(&b, LABEL_REPORT, n->keys->sign_secret), OK);
    return b.len;
}

static inline enum err tell(struct site *s, const struct report *r, const struct node *n)
{
    uint8_t bytes[REPORT_MAX_LEN];
    const size_t len = write_report(r, n, bytes);

    return ask_scout(s, KH_REPORT, bytes, len);
}

static inline enum err close_job(struct site *s, struct id job, uint8_t reason)
{
    uint8_t body[64];
    struct wbuf b = wbuf_of(body, sizeof body);

    assert_int_equal(wbuf_id(&b, job), OK);
    assert_int_equal(wbuf_u8(&b, reason), OK);
    assert_int_equal(wbuf_text16(&b, "alice"), OK);
    assert_int_equal(wbuf_bytes16(&b, NULL, 0), OK);
    return ask_scout(s, KH_CLOSE, body, b.len);
}

/* The whole audit log, in memory to free(). */
static inline char *audit_text(struct site *s)
{
    static uint8_t page[KH_FRAME_MAX];
    char *text = calloc(1, 1);
    size_t len = 0;
    uint64_t from = 1, next = 0;

    for (;;) {
        struct wbuf out = wbuf_of(page, sizeof page);

        assert_int_equal(audit_read(s->k->audit, from, &out, &next), OK);
        assert_non_null(text = realloc(text, len + out.len + 1));
        memcpy(text + len, page, out.len);
        len += out.len;
        text[len] = '\0';
        if (next == from)
            return text;
        from = next;
    }
}

static inline size_t count_lines(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

#endif
