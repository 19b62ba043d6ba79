/* SPDX-License-Identifier: Apache-2.0 */
/* setup: the ceremonies. They run as their own short process, before the daemon. */
#include "devicescout/keyholder/setup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/label.h"
#include "crypto/site.h"
#include "devicescout/keyholder/audit_file.h"
#include "devicescout/keyholder/calendar.h"

#define DAY_MS            (UINT64_C(24) * 60 * 60 * 1000)
#define RETENTION_DEFAULT (48 * 3600) /* what the field does by default */
#define PIN_DEFAULT       6

struct setup {
    struct keeper k;
    uint8_t *root;
};

static enum err setup_new(const char *state, struct setup **out)
{
    struct setup *s = calloc(1, sizeof *s);
    enum err e = ERR_NOMEM;

    if (s == NULL)
        return e;
    *out = s; /* freed by setup_free, whatever follows */
    s->k.dirfd = s->k.lock = -1;
    if ((s->root = secret_new(KEY_LEN)) == NULL || (s->k.site_secret = secret_new(SIGN_SECRET_LEN)) == NULL)
        return e;
    if ((e = file_open_dir(state, 0700, &s->k.dirfd)) != OK)
        return e;
    if (fchmod(s->k.dirfd, 0700) != 0)
        return ERR_IO;
    return file_lock(s->k.dirfd, &s->k.lock);
}

static void setup_free(struct setup *s)
{
    if (s == NULL)
        return;
    epochs_free(s->k.epochs);
    audit_free(s->k.audit);
    registry_free(s->k.registry);
    secret_free(s->k.site_secret);
    secret_free(s->root);
    if (s->k.lock >= 0)
        close(s->k.lock);
    if (s->k.dirfd >= 0)
        close(s->k.dirfd);
    free(s);
}

static enum err take_kit(struct setup *s, const char *kit)
{
    int line = 0;
    enum err e = kit_read(kit, s->root, &line);

    if (e == ERR_FORMAT && line == 0)
        fprintf(stderr, "The recovery kit has %d words in %d lines; this is another number of words.\n", KIT_WORDS,
                KIT_LINES);
    else if (e == ERR_FORMAT)
        fprintf(stderr, "Line %d of the recovery kit does not check: look at its seven words again.\n", line);
    return e;
}

static enum err take_identity(struct setup *s)
{
    enum err e = site_identity(s->root, s->k.site_public, s->k.site_secret);

    s->k.site = verify_key_id(s->k.site_public);
    return e;
}

static enum err keep_root(const struct setup *s, const char *password)
{
    uint8_t file[ROOT_FILE_MAX];
    size_t len;
    enum err e = root_file_write(s->root, password, file, &len);

    return e == OK ? file_replace(s->k.dirfd, KEEPER_ROOT, file, len, 0600) : e;
}

static enum err keep_pepper(const struct setup *s)
{
    uint8_t *pepper = NULL;
    enum err e;

    if (faccessat(s->k.dirfd, KEEPER_PEPPER, F_OK, 0) == 0)
        return OK;
    if ((pepper = secret_new(PEPPER_LEN)) == NULL)
        return ERR_NOMEM;
    secret_random(pepper, PEPPER_LEN);
    e = file_replace(s->k.dirfd, KEEPER_PEPPER, pepper, PEPPER_LEN, 0600);
    secret_free(pepper);
    return e;
}

static enum err keep_identity(const struct setup *s)
{
    return file_replace(s->k.dirfd, KEEPER_IDENTITY, s->k.site_secret, SIGN_SECRET_LEN, 0600);
}

static enum err new_registry(struct setup *s)
{
    enum err e = registry_new(&s->k.registry);

    if (e != OK)
        return e;
    s->k.registry->bulletin.retention_s = RETENTION_DEFAULT;
    s->k.registry->bulletin.pin_digits_least = PIN_DEFAULT;
    return OK;
}

static enum err open_audit(struct setup *s)
{
    const struct audit_opts opts = {.dirfd = s->k.dirfd,
                                    .site_public = s->k.site_public,
                                    .site_secret = s->k.site_secret,
                                    .least = s->k.registry->audit};

    return audit_open(&opts, &s->k.audit);
}

/* A chain that does not hold is kept for whoever looks into it, and a new one begins. */
static enum err set_audit_aside(const struct setup *s)
{
    char name[64];

    snprintf(name, sizeof name, AUDIT_FOLDER ".damaged-%" PRIu64, clock_unix_ms());
    if (renameat(s->k.dirfd, AUDIT_FOLDER, s->k.dirfd, name) != 0)
        return ERR_IO;
    fprintf(stderr, "The audit chain was damaged; it is kept as %s.\n", name);
    s->k.registry->audit = (struct audit_mark){0};
    return file_sync_dir(s->k.dirfd);
}

/*
 * The first epoch of a restored site. Nobody may ever have seen a higher version of the bulletin or number of an epoch;
 * where the registry is lost too, the seconds and days since 1970 are above any that can have been reached.
 */
static enum err begin_again(struct setup *s, int kept)
{
    const struct bulletin none = {0};
    struct bulletin *b = &s->k.registry->bulletin;
    const uint64_t now = clock_unix_ms();
    const uint32_t seconds = (uint32_t)(now / 1000);
    uint32_t last = kept && b->epochs_len > 0 ? b->epochs[b->epochs_len - 1].number : (uint32_t)(now / DAY_MS);
    enum err e;

