/* SPDX-License-Identifier: Apache-2.0 */
/* The relay's client against the real scoutrelay: what a courier and a device scout do there, and what they are told.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "crypto/derive.h"
#include "proto/relay.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/relay_process.h"

static struct fixture *site;
static struct relay_process server;
static struct relay *scout, *courier;

static struct relay *client(const struct node_keys *keys, const uint8_t *certificate)
{
    const struct relay_opts opts = {.url = server.url,
                                    .pin = server.pin,
                                    .keys = keys,
                                    .certificate = certificate,
                                    .site_public = site->site_public};
    struct relay *r = NULL;

    assert_int_equal(relay_new(&opts, &r), OK);
    return r;
}

/* A bulletin that names the device scout, and perhaps a revoked node, at the relay. */
static enum err publish(uint32_t version, const struct id *revoked)
{
    static uint8_t bytes[BULLETIN_MAX_LEN];
    struct bulletin *b = calloc(1, sizeof *b);
    struct wbuf w = wbuf_of(bytes, sizeof bytes);

    assert_non_null(b);
    memcpy(b->site_public, site->site_public, KEY_LEN);
    b->version = version;
    b->scouts_len = 1;
    b->scouts[0].node = site->scout->node;
    memcpy(b->scouts[0].sign_public, site->scout->sign_public, KEY_LEN);
    memcpy(b->scouts[0].box_public, site->scout->box_public, KEY_LEN);
    b->pin_digits_least = 6;
    if (revoked != NULL)
        b->revoked[b->revoked_len++] = *revoked;
    assert_int_equal(bulletin_write(b, &w), OK);
    assert_int_equal(RECORD_SIGN(&w, LABEL_BULLETIN, site->site_secret), OK);
    free(b);
    return relay_put_bulletin(scout, bytes, w.len);
}

static int set_up(void **state)
{
    if (fixture_new(state) != 0)
        return -1;
    site = *state;
    relay_process_make(&server, site->site, "heartbeat-s = 1\nmailbox-messages-max = 8\n");
    relay_process_start(&server);
    scout = client(site->scout, site->scout_certificate);
    courier = client(site->courier, site->courier_certificate);
    return publish(1, NULL) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    relay_free(scout);
    relay_free(courier);
    relay_process_free(&server);
    return fixture_free(state);
}

static enum err send(struct relay *from, const struct node_keys *to, char id, const char *text)
{
    return relay_append(from, to->node, fixture_id(id), (const uint8_t *)text, strlen(text));
}

struct reading {
    unsigned heartbeats_wanted, heartbeats, messages;
    char last[64];
    struct relay *acknowledges; /* NULL: does not */
};

/* Read until one message has come and the heartbeats that are wanted. */
static enum err on_read(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct reading *g = arg;

    if (sealed == NULL) {
        g->heartbeats++;
    } else {
        g->messages++;
        assert_true(len < sizeof g->last);
        memcpy(g->last, sealed, len);
        g->last[len] = '\0';
        if (g->acknowledges != NULL)
            assert_int_equal(relay_acknowledge(g->acknowledges, cursor), OK);
    }
    return g->messages > 0 && g->heartbeats >= g->heartbeats_wanted ? ERR_EXISTS : OK;
}

static void another_key_than_the_pinned_one_gets_nothing(void **state)
{
    struct relay *fooled;

    (void)state;
    server.pin[0] ^= 1;
    fooled = client(site->courier, site->courier_certificate);
    server.pin[0] ^= 1;
    assert_int_equal(send(fooled, site->scout, 'a', "x"), ERR_AUTH);
    relay_free(fooled);
}

static void a_url_that_is_not_https_and_host_alone_is_refused(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:1", "https://", "https://a:b@127.0.0.1:1",
                                       "https://127.0.0.1:1/path", "ftp://127.0.0.1"};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const struct relay_opts opts = {.url = urls[i], .pin = server.pin};
        struct relay *r = NULL;

        assert_int_equal(relay_new(&opts, &r), ERR_FORMAT);
        assert_null(r);
    }
}

