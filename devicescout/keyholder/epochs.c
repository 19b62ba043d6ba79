/* SPDX-License-Identifier: Apache-2.0 */
/* epochs: make, keep, destroy. When each is due is calendar.c. */
#include "devicescout/keyholder/epochs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/nodekeys.h"

#define FOLDER    "epoch"
#define NAME_SIZE 12

struct epoch_key {
    uint32_t number;
    uint8_t secret[KEY_LEN], public_key[KEY_LEN]; /* public_key is set by epochs_make only */
};

struct epochs {
    int dirfd; /* the folder "epoch" */
    size_t len;
    struct epoch_key *keys; /* secret_new, BULLETIN_EPOCHS_MAX of them */
};

static const char *name_of(uint32_t number, char out[static NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%" PRIu32, number);
    return out;
}

static enum err open_folder(int dirfd, int *out)
{
    enum err e;

    if (mkdirat(dirfd, FOLDER, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    if ((e = file_sync_dir(dirfd)) != OK)
        return e;
    *out = openat(dirfd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return *out >= 0 ? OK : ERR_IO;
}

/* Overwrite, sync, unlink, sync. */
static enum err shred(int dirfd, const char *name)
{
    uint8_t noise[KEY_LEN];
    enum err e;
    int fd;

    if ((fd = openat(dirfd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
        return errno == ENOENT ? OK : ERR_IO;
    secret_random(noise, sizeof noise);
    if ((e = file_write(fd, noise, sizeof noise)) == OK)
        e = file_sync(fd);
    close(fd);
    /* It goes even when it could not be overwritten. */
    if (unlinkat(dirfd, name, 0) != 0)
        return ERR_IO;
    return file_sync_dir(dirfd) != OK ? ERR_IO : e;
}

static int is_announced(const struct bulletin *b, const char *name)
{
    char right[NAME_SIZE];

    for (size_t i = 0; i < b->epochs_len; i++) {
        if (strcmp(name_of(b->epochs[i].number, right), name) == 0)
            return 1;
    }
    return 0;
}

static enum err shred_orphans(int dirfd, const struct bulletin *b)
{
    const struct dirent *d;
    DIR *dir;
    int fd;

    if ((fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return ERR_IO;
    if ((dir = fdopendir(fd)) == NULL) {
        close(fd);
        return ERR_IO;
    }
    while ((d = readdir(dir)) != NULL) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 || is_announced(b, d->d_name))
            continue;
        log_info("epoch_orphan_destroyed", "file=%s", d->d_name);
        if (shred(dirfd, d->d_name) != OK)
            log_error("epoch_not_destroyed", "file=%s", d->d_name);
    }
    closedir(dir);
    return OK;
}

static enum err load(struct epochs *e, const struct bulletin *b)
{
    for (size_t i = 0; i < b->epochs_len; i++) {
        struct epoch_key *k = &e->keys[e->len];
        char name[NAME_SIZE];
        enum err r = file_read_secret(e->dirfd, name_of(b->epochs[i].number, name), k->secret, KEY_LEN);

        if (r == ERR_REFUSED || r == ERR_IO)
            return r;
        if (r != OK) {
            log_error("epoch_missing", "epoch=%" PRIu32 " reason=%s", b->epochs[i].number, err_name(r));
            continue;
        }
        k->number = b->epochs[i].number;
        e->len++;
    }
    return OK;
}

enum err epochs_open(int dirfd, const struct bulletin *b, struct epochs **out)
{
    struct epochs *e = calloc(1, sizeof *e);
    enum err r = ERR_NOMEM;

    if (e == NULL)
        goto out;
    e->dirfd = -1;
    if ((e->keys = secret_new(BULLETIN_EPOCHS_MAX * sizeof *e->keys)) == NULL)
        goto out;
    if ((r = open_folder(dirfd, &e->dirfd)) != OK || (r = shred_orphans(e->dirfd, b)) != OK || (r = load(e, b)) != OK)
        goto out;
    *out = e; /* the caller owns it now */
    e = NULL;
out:
    epochs_free(e);
    return r;
}

void epochs_free(struct epochs *e)
{
    if (e == NULL)
        return;
    secret_free(e->keys);
    if (e->dirfd >= 0)
        close(e->dirfd);
    free(e);
}

static struct epoch_key *find(const struct epochs *e, uint32_t number)
{
    for (size_t i = 0; i < e->len; i++) {
        if (e->keys[i].number == number)
            return &e->keys[i];
    }
    return NULL;
}

enum err epochs_make(struct epochs *e, uint32_t number, uint8_t public_key[static KEY_LEN])
{
    struct epoch_key *k = &e->keys[e->len];
    char name[NAME_SIZE];
    enum err r;

    if (find(e, number) != NULL) {
        memcpy(public_key, find(e, number)->public_key, KEY_LEN);
        return OK;
    }
    if (e->len >= BULLETIN_EPOCHS_MAX)
        return ERR_FULL;
    if ((r = box_pair_new(k->public_key, k->secret)) == OK)
        r = file_replace(e->dirfd, name_of(number, name), k->secret, KEY_LEN, 0600);
    if (r != OK) {
        secret_wipe(k, sizeof *k);
        return r;
    }
    memcpy(public_key, k->public_key, KEY_LEN);
    k->number = number;
    e->len++;
    return OK;
}

enum err epochs_destroy(struct epochs *e, uint32_t number)
{
    struct epoch_key *k = find(e, number);
    char name[NAME_SIZE];

    if (k != NULL) {
        *k = e->keys[--e->len];
        secret_wipe(&e->keys[e->len], sizeof *k);
    }
    return shred(e->dirfd, name_of(number, name));
}

const uint8_t *epochs_secret(const struct epochs *e, uint32_t number)
{
    const struct epoch_key *k = find(e, number);

    return k != NULL ? k->secret : NULL;
}
