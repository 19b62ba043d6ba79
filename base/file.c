/* SPDX-License-Identifier: Apache-2.0 */
/* file: reading and writing files whole, and making what was written last. Folders are in dir.c. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a failed call means; errno stays as it is. */
static enum err from_errno(void)
{
    switch (errno) {
    case ENOENT:
        return ERR_NOTFOUND;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* RLIMIT_FSIZE, or larger than the file system can hold */
        return ERR_FULL;
    case ENOMEM:
        return ERR_NOMEM;
    default:
        return ERR_IO;
    }
}

void file_close(int fd)
{
    const int saved = errno;

    if (fd >= 0)
        close(fd);
    errno = saved;
}

/* Read to the end of the file. Returns what came, at most size, in *len. */
static enum err read_some(int fd, uint8_t *out, size_t size, size_t *len)
{
    *len = 0;
    while (*len < size) {
        ssize_t n = read(fd, out + *len, size - *len);

        if (n == 0)
            break;
        if (n > 0)
            *len += (size_t)n;
        else if (errno != EINTR)
            return from_errno();
    }
    return OK;
}

/*
 * In a folder of ours another program may write too: a link that it left there must not make us read elsewhere, nor a
 * pipe make us wait for ever. A path of the configuration is the administrator's, and may be either.
 */
static enum err open_to_read(int dirfd, const char *path, int *fd, struct stat *st)
{
    const char *name;
    enum err e = OK;
    int folder;

    if (dirfd == AT_FDCWD) {
        *fd = open(path, O_RDONLY | O_CLOEXEC);
        return *fd < 0 || fstat(*fd, st) != 0 ? from_errno() : OK;
    }
    if ((e = file_open_parent(dirfd, path, &folder, &name)) != OK)
        return e;
    *fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, st) != 0)
        e = from_errno();
    else if (!S_ISREG(st->st_mode))
        e = ERR_IO;
    file_close(folder);
    return e;
}

enum err file_read(int dirfd, const char *path, size_t max, uint8_t **out, size_t *len)
{
    uint8_t *bytes = NULL;
    struct stat st;
    size_t size, n;
    int fd = -1;
    enum err e;

    if ((e = open_to_read(dirfd, path, &fd, &st)) != OK)
        goto out;
    /* The size is a hint for regular files only: a pipe or a file of /proc says 0, and is read up to max. */
    size = S_ISREG(st.st_mode) && st.st_size > 0 && (uintmax_t)st.st_size < max ? (size_t)st.st_size : max;
    e = ERR_NOMEM;
    if (size > SIZE_MAX - 2 || (bytes = malloc(size + 2)) == NULL)
        goto out;
    /* One byte more than expected shows a file that is longer. */
    if ((e = read_some(fd, bytes, size + 1, &n)) != OK)
        goto out;
    e = ERR_LIMIT;
    if (n > size)
        goto out;
    bytes[n] = '\0';
    *out = bytes;
    *len = n;
    bytes = NULL;
    e = OK;
out:
    free(bytes);
    file_close(fd);
    return e;
}

enum err file_read_secret(int dirfd, const char *path, uint8_t *out, size_t len)
{
    struct stat st;
    size_t n;
    int fd = -1;
    enum err e;

    /* O_NONBLOCK: a FIFO in place of the secret must not hang the start. */
    fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        e = from_errno();
        goto out;
    }
    e = ERR_REFUSED;
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        goto out;
    e = ERR_FORMAT;
    if (!S_ISREG(st.st_mode) || (uintmax_t)st.st_size != len)
        goto out;
    if ((e = read_some(fd, out, len, &n)) == OK && n != len)
        e = ERR_FORMAT;
    if (e != OK)
        explicit_bzero(out, len);
out:
    file_close(fd);
    return e;
}

enum err file_write(int fd, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            return from_errno() == ERR_FULL ? ERR_FULL : ERR_IO;
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return OK;
}

enum err file_read_at(int fd, uint64_t offset, void *out, size_t len)
{
    uint8_t *at = out;

    while (len > 0) {
        ssize_t n;

        if (offset > INT64_MAX)
            return ERR_FORMAT;
        n = pread(fd, at, len, (off_t)offset);
        if (n == 0)
            return ERR_FORMAT;
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (n > 0) {
            at += n;
            offset += (uint64_t)n;
            len -= (size_t)n;
        }
    }
    return OK;
}

enum err file_sync(int fd)
{
    if (fsync(fd) == 0)
        return OK;
    /* Not tried again: after a failed fsync the kernel may have dropped the pages and would report success. */
    return from_errno() == ERR_FULL ? ERR_FULL : ERR_IO;
}

/* "name" to ".name.TID.tmp". The thread's number keeps two writers of one path apart. */
static enum err temporary_name(const char *name, char *out, size_t size)
{
    int n = snprintf(out, size, ".%s.%d.tmp", name, (int)gettid());

    if (n >= 0 && (size_t)n < size)
        return OK;
    errno = ENAMETOOLONG;
    return ERR_IO;
}

/* Write and fsync a new file; on failure it is gone again. */
static enum err write_new(int dirfd, const char *path, const void *bytes, size_t len, mode_t mode)
{
    enum err e;
    int fd;

    unlinkat(dirfd, path, 0); /* left by a power cut, if it is there */
    fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0700);
    if (fd < 0)
        return from_errno() == ERR_FULL ? ERR_FULL : ERR_IO;
    if ((e = file_write(fd, bytes, len)) != OK)
        goto out;
    if (fchmod(fd, mode) != 0) { /* the mode asked for, whatever the umask */
        e = ERR_IO;
        goto out;
    }
    e = file_sync(fd);
out:
    file_close(fd);
    if (e != OK) {
        const int saved = errno;

        unlinkat(dirfd, path, 0);
        errno = saved;
    }
    return e;
}

static enum err replace_in(int folder, const char *name, const void *bytes, size_t len, mode_t mode)
{
    char temporary[NAME_MAX + 1];
    enum err e;

    if ((e = temporary_name(name, temporary, sizeof temporary)) != OK)
        return e;
    if ((e = write_new(folder, temporary, bytes, len, mode)) != OK)
        return e;
    if (renameat(folder, temporary, folder, name) != 0) {
        const int saved = errno;

        e = from_errno() == ERR_FULL ? ERR_FULL : ERR_IO;
        unlinkat(folder, temporary, 0);
        errno = saved;
        return e;
    }
    return file_sync_dir(folder);
}

enum err file_replace(int dirfd, const char *path, const void *bytes, size_t len, mode_t mode)
{
    const char *name;
    int folder;
    enum err e;

    if (file_open_parent(dirfd, path, &folder, &name) != OK)
        return ERR_IO;
    e = replace_in(folder, name, bytes, len, mode);
    file_close(folder);
    return e;
}