    if (b->version < seconds)
        b->version = seconds;
    b->epochs_len = 0;
    if ((e = epochs_open(s->k.dirfd, &none, &s->k.epochs)) != OK) /* destroys every key that it finds */
        return e;
    return calendar_begin(&s->k, last + 1, now, "restore");
}

static void fill_answer(const struct setup *s, struct ceremony_answer *a)
{
    _Static_assert(KIT_TEXT_MAX <= sizeof a->kit, "the kit fits");
    kit_write(s->root, a->kit);
    a->bulletin_len = s->k.registry->signed_len;
    memcpy(a->bulletin, s->k.registry->signed_bulletin, a->bulletin_len);
}

static enum err certify_scout(struct setup *s, const struct ceremony_request *r, struct ceremony_answer *a)
{
    struct bulletin *b = &s->k.registry->bulletin;
    struct certificate c = {.site = s->k.site, .roles = ROLE_DEVICESCOUT, .serial = 1};
    struct wbuf out = wbuf_of(a->certificate, sizeof a->certificate);
    enum err e;

    memcpy(c.sign_public, r->scout_sign, KEY_LEN);
    memcpy(c.box_public, r->scout_box, KEY_LEN);
    b->scouts_len = 1;
    b->scouts[0].node = verify_key_id(r->scout_sign);
    memcpy(b->scouts[0].sign_public, r->scout_sign, KEY_LEN);
    memcpy(b->scouts[0].box_public, r->scout_box, KEY_LEN);
    memcpy(b->relays, r->relays, sizeof b->relays);
    b->relays_len = r->relays_len;
    if ((e = certificate_write(&c, &out)) != OK)
        return e;
    return RECORD_SIGN(&out, LABEL_CERTIFICATE, s->k.site_secret);
}

/* What a set-up that was cut short has left. ERR_NOTFOUND is as good as gone. */
static enum err clear_leftovers(const struct setup *s)
{
    static const char *const names[] = {AUDIT_FOLDER, REGISTRY_FILE, HELLOS_FILE};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const enum err e = file_erase(s->k.dirfd, names[i]);

        if (e != OK && e != ERR_NOTFOUND)
            return e;
    }
    return OK;
}

static enum err init_site(struct setup *s, const struct ceremony_request *r, struct ceremony_answer *a)
{
    const struct bulletin none = {0};
    const int again = r->kit[0] != '\0';
    char site[ID_HEX_SIZE];
    enum err e;

    if (again)
        e = take_kit(s, r->kit);
    else {
        secret_random(s->root, KEY_LEN);
        e = OK;
    }
    if (e != OK || (e = take_identity(s)) != OK || (e = clear_leftovers(s)) != OK ||
        (e = keep_root(s, r->password)) != OK || (e = keep_pepper(s)) != OK || (e = new_registry(s)) != OK ||
        (e = certify_scout(s, r, a)) != OK || (e = open_audit(s)) != OK ||
        (e = audit_add(s->k.audit, again ? "restore" : "init", "site=%s", id_text(s->k.site, site))) != OK)
        return e;
    if (again)
        e = begin_again(s, 0);
    else if ((e = epochs_open(s->k.dirfd, &none, &s->k.epochs)) == OK)
        e = calendar_begin(&s->k, 1, clock_unix_ms(), "init");
    if (e != OK || (e = keep_identity(s)) != OK)
        return e;
    fill_answer(s, a);
    return OK;
}

enum err setup_init(const char *state, const struct ceremony_request *r, struct ceremony_answer *a)
{
    struct setup *s = NULL;
    enum err e;

    if ((e = setup_new(state, &s)) != OK)
        goto out;
    e = ERR_EXISTS;
    if (faccessat(s->k.dirfd, KEEPER_IDENTITY, F_OK, 0) == 0)
        goto out;
    e = init_site(s, r, a);
out:
    setup_free(s);
    return e;
}

static enum err restore_registry(struct setup *s, int *kept)
{
    const enum err e = registry_load(s->k.dirfd, s->k.site, &s->k.registry);

    *kept = e == OK;
    if (e == OK || e == ERR_NOMEM)
        return e;
    if (e == ERR_AUTH) {
        fprintf(stderr, "The state belongs to another site than this recovery kit.\n");
        return e;
    }
    return new_registry(s);
}

static enum err restore_site(struct setup *s, const char *kit, const char *password, int *kept)
{
    char site[ID_HEX_SIZE];
    enum err e;

    if ((e = take_kit(s, kit)) != OK || (e = take_identity(s)) != OK || (e = restore_registry(s, kept)) != OK)
        return e;
    if ((e = open_audit(s)) == ERR_AUTH && (e = set_audit_aside(s)) == OK)
        e = open_audit(s);
    if (e != OK || (e = keep_pepper(s)) != OK)
        return e;
    if (password != NULL && (e = keep_root(s, password)) != OK)
        return e;
    if ((e = audit_add(s->k.audit, "restore", "site=%s registry_kept=%d", id_text(s->k.site, site), *kept)) != OK)
        return e;
    if ((e = begin_again(s, *kept)) != OK)
        return e;
    return keep_identity(s);
}

enum err setup_restore(const char *state, const char *kit, const char *password, int *kept)
{
    struct setup *s = NULL;
    enum err e;

    if ((e = setup_new(state, &s)) == OK)
        e = restore_site(s, kit, password, kept);
    setup_free(s);
    return e;
}
