/* SPDX-License-Identifier: Apache-2.0 */
/* scout_state: keys first, certificate last; a set-up that was cut short goes on with the keys that it made. */
#include "devicescout/fleet/scout_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

static enum err take_keys(struct scout_state *s)
{
    enum err e = node_keys_load(s->dirfd, SCOUT_STATE_KEYS, &s->keys);

    if (e != ERR_NOTFOUND)
        return e;
    if ((e = node_keys_new(&s->keys)) != OK)
        return e;
    return node_keys_save(s->keys, s->dirfd, SCOUT_STATE_KEYS);
}

enum err scout_state_begin(const char *path, struct scout_state *s)
{
    enum err e;

    *s = (struct scout_state){.dirfd = -1, .lock = -1};
    if ((e = file_open_dir(path, 0700, &s->dirfd)) != OK)
        goto out;
    if (faccessat(s->dirfd, SCOUT_STATE_CERTIFICATE, F_OK, 0) == 0) {
        fprintf(stderr, "%s: there is a site already. Look at it: devicescout status\n", path);
        return ERR_EXISTS;
    }
    if ((e = file_lock(s->dirfd, &s->lock)) == ERR_EXISTS) {
        fprintf(stderr, "%s: another devicescout is at work on this state. Look: systemctl status devicescout\n", path);
        return e;
    }
    if (e == OK)
        e = take_keys(s);
out:
    if (e != OK)
        fprintf(stderr, "%s: %s\n", path, err_text(e));
    return e;
}

enum err scout_state_end(struct scout_state *s, const uint8_t certificate[static CERTIFICATE_LEN])
{
    return file_replace(s->dirfd, SCOUT_STATE_CERTIFICATE, certificate, CERTIFICATE_LEN, 0644);
}

void scout_state_close(struct scout_state *s)
{
    node_keys_free(s->keys);
    if (s->lock >= 0)
        close(s->lock);
    if (s->dirfd >= 0)
        close(s->dirfd);
    *s = (struct scout_state){.dirfd = -1, .lock = -1};
}