static void a_node_of_another_site_is_refused(void **state)
{
    uint8_t seed[KEY_LEN] = {99}, public_key[KEY_LEN], kept[KEY_LEN];
    uint8_t secret_key[SIGN_SECRET_LEN];
    struct relay *stranger;

    (void)state;
    assert_int_equal(sign_pair(seed, public_key, secret_key), OK);
    memcpy(kept, site->site_public, KEY_LEN);
    memcpy(site->site_public, public_key, KEY_LEN);
    stranger = client(site->courier, site->courier_certificate);
    memcpy(site->site_public, kept, KEY_LEN);
    assert_int_equal(send(stranger, site->scout, 'a', "x"), ERR_REFUSED);
    relay_free(stranger);
}

static void a_message_goes_through_and_is_gone_once_acknowledged_while_reading(void **state)
{
    struct reading g = {.heartbeats_wanted = 1, .acknowledges = scout}, rest = {0};
    uint64_t cursor = 0;

    (void)state;
    assert_int_equal(send(courier, site->scout, 'a', "first"), OK);
    assert_int_equal(relay_read(scout, &cursor, on_read, &g), ERR_EXISTS);
    assert_string_equal(g.last, "first");
    assert_int_equal(g.heartbeats, 1); /* it came before the message: the stream is up */
    assert_int_equal(send(courier, site->scout, 'b', "second"), OK);
    cursor = 0;
    assert_int_equal(relay_read(scout, &cursor, on_read, &rest), ERR_EXISTS);
    assert_string_equal(rest.last, "second");
    assert_true(cursor == 0); /* on_read did not take it */
}

static void sending_again_changes_nothing(void **state)
{
    struct reading g = {0};
    uint64_t cursor = 0;

    (void)state;
    assert_int_equal(send(courier, site->scout, 'a', "first"), OK);
    assert_int_equal(send(courier, site->scout, 'a', "first"), OK);
    assert_int_equal(relay_read(scout, &cursor, on_read, &g), ERR_EXISTS);
    assert_int_equal(g.messages, 1);
}

static void heartbeats_keep_coming(void **state)
{
    struct reading g = {.heartbeats_wanted = 3};
    uint64_t cursor = 0;

    (void)state;
    assert_int_equal(send(courier, site->scout, 'a', "x"), OK);
    assert_int_equal(relay_read(scout, &cursor, on_read, &g), ERR_EXISTS);
    assert_int_equal(g.heartbeats, 3);
}

static void couriers_write_to_device_scouts_alone_and_within_their_share(void **state)
{
    (void)state;
    assert_int_equal(send(courier, site->courier, 'a', "x"), ERR_REFUSED);
    assert_int_equal(send(scout, site->courier, 'a', "x"), OK);
    assert_int_equal(send(courier, site->scout, 'a', "x"), OK);
    assert_int_equal(send(courier, site->scout, 'b', "x"), OK);
    assert_int_equal(send(courier, site->scout, 'c', "x"), ERR_FULL); /* a quarter of 8 */
    for (char id = 'd'; id < 'd' + 6; id++)
        assert_int_equal(send(scout, site->scout, id, "x"), OK);
    assert_int_equal(send(scout, site->scout, 'z', "x"), ERR_FULL);
}

static void a_message_of_65_kib_is_too_long_and_one_of_64_is_not(void **state)
{
    static uint8_t big[65537];

    (void)state;
    assert_int_equal(relay_append(courier, site->scout->node, fixture_id('a'), big, sizeof big), ERR_LIMIT);
    assert_int_equal(relay_append(courier, site->scout->node, fixture_id('a'), big, sizeof big - 1), OK);
}

static void a_killed_relay_has_everything_again_and_the_session_is_renewed_unseen(void **state)
{
    struct reading g = {.heartbeats_wanted = 1};
    uint64_t cursor = 0;

    (void)state;
    assert_int_equal(send(courier, site->scout, 'a', "before"), OK);
    relay_process_end(&server, SIGKILL);
    assert_int_equal(send(courier, site->scout, 'b', "down"), ERR_UNREACHABLE);
    relay_process_start(&server);
    assert_int_equal(send(courier, site->scout, 'b', "after"), OK);
    assert_int_equal(relay_read(scout, &cursor, on_read, &g), ERR_EXISTS);
    assert_string_equal(g.last, "before");
}

