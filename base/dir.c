/* SPDX-License-Identifier: Apache-2.0 */
/* dir: the half of file.h that is about folders: making, locking, erasing and syncing them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum err file_sync_dir(int dirfd)
{
    return file_sync(dirfd);
}

#define FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* The folder of a path that is the administrator's. */
static int open_as_named(const char *path, const char *slash)
{
    char parent[PATH_MAX] = ".";

    if (slash != NULL) {
        size_t len = slash == path ? 1 : (size_t)(slash - path); /* "/name" stands in "/" */

        if (len >= sizeof parent) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(parent, path, len);
        parent[len] = '\0';
    }
    return open(parent, FOLDER);
}

/* The folder of a path below dirfd, from one part to the next. */
static int open_below(int dirfd, const char *path, const char *slash)
{
    int at = openat(dirfd, ".", FOLDER);

    while (at >= 0 && slash != NULL && path < slash) {
        const size_t len = strcspn(path, "/");
        char part[NAME_MAX + 1];
        int next = -1;

        if (len == 0 || len >= sizeof part || strncmp(path, "../", 3) == 0) {
            errno = EINVAL;
        } else {
            memcpy(part, path, len);
            part[len] = '\0';
            next = openat(at, part, FOLDER | O_NOFOLLOW);
        }
        file_close(at);
        at = next;
        path += len + 1;
    }
    return at;
}

enum err file_open_parent(int dirfd, const char *path, int *out, const char **name)
{
    const char *slash = strrchr(path, '/');
    const int fd = dirfd == AT_FDCWD ? open_as_named(path, slash) : open_below(dirfd, path, slash);

    if (fd < 0)
        return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
    *out = fd;
    *name = slash != NULL ? slash + 1 : path;
    return OK;
}

enum err file_sync_parent(int dirfd, const char *path)
{
    const char *name;
    enum err e;
    int fd;

    if (file_open_parent(dirfd, path, &fd, &name) != OK)
        return ERR_IO;
    e = file_sync_dir(fd);
    file_close(fd);
    return e;
}

enum err file_open_dir(const char *path, mode_t mode, int *out)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    int fd;

    if (len == 0 || len >= sizeof part) {
        errno = len == 0 ? ENOENT : ENAMETOOLONG;
        return ERR_IO;
    }
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, mode) == 0) {
            enum err e = file_sync_parent(AT_FDCWD, part);

            if (e != OK)
                return e;
        } else if (errno != EEXIST) {
            return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
        }
        part[i] = path[i];
    }
    if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return ERR_IO;
    *out = fd;
    return OK;
}

enum err file_lock(int dirfd, int *out)
{
    int fd = openat(dirfd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return ERR_IO;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum err e = errno == EWOULDBLOCK ? ERR_EXISTS : ERR_IO;

        file_close(fd);
        return e;
    }
    *out = fd;
    return OK;
}

/* Remove the plain files in a folder. A folder inside it makes this fail. */
static enum err empty(int dirfd, const char *path)
{
    const struct dirent *entry;
    enum err e = ERR_IO;
    DIR *d = NULL;
    int fd;

    if ((fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
    if ((d = fdopendir(fd)) == NULL) {
        file_close(fd);
        return ERR_IO;
    }
    /* readdir goes on correctly while entries that it has returned are removed. */
    while (errno = 0, (entry = readdir(d)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) != 0 && errno != ENOENT)
            goto out;
    }
    if (errno == 0)
        e = OK;
out : {
    const int saved = errno;

    closedir(d);
    errno = saved;
}
    return e;
}

static enum err erase_in(int folder, const char *name)
{
    enum err e;

    if (unlinkat(folder, name, 0) != 0) {
        if (errno == ENOENT)
            return ERR_NOTFOUND;
        if (errno != EISDIR) /* Linux's answer for a folder */
            return ERR_IO;
        if ((e = empty(folder, name)) != OK)
            return e;
        if (unlinkat(folder, name, AT_REMOVEDIR) != 0)
            return ERR_IO;
    }
    return file_sync_dir(folder);
}

enum err file_erase(int dirfd, const char *path)
{
    const char *name;
    int folder;
    enum err e;

    if ((e = file_open_parent(dirfd, path, &folder, &name)) != OK)
        return e;
    e = erase_in(folder, name);
    file_close(folder);
    return e;
}
