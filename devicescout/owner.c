/* SPDX-License-Identifier: Apache-2.0 */
/* owner: lchown down a tree. */
#include "devicescout/owner.h"

#include <errno.h>
#include <ftw.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN_FOLDERS 16

/* nftw() hands nothing through to its callback; the commands that call this have one thread. */
static struct passwd owner;

static int give(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    return lchown(path, owner.pw_uid, owner.pw_gid);
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
    owner = *p;
    return nftw(path, give, OPEN_FOLDERS, FTW_PHYS) == 0 ? OK : ERR_IO;
}