struct reader { /* a thread in relay_read */
    pthread_t thread;
    struct relay *relay;
    atomic_uint heartbeats;
    pthread_mutex_t lock;
    pthread_cond_t up;
    enum err result;
};

static enum err on_heartbeat(void *arg, uint64_t cursor, const uint8_t *sealed, size_t len)
{
    struct reader *t = arg;

    (void)cursor, (void)sealed, (void)len;
    pthread_mutex_lock(&t->lock);
    t->heartbeats++;
    pthread_cond_signal(&t->up);
    pthread_mutex_unlock(&t->lock);
    return OK;
}

static void *read_until_it_ends(void *arg)
{
    struct reader *t = arg;
    uint64_t cursor = 0;

    t->result = relay_read(t->relay, &cursor, on_heartbeat, t);
    return NULL;
}

/* Returns when the stream is up. */
static void start_reader(struct reader *t, struct relay *r)
{
    *t = (struct reader){.relay = r, .lock = PTHREAD_MUTEX_INITIALIZER, .up = PTHREAD_COND_INITIALIZER};
    assert_int_equal(pthread_create(&t->thread, NULL, read_until_it_ends, t), 0);
    pthread_mutex_lock(&t->lock);
    while (t->heartbeats == 0)
        pthread_cond_wait(&t->up, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

static void stopping_a_reader_takes_no_time(void **state)
{
    uint64_t cursor = 0, before_us;
    struct reader t;

    (void)state;
    start_reader(&t, scout);
    before_us = clock_mono_us();
    relay_stop(scout);
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    assert_int_equal(t.result, ERR_STATE);
    assert_true(clock_mono_us() - before_us < 5000000); /* a heartbeat would take a minute; the machine may be busy */
    assert_int_equal(relay_read(scout, &cursor, on_heartbeat, &t), ERR_STATE);
}

static void a_stopped_relay_ends_its_streams_and_itself(void **state)
{
    struct reader t;
    int status;

    (void)state;
    start_reader(&t, scout);
    status = relay_process_end(&server, SIGTERM);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    assert_int_equal(t.result, ERR_UNREACHABLE);
}

static void a_revoked_node_loses_its_stream_and_its_session(void **state)
{
    struct reader t;

    (void)state;
    start_reader(&t, courier);
    assert_int_equal(publish(2, &site->courier->node), OK);
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    assert_int_equal(t.result, ERR_UNREACHABLE);
    assert_int_equal(send(courier, site->scout, 'a', "x"), ERR_REFUSED);
    assert_int_equal(publish(1, NULL), ERR_STALE);
    assert_int_equal(publish(2, NULL), ERR_STALE);
    relay_process_end(&server, SIGKILL);
    relay_process_start(&server);
    assert_int_equal(send(courier, site->scout, 'a', "x"), ERR_REFUSED);
}

static void who_has_the_newest_bulletin_gets_no_bytes_and_who_has_a_forged_one_gets_the_true_one(void **state)
{
    struct relay *nobody = client(NULL, NULL);
    uint8_t *bytes = NULL, *again = NULL;
    char tag[ID_HEX_SIZE];
    size_t len, again_len;

    (void)state;
    assert_int_equal(relay_get_bulletin(nobody, site->site, "", &bytes, &len), OK);
    bulletin_tag(bytes, len, tag);
    assert_int_equal(relay_get_bulletin(nobody, site->site, tag, &again, &again_len), ERR_EXISTS);
    assert_null(again);
    bytes[len - 1] ^= 1; /* of the same version */
    bulletin_tag(bytes, len, tag);
    assert_int_equal(relay_get_bulletin(nobody, site->site, tag, &again, &again_len), OK);
    assert_int_equal(again_len, len);
    free(again);
    free(bytes);
    relay_free(nobody);
}

static void anybody_reads_the_bulletin_and_only_a_device_scout_writes_it(void **state)
{
    struct relay *nobody = client(NULL, NULL);
    struct bulletin *b = NULL;
    uint8_t *bytes = NULL;
    size_t len;

    (void)state;
    assert_int_equal(relay_get_bulletin(nobody, site->site, NULL, &bytes, &len), OK);
    assert_int_equal(bulletin_read(bytes, len, site->site, &b), OK);
    assert_int_equal(b->version, 1);
    free(b);
    assert_int_equal(relay_get_bulletin(nobody, fixture_id('x'), NULL, &(uint8_t *){NULL}, &(size_t){0}), ERR_NOTFOUND);
    assert_int_equal(relay_put_bulletin(courier, bytes, len), ERR_REFUSED);
    assert_int_equal(relay_put_bulletin(nobody, bytes, len), ERR_STATE);
    free(bytes);
    relay_free(nobody);
}

static void a_new_node_joins_through_a_door_once(void **state)
{
    static const uint8_t secret[CODE_SECRET_LEN] = {1}, other_secret[CODE_SECRET_LEN] = {2};
    const uint8_t *request = (const uint8_t *)"let me in", *welcome = (const uint8_t *)"welcome";
    struct relay *newcomer = client(NULL, NULL);
    struct join_keys k, wrong;
    uint8_t *answer = NULL;
    size_t len = 0;

    (void)state;
    assert_int_equal(join_derive(secret, site->site, &k), OK);
    assert_int_equal(join_derive(other_secret, site->site, &wrong), OK);
    assert_int_equal(relay_join(newcomer, site->site, &k, site->scout->node, fixture_id('j'), request, 9), ERR_REFUSED);
    assert_int_equal(relay_open_door(courier, k.door, UINT64_MAX / 4, 1), ERR_REFUSED);
    assert_int_equal(relay_open_door(scout, k.door, UINT64_MAX / 4, 1), OK);
    assert_int_equal(relay_join(newcomer, site->site, &wrong, site->scout->node, fixture_id('j'), request, 9),
                     ERR_REFUSED);
    assert_int_equal(relay_join(newcomer, site->site, &k, site->courier->node, fixture_id('j'), request, 9),
                     ERR_REFUSED);
    assert_int_equal(relay_join(newcomer, site->site, &k, site->scout->node, fixture_id('j'), request, 9), OK);
    assert_int_equal(relay_join(newcomer, site->site, &k, site->scout->node, fixture_id('j'), request, 9), OK);
    assert_int_equal(relay_join(newcomer, site->site, &k, site->scout->node, fixture_id('k'), request, 9), ERR_REFUSED);
    assert_int_equal(relay_join_answer(newcomer, site->site, &k, fixture_id('j'), 0, &answer, &len), ERR_TIMEOUT);
    assert_int_equal(relay_answer_door(scout, k.door, fixture_id('k'), welcome, 7), ERR_NOTFOUND);
    assert_int_equal(relay_answer_door(scout, k.door, fixture_id('j'), welcome, 7), OK);
    assert_int_equal(relay_join_answer(newcomer, site->site, &k, fixture_id('j'), 20, &answer, &len), OK);
    assert_int_equal(len, 7);
    assert_memory_equal(answer, welcome, 7);
    free(answer);
    assert_int_equal(relay_close_door(scout, k.door), OK);
    assert_int_equal(relay_join_answer(newcomer, site->site, &k, fixture_id('j'), 0, &answer, &len), ERR_REFUSED);
    relay_free(newcomer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(another_key_than_the_pinned_one_gets_nothing),
        TEST(a_url_that_is_not_https_and_host_alone_is_refused),
        TEST(a_node_of_another_site_is_refused),
        TEST(a_message_goes_through_and_is_gone_once_acknowledged_while_reading),
        TEST(sending_again_changes_nothing),
        TEST(heartbeats_keep_coming),
        TEST(couriers_write_to_device_scouts_alone_and_within_their_share),
        TEST(a_message_of_65_kib_is_too_long_and_one_of_64_is_not),
        TEST(a_killed_relay_has_everything_again_and_the_session_is_renewed_unseen),
        TEST(stopping_a_reader_takes_no_time),
        TEST(a_stopped_relay_ends_its_streams_and_itself),
        TEST(a_revoked_node_loses_its_stream_and_its_session),
        TEST(who_has_the_newest_bulletin_gets_no_bytes_and_who_has_a_forged_one_gets_the_true_one),
        TEST(anybody_reads_the_bulletin_and_only_a_device_scout_writes_it),
        TEST(a_new_node_joins_through_a_door_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
