/* SPDX-License-Identifier: Apache-2.0 */
/* spool: the folder's layout, and what it says of node and job. The job's state is spool_state.c. PROTOCOL.md, "The
 * spool folder". */
#include "proto/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Queue and courier are two users of one group; setgid gives what either makes to that group. */
#define FOLDER_MODE 02770
#define FILE_MODE   0640

#define NODE_MAX_LEN (1 + ID_LEN + KEY_LEN + CERTIFICATE_LEN + 2 + PERSON_SIZE)
#define QUEUE_LEN    (1 + 4 + 4 + 8 + 8 + 8)

/* What root makes (`printscout enroll`) is the daemons'. By what is open, not by name: the spool is one of theirs. */
static int give_to_owner(int spool, int fd)
{
    struct stat st;

    if (geteuid() != 0)
        return 0;
    return fstat(spool, &st) != 0 ? -1 : fchown(fd, st.st_uid, st.st_gid);
}

static enum err make_folder(int spool, const char *name)
{
    enum err e = ERR_IO;
    int fd;

    if (mkdirat(spool, name, FOLDER_MODE & 0777) != 0)
        return errno == EEXIST ? OK : errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    if ((fd = openat(spool, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return e;
    /* mkdir knows no setgid and obeys the umask. */
    if (give_to_owner(spool, fd) == 0 && fchmod(fd, FOLDER_MODE) == 0)
        e = OK;
    close(fd);
    return e;
}

enum err spool_open(const char *path, int *out)
{
    int fd = -1;
    enum err e;

    if ((e = file_open_dir(path, FOLDER_MODE & 0777, &fd)) != OK)
        goto out;
    if ((e = make_folder(fd, SPOOL_INCOMING)) != OK || (e = make_folder(fd, SPOOL_JOBS)) != OK ||
        (e = make_folder(fd, SPOOL_SITE)) != OK || (e = file_sync_dir(fd)) != OK)
        goto out;
    *out = fd;
    fd = -1;
out:
    if (fd >= 0)
        close(fd);
    return e;
}

const char *spool_path(char out[static SPOOL_PATH_SIZE], const char *where, struct id job, const char *file)
{
    char hex[ID_HEX_SIZE];

    snprintf(out, SPOOL_PATH_SIZE, "%s/%s%s%s", where, id_text(job, hex), file == NULL ? "" : "/",
             file == NULL ? "" : file);
    return out;
}

/* Every record here starts so. */
static enum err version_read(struct rbuf *b)
{
    uint8_t version;
    enum err e = rbuf_u8(b, &version);

    if (e != OK)
        return e;
    return version == RECORD_VERSION ? OK : ERR_UNSUPPORTED;
}

static enum err node_decode(struct rbuf *b, struct spool_node *n)
{
    enum err e;

    if ((e = version_read(b)) != OK || (e = rbuf_id(b, &n->node)) != OK ||
        (e = rbuf_copy(b, n->site_public, KEY_LEN)) != OK ||
        (e = rbuf_copy(b, n->certificate, CERTIFICATE_LEN)) != OK || (e = rbuf_text16(b, n->person, PERSON_SIZE)) != OK)
        return e;
    return rbuf_end(b);
}

enum err spool_node_read(int spool, struct spool_node *out)
{
    struct spool_node n = {0};
    uint8_t *bytes = NULL;
    struct rbuf b;
    size_t len;
    enum err e;

    if ((e = file_read(spool, SPOOL_NODE, NODE_MAX_LEN, &bytes, &len)) != OK)
        return e;
    b = rbuf_of(bytes, len);
    if ((e = node_decode(&b, &n)) == OK)
        *out = n;
    free(bytes);
    return e;
}

enum err spool_node_write(int spool, const struct spool_node *n)
{
    uint8_t bytes[NODE_MAX_LEN];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    if ((e = wbuf_u8(&b, RECORD_VERSION)) != OK || (e = wbuf_id(&b, n->node)) != OK ||
        (e = wbuf_copy(&b, n->site_public, KEY_LEN)) != OK ||
        (e = wbuf_copy(&b, n->certificate, CERTIFICATE_LEN)) != OK || (e = wbuf_text16(&b, n->person)) != OK)
        return e;
    return file_replace(spool, SPOOL_NODE, b.start, b.len, FILE_MODE);
}

enum err spool_site_key_read(int spool, uint8_t out[static KEY_LEN])
{
    uint8_t *bytes = NULL;
    size_t len;
    enum err e;

    if ((e = file_read(spool, SPOOL_SITE_KEY, KEY_LEN, &bytes, &len)) != OK)
        return e == ERR_LIMIT ? ERR_FORMAT : e;
    if (len == KEY_LEN)
        memcpy(out, bytes, KEY_LEN);
    free(bytes);
    return len == KEY_LEN ? OK : ERR_FORMAT;
}

enum err spool_site_key_write(int spool, const uint8_t key[static KEY_LEN])
{
    return file_replace(spool, SPOOL_SITE_KEY, key, KEY_LEN, FILE_MODE);
}

enum err spool_queue_encode(const struct spool_queue *q, struct wbuf *out)
{
    enum err e;

    if ((e = wbuf_u8(out, RECORD_VERSION)) != OK || (e = wbuf_u32(out, q->job_number)) != OK ||
        (e = wbuf_u32(out, q->uid)) != OK || (e = wbuf_u64(out, q->created_unix_ms)) != OK ||
        (e = wbuf_u64(out, q->document_bytes)) != OK)
        return e;
    return wbuf_u64(out, q->expires_unix_ms);
}

static enum err queue_decode(struct rbuf *b, struct spool_queue *q)
{
    enum err e;

    if ((e = version_read(b)) != OK || (e = rbuf_u32(b, &q->job_number)) != OK || (e = rbuf_u32(b, &q->uid)) != OK ||
        (e = rbuf_u64(b, &q->created_unix_ms)) != OK || (e = rbuf_u64(b, &q->document_bytes)) != OK ||
        (e = rbuf_u64(b, &q->expires_unix_ms)) != OK)
        return e;
    return rbuf_end(b);
}

enum err spool_queue_read(int spool, struct id job, struct spool_queue *out)
{
    char path[SPOOL_PATH_SIZE];
    struct spool_queue q;
    uint8_t *bytes = NULL;
    struct rbuf b;
    size_t len;
    enum err e;

    if ((e = file_read(spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_QUEUE), QUEUE_LEN, &bytes, &len)) != OK)
        return e;
    b = rbuf_of(bytes, len);
    if ((e = queue_decode(&b, &q)) == OK)
        *out = q;
    free(bytes);
    return e;
}

/* A folder itself, not a link to one. */
static int is_folder(int dirfd, const char *name)
{
    struct stat st;

    return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

enum err spool_each(int spool, spool_each_fn *fn, void *arg)
{
    const struct dirent *entry;
    DIR *d = NULL;
    int fd;
    enum err e = ERR_IO;

    if ((fd = openat(spool, SPOOL_JOBS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return ERR_IO;
    if ((d = fdopendir(fd)) == NULL) {
        close(fd);
        return ERR_IO;
    }
    while (errno = 0, (entry = readdir(d)) != NULL) {
        struct id job;

        if (id_read(entry->d_name, &job) != OK || !is_folder(fd, entry->d_name))
            continue;
        if ((e = fn(arg, job)) != OK)
            goto out;
    }
    e = errno == 0 ? OK : ERR_IO;
out:
    closedir(d);
    return e;
}
