/* SPDX-License-Identifier: Apache-2.0 */
/* queue_fixture: a spool in a scratch folder that a site's courier has written, and a queue on it. */
#ifndef TESTS_UNIT_QUEUE_FIXTURE_H
#define TESTS_UNIT_QUEUE_FIXTURE_H

#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/people.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/queue.h"
#include "proto/bulletin.h"
#include "tests/unit/proto_fixture.h"
#include "tests/unit/scratch.h"

#define DAY_MS UINT64_C(86400000)

struct queue_fixture {
    struct scratch *scratch;
    struct fixture *site;
    struct queue queue;
    uint32_t version; /* of the bulletin */
};

/* Write the site's next bulletin. revoked: a node, or all zero for none. */
static inline void queue_fixture_bulletin(struct queue_fixture *f, uint64_t use_until_unix_ms, struct id revoked,
                                          const uint8_t *signer)
{
    struct bulletin *b = calloc(1, sizeof *b);
    uint8_t *bytes = malloc(BULLETIN_MAX_LEN);
    struct wbuf out = wbuf_of(bytes, BULLETIN_MAX_LEN);

    assert_true(b != NULL && bytes != NULL);
    memcpy(b->site_public, f->site->site_public, KEY_LEN);
    b->version = ++f->version;
    b->epochs_len = 1;
    b->epochs[0].number = 7;
    memcpy(b->epochs[0].public_key, f->site->scout->box_public, KEY_LEN); /* any point of the curve */
    b->epochs[0].start_unix_ms = 1;
    b->epochs[0].use_until_unix_ms = use_until_unix_ms;
    b->epochs[0].destroy_at_unix_ms = use_until_unix_ms + DAY_MS;
    b->scouts_len = 1;
    b->scouts[0].node = f->site->scout->node;
    memcpy(b->scouts[0].sign_public, f->site->scout->sign_public, KEY_LEN);
    memcpy(b->scouts[0].box_public, f->site->scout->box_public, KEY_LEN);
    b->retention_s = 172800;
    b->pin_digits_least = 6;
    if (!id_is_zero(revoked))
        b->revoked[b->revoked_len++] = revoked;
    assert_int_equal(bulletin_write(b, &out), OK);
    assert_int_equal(RECORD_SIGN(&out, LABEL_BULLETIN, signer != NULL ? signer : f->site->site_secret), OK);
    assert_int_equal(file_replace(f->queue.spool, SPOOL_BULLETIN, out.start, out.len, 0600), OK);
    free(bytes);
    free(b);
}

static inline void queue_fixture_node(struct queue_fixture *f, const char *person)
{
    struct spool_node n = {.node = f->site->courier->node};

    memcpy(n.site_public, f->site->site_public, KEY_LEN);
    memcpy(n.certificate, f->site->courier_certificate, CERTIFICATE_LEN);
    snprintf(n.person, sizeof n.person, "%s", person);
    assert_int_equal(spool_node_write(f->queue.spool, &n), OK);
}

static inline void queue_fixture_enroll(struct queue_fixture *f, const char *person)
{
    queue_fixture_node(f, person);
    queue_fixture_bulletin(f, clock_unix_ms() + 21 * DAY_MS, (struct id){{0}}, NULL);
}

/* Names of folders in incoming/ or jobs/; the last one's goes to name. */
static inline size_t queue_fixture_count(const struct queue_fixture *f, const char *where, char name[static 33])
{
    char path[256];
    struct id id;
    size_t count = 0;
    DIR *d = opendir(scratch_path(f->scratch, where, path));

    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (id_read(e->d_name, &id) == OK) {
            count++;
            strcpy(name, e->d_name);
        }
    }
    closedir(d);
    return count;
}

/* cmocka set-up: *state becomes a struct queue_fixture, not enrolled. */
static inline int queue_fixture_new(void **state)
{
    struct queue_fixture *f = calloc(1, sizeof *f);
    uint32_t highest;

    if (f == NULL || scratch_new((void **)&f->scratch) != 0 || fixture_new((void **)&f->site) != 0)
        return -1;
    if (spool_open(f->scratch->path, &f->queue.spool) != OK || people_new(f->queue.spool, &f->queue.people) != OK ||
        jobs_new(f->queue.spool, &f->queue.jobs) != OK ||
        jobs_restore(f->queue.jobs, f->queue.people, &highest) != OK ||
        numbers_new(f->queue.spool, highest, &f->queue.numbers) != OK ||
        enrollment_new(f->queue.spool, &f->queue.enrollment) != OK ||
        printer_new(&(struct printer_opts){.name = "Latchkey", .port = 6310}, &f->queue.printer) != OK ||
        offers_new(f->queue.printer, f->queue.enrollment, &f->queue.offers) != OK)
        return -1;
    strcpy(f->queue.host, "alice-pc");
    f->queue.job_bytes_max = UINT64_C(100) << 20;
    f->queue.jobs_per_person_max = 5;
    *state = f;
    return 0;
}

/* cmocka tear-down. */
static inline int queue_fixture_free(void **state)
{
    struct queue_fixture *f = *state;
    char command[128];

    offers_free(f->queue.offers);
    printer_free(f->queue.printer);
    enrollment_free(f->queue.enrollment);
    numbers_free(f->queue.numbers);
    jobs_free(f->queue.jobs);
    people_free(f->queue.people);
    close(f->queue.spool);
    fixture_free((void **)&f->site);
    snprintf(command, sizeof command, "rm -rf -- %s", f->scratch->path); /* a spool is deeper than scratch_free looks */
    if (system(command) != 0 || mkdir(f->scratch->path, 0700) != 0 || scratch_free((void **)&f->scratch) != 0)
        return -1;
    free(f);
    return 0;
}

#endif
