/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner: giving, down a tree by descriptors, and becoming. The tree may be the daemon's already, and the daemon
 * captured: whatever it puts in a name's place while root walks, only what root holds open is given away.
 */
#include "devicescout/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 8 /* a state folder is three deep */

/* A file with a second name may be anybody's under the other one. */
static enum err give_open(int fd, const struct passwd *to, struct stat *st)
{
    if (fstat(fd, st) != 0)
        return ERR_IO;
    if (!S_ISDIR(st->st_mode) && st->st_nlink != 1)
        return ERR_REFUSED;
    return fchownat(fd, "", to->pw_uid, to->pw_gid, AT_EMPTY_PATH) == 0 ? OK : ERR_IO;
}

static enum err give(int dirfd, const char *name, const struct passwd *to, unsigned depth);

/* dirfd is the folder; it is closed. */
static enum err give_content(int dirfd, const struct passwd *to, unsigned depth)
{
    const struct dirent *entry;
    DIR *d = fdopendir(dirfd);
    enum err e = OK;

    if (d == NULL) {
        close(dirfd);
        return ERR_IO;
    }
    while (e == OK && (errno = 0, entry = readdir(d)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            e = give(dirfd, entry->d_name, to, depth + 1);
    }
    if (e == OK && errno != 0)
        e = ERR_IO;
    closedir(d);
    return e;
}

static enum err give(int dirfd, const char *name, const struct passwd *to, unsigned depth)
{
    struct stat st;
    enum err e;
    int content, fd;

    if (depth > DEPTH_MAX)
        return ERR_LIMIT;
    if ((fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return ERR_IO;
    e = give_open(fd, to, &st);
    if (e == OK && S_ISDIR(st.st_mode)) {
        /* "." of what was looked at, and not the name again */
        content = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        e = content >= 0 ? give_content(content, to, depth) : ERR_IO;
    }
    close(fd);
    return e;
}

enum err owner_give(const char *path, const char *user)
{
    const struct passwd *p;
    char *end;
    unsigned long number;

    if (geteuid() != 0)
        return OK;
    number = strtoul(user, &end, 10);
    p = user[0] != '\0' && *end == '\0' ? getpwuid((uid_t)number) : getpwnam(user);
    if (p == NULL || p->pw_uid == 0)
        return OK;
    return give(AT_FDCWD, path, p, 0);
}

enum err owner_become(const char *path)
{
    struct stat st;

    if (geteuid() != 0)
        return OK;
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return ERR_IO;
    if (st.st_uid == 0)
        return OK;
    /* Groups first: without root they cannot be changed any more. */
    if (setgroups(0, NULL) != 0 || setresgid(st.st_gid, st.st_gid, st.st_gid) != 0 ||
        setresuid(st.st_uid, st.st_uid, st.st_uid) != 0)
        return ERR_IO;
    return OK;
}
