/* SPDX-License-Identifier: Apache-2.0 */
/* Making a site, and bringing it back from its kit. */
#include "devicescout/keyholder/setup.h"

#include <ctype.h>

#include "crypto/site.h"
#include "tests/unit/capture.h"
#include "tests/unit/keyholder_fixture.h"

struct ceremony {
    struct ceremony_request r;
    struct ceremony_answer a;
    struct node_keys *scout;
};

static struct ceremony *ceremony_new(void)
{
    struct ceremony *c = secret_new(sizeof *c);

    assert_non_null(c);
    assert_int_equal(node_keys_new(&c->scout), OK);
    strcpy(c->r.password, "correct horse");
    memcpy(c->r.scout_sign, c->scout->sign_public, KEY_LEN);
    memcpy(c->r.scout_box, c->scout->box_public, KEY_LEN);
    strcpy(c->r.relays[0].url, "https://relay.example:8443");
    c->r.relays_len = 1;
    return c;
}

static void ceremony_free(struct ceremony *c)
{
    node_keys_free(c->scout);
    secret_free(c);
}

static enum err open_at(const char *path, struct keeper **k)
{
    return keeper_open(&(struct keeper_opts){.state = path, .grants_per_minute = 1, .delivery_timeout_ms = 1}, k);
}

static void a_site_that_is_there_is_not_made_again(void **state)
{
    struct scratch *d = *state;
    struct ceremony *c = ceremony_new();
    struct id site;
    struct keeper *k = NULL;

    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    assert_int_equal(open_at(d->path, &k), OK);
    site = k->site;
    keeper_free(k);
    assert_int_equal(setup_init(d->path, &c->r, &c->a), ERR_EXISTS);
    assert_int_equal(open_at(d->path, &k), OK);
    assert_true(id_equal(k->site, site));
    keeper_free(k);
    ceremony_free(c);
}

static void a_set_up_that_was_cut_short_is_no_site_and_is_done_again(void **state)
{
    struct scratch *d = *state;
    struct ceremony *c = ceremony_new();
    struct keeper *k = NULL;
    char path[256];

    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    assert_int_equal(unlink(scratch_path(d, KEEPER_IDENTITY, path)), 0); /* as if the power had gone just before it */
    assert_int_equal(open_at(d->path, &k), ERR_NOTFOUND);
    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    assert_int_equal(open_at(d->path, &k), OK);
    keeper_free(k);
    ceremony_free(c);
}

static void no_file_holds_the_root_in_the_clear(void **state)
{
    struct scratch *d = *state;
    struct ceremony *c = ceremony_new();
    uint8_t root[KEY_LEN];
    char command[200], hex[2 * KEY_LEN + 1];
    int line;

    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    assert_int_equal(kit_read(c->a.kit, root, &line), OK);
    hex_write(root, KEY_LEN, hex);
    hex[32] = '\0'; /* half of it is enough */
    snprintf(command, sizeof command, "cat $(find %s -type f) | od -An -v -tx1 | tr -d ' \\n' | grep -q %s", d->path,
             hex);
    assert_int_not_equal(system(command), 0);
    snprintf(command, sizeof command, "test -z \"$(find %s -type f -perm /077)\"", d->path);
    assert_int_equal(system(command), 0);
    ceremony_free(c);
}

static void the_kit_brings_the_same_site_back_with_a_new_epoch_and_a_later_bulletin(void **state)
{
    struct scratch *d = *state;
    struct ceremony *c = ceremony_new(), *again = ceremony_new();
    struct keeper *k = NULL;
    struct bulletin *b = NULL;
    struct id site;

    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    assert_int_equal(open_at(d->path, &k), OK);
    site = k->site;
    keeper_free(k);
    run("rm -rf -- %s && mkdir -m 700 %s", d->path, d->path); /* the disk is gone */
    snprintf(again->r.kit, sizeof again->r.kit, "%s", c->a.kit);
    for (char *at = again->r.kit; *at != '\0'; at++)
        *at = *at == '\n' ? ' ' : (char)toupper((unsigned char)*at);
    assert_int_equal(setup_init(d->path, &again->r, &again->a), OK);
    assert_int_equal(open_at(d->path, &k), OK);
    assert_true(id_equal(k->site, site));
    assert_int_equal(bulletin_read(again->a.bulletin, again->a.bulletin_len, site, &b), OK);
    assert_true(b->version > 1000000); /* above any that scouts can have seen */
    assert_true(b->epochs[0].number > 10000);
    free(b);
    keeper_free(k);
    ceremony_free(c);
    ceremony_free(again);
}

