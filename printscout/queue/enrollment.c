/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment: see enrollment.h. */
#include "printscout/queue/enrollment.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "proto/bulletin.h"
#include "proto/spool.h"

/* Which file stood there: a file that appears by rename has another inode or another time. */
struct stamp {
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct enrollment {
    int spool;
    pthread_mutex_t lock; /* guards all below */
    struct stamp node_stamp, bulletin_stamp;
    int has_node;
    struct spool_node node;
    struct bulletin *bulletin; /* NULL: none that is ours */
    uint8_t *bulletin_bytes;
    size_t bulletin_len;
    uint64_t change; /* of the bulletin */
};

enum err enrollment_new(int spool, struct enrollment **out)
{
    struct enrollment *n = calloc(1, sizeof *n);

    if (n == NULL)
        return ERR_NOMEM;
    n->spool = spool;
    n->change = 1;
    pthread_mutex_init(&n->lock, NULL);
    *out = n;
    return OK;
}

static void forget_bulletin(struct enrollment *n)
{
    free(n->bulletin);
    free(n->bulletin_bytes);
    n->bulletin = NULL;
    n->bulletin_bytes = NULL;
    n->bulletin_len = 0;
    n->change++;
}

void enrollment_free(struct enrollment *n)
{
    if (n == NULL)
        return;
    forget_bulletin(n);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

/* Has the file changed since *known? Then *known follows. A file that is gone has an empty stamp. */
static int changed(int spool, const char *path, struct stamp *known)
{
    struct stamp now = {0};
    struct stat st;

    if (fstatat(spool, path, &st, 0) == 0)
        now = (struct stamp){.inode = st.st_ino, .size = st.st_size, .changed = st.st_mtim};
    if (now.inode == known->inode && now.size == known->size && now.changed.tv_sec == known->changed.tv_sec &&
        now.changed.tv_nsec == known->changed.tv_nsec)
        return 0;
    *known = now;
    return 1;
}

/* Is it the site that this computer was enrolled at? Where nothing says which, the first one is. */
static enum err check_site(struct enrollment *n, const uint8_t key[static KEY_LEN])
{
    uint8_t ours[KEY_LEN];
    enum err e = spool_site_key_read(n->spool, ours);

    if (e == OK)
        return memcmp(ours, key, KEY_LEN) == 0 ? OK : ERR_AUTH;
    if (e == ERR_NOTFOUND && (e = spool_site_key_write(n->spool, key)) != OK)
        n->node_stamp = (struct stamp){0}; /* try it again */
    return e;
}

/* site/node: believed when the certificate in it is the site's word for this very node, with a queue's role. */
static void read_node(struct enrollment *n)
{
    struct certificate c;
    struct spool_node node;
    enum err e;

    n->has_node = 0;
    forget_bulletin(n); /* it was checked against the site of the old one */
    n->bulletin_stamp = (struct stamp){0};
    if ((e = spool_node_read(n->spool, &node)) != OK)
        goto out;
    if ((e = certificate_read(node.certificate, sizeof node.certificate, node.site_public, &c)) != OK)
        goto out;
    e = ERR_AUTH;
    if (!id_equal(c.node, node.node) || (c.roles & ROLE_ORIGIN) == 0)
        goto out;
    if ((e = check_site(n, node.site_public)) != OK)
        goto out;
    n->node = node;
    n->has_node = 1;
out:
    if (e != OK && e != ERR_NOTFOUND)
        log_error("node_refused", "file=" SPOOL_NODE " reason=%s", err_name(e));
}

static void read_bulletin(struct enrollment *n)
{
    struct bulletin *bulletin = NULL;
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err e;

    if ((e = file_read(n->spool, SPOOL_BULLETIN, BULLETIN_MAX_LEN, &bytes, &len)) != OK)
        goto out;
    if ((e = bulletin_read(bytes, len, verify_key_id(n->node.site_public), &bulletin)) != OK)
        goto out;
    e = bulletin_follows(n->bulletin_bytes, n->bulletin_len, n->bulletin != NULL ? n->bulletin->version : 0, bytes, len,
                         bulletin->version);
    if (e != OK)
        goto out;
    forget_bulletin(n);
    n->bulletin = bulletin;
    n->bulletin_bytes = bytes;
    n->bulletin_len = len;
    bulletin = NULL;
    bytes = NULL;
    log_info("bulletin", "version=%u epochs=%zu", (unsigned)n->bulletin->version, n->bulletin->epochs_len);
out:
    if (e != OK && e != ERR_NOTFOUND && e != ERR_EXISTS)
        log_error("bulletin_refused", "file=" SPOOL_BULLETIN " reason=%s", err_name(e));
    free(bulletin);
    free(bytes);
}

static enum err admit(const struct enrollment *n, struct admission *out, const char **why)
{
    const struct bulletin_epoch *epoch = NULL;
    enum err e;

    *why = "This computer is not enrolled at a site. Ask for an invitation and run: printscout enroll";
    if (!n->has_node)
        return ERR_STATE;
    *why = "The site's bulletin has not arrived. See: printscout status";
    if (n->bulletin == NULL)
        return ERR_STATE;
    *why = "The site has revoked this computer. Ask for a new invitation and run: printscout enroll";
    if (bulletin_is_revoked(n->bulletin, n->node.node))
        return ERR_REFUSED;
    *why =
        "The site's key is out of date, so nothing can be sealed to it. Connect to the site and see: printscout status";
    if ((e = bulletin_epoch_now(n->bulletin, clock_unix_ms(), &epoch)) != OK)
        return ERR_EXPIRED;
    *why = NULL;
    out->site = n->bulletin->site;
    out->node = n->node.node;
    out->epoch = epoch->number;
    memcpy(out->epoch_public_key, epoch->public_key, KEY_LEN);
    memcpy(out->person, n->node.person, sizeof out->person);
    out->retention_s = n->bulletin->retention_s;
    out->flags = n->bulletin->flags;
    return OK;
}

/* Read again what has changed on disk. */
static void refresh(struct enrollment *n)
{
    if (changed(n->spool, SPOOL_NODE, &n->node_stamp))
        read_node(n);
    if (n->has_node && changed(n->spool, SPOOL_BULLETIN, &n->bulletin_stamp))
        read_bulletin(n);
}

enum err enrollment_admit(struct enrollment *n, struct admission *out, const char **why)
{
    enum err e;

    pthread_mutex_lock(&n->lock);
    refresh(n);
    e = admit(n, out, why);
    pthread_mutex_unlock(&n->lock);
    return e;
}

enum err enrollment_scout(struct enrollment *n, size_t turn, struct bulletin_scout *out, struct id *site,
                          struct id *node)
{
    enum err e = ERR_STATE;

    pthread_mutex_lock(&n->lock);
    refresh(n);
    if (n->has_node && n->bulletin != NULL)
        e = n->bulletin->scouts_len > 0 ? OK : ERR_NOTFOUND;
    if (e == OK) {
        *out = n->bulletin->scouts[turn % n->bulletin->scouts_len];
        *site = n->bulletin->site;
        *node = n->node.node;
    }
    pthread_mutex_unlock(&n->lock);
    return e;
}

int enrollment_says(struct enrollment *n, struct site_says *says)
{
    int is_new;

    pthread_mutex_lock(&n->lock);
    refresh(n);
    is_new = says->change != n->change;
    if (is_new) {
        says->change = n->change;
        says->flags = n->bulletin != NULL ? n->bulletin->flags : 0;
        if (n->bulletin != NULL)
            profile_of(n->bulletin, &says->profile);
        else
            profile_default(&says->profile);
    }
    pthread_mutex_unlock(&n->lock);
    return is_new;
}