static void a_slip_in_the_kit_is_named_by_its_line(void **state)
{
    struct scratch *d = *state;
    struct ceremony *c = ceremony_new();
    struct capture *said = calloc(1, sizeof *said);
    int kept;
    char *third;

    assert_int_equal(setup_init(d->path, &c->r, &c->a), OK);
    third = c->a.kit;
    for (int i = 0; i < 2; i++)
        third = strchr(third, '\n') + 1;
    third[0] = third[0] == 'b' ? 'd' : 'b';
    capture_start(said, 2);
    assert_int_equal(setup_restore(d->path, c->a.kit, NULL, &kept), ERR_FORMAT);
    assert_non_null(strstr(capture_end(said), "Line 3"));
    free(said);
    ceremony_free(c);
}

static void restore_keeps_the_registry_and_ends_all_epochs(void **state)
{
    struct site *s = *state;
    struct node n;
    struct sealed job;
    struct grant g;
    uint32_t version;
    int kept = 0;

    workstation(s, "alice", ROLE_ORIGIN, &n);
    seal_job_of(s, &n, "alice", &job);
    g = good_grant(s, &n, &job, "alice");
    version = s->k->registry->bulletin.version;
    keeper_free(s->k);
    s->k = NULL;
    assert_int_equal(setup_restore(s->path, site_kit, NULL, &kept), OK);
    assert_true(kept);
    assert_int_equal(open_site(s), OK);
    assert_int_equal(s->k->registry->nodes_len, 1);
    assert_int_equal(s->k->registry->printers_len, 2);
    assert_true(s->k->registry->bulletin.version > version);
    assert_int_equal(s->k->registry->bulletin.epochs_len, 1);
    assert_int_equal(s->k->registry->bulletin.epochs[0].number, 2);
    assert_int_equal(ask_grant(s, &g), ERR_EXPIRED);
    leave(&n);
}

static void restore_gets_over_a_damaged_audit_chain_and_keeps_it_for_inspection(void **state)
{
    struct site *s = *state;
    int kept = 0;

    keeper_free(s->k);
    s->k = NULL;
    run("sed -i s/printer_add/printer_bad/ %s/audit/*3%s", s->path, "");
    assert_int_equal(open_site(s), ERR_AUTH);
    assert_int_equal(setup_restore(s->path, site_kit, NULL, &kept), OK);
    assert_int_equal(open_site(s), OK);
    run("test -d %s/audit.damaged-*%s", s->path, "");
}

static void another_sites_kit_takes_nothing_over(void **state)
{
    struct site *s = *state;
    uint8_t root[KEY_LEN] = {1};
    char kit[KIT_TEXT_MAX];
    int kept = 0;

    keeper_free(s->k);
    s->k = NULL;
    kit_write(root, kit);
    assert_int_equal(setup_restore(s->path, kit, NULL, &kept), ERR_AUTH);
    assert_int_equal(open_site(s), OK);
}

static int scratch_for_ceremony(void **state)
{
    log_start("test", LOG_ERROR_);
    return crypto_start() == OK ? scratch_new(state) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_site_that_is_there_is_not_made_again, scratch_for_ceremony, scratch_free),
        cmocka_unit_test_setup_teardown(a_set_up_that_was_cut_short_is_no_site_and_is_done_again, scratch_for_ceremony,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(no_file_holds_the_root_in_the_clear, scratch_for_ceremony, scratch_free),
        cmocka_unit_test_setup_teardown(the_kit_brings_the_same_site_back_with_a_new_epoch_and_a_later_bulletin,
                                        scratch_for_ceremony, scratch_free),
        cmocka_unit_test_setup_teardown(a_slip_in_the_kit_is_named_by_its_line, scratch_for_ceremony, scratch_free),
        cmocka_unit_test_setup_teardown(restore_keeps_the_registry_and_ends_all_epochs, site_new, site_free),
        cmocka_unit_test_setup_teardown(restore_gets_over_a_damaged_audit_chain_and_keeps_it_for_inspection, site_new,
                                        site_free),
        cmocka_unit_test_setup_teardown(another_sites_kit_takes_nothing_over, site_new, site_free),
    };
    return cmocka_run_group_tests(tests, site_make, site_unmake);
}
