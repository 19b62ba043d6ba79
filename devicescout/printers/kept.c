/* SPDX-License-Identifier: Apache-2.0 */
/* kept: the printer's id is the file's name, its profile as in the bulletin is what stands in it. */
#include "devicescout/printers/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"

enum err kept_open(int state_dir, int *out)
{
    if (mkdirat(state_dir, KEPT_DIR, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    *out = openat(state_dir, KEPT_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *out >= 0 ? OK : ERR_IO;
}

enum err kept_read(int dir, struct id printer, struct profile *out)
{
    char name[ID_HEX_SIZE];
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum err e;

    if ((e = file_read(dir, id_text(printer, name), BULLETIN_PROFILE_MAX, &bytes, &len)) == OK)
        e = profile_read(bytes, len, out);
    free(bytes);
    return e;
}

enum err kept_write(int dir, struct id printer, const struct profile *p)
{
    uint8_t bytes[BULLETIN_PROFILE_MAX];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    char name[ID_HEX_SIZE];
    enum err e = profile_write(p, &b);

    return e != OK ? e : file_replace(dir, id_text(printer, name), bytes, b.len, 0600);
}

void kept_forget(int dir, struct id printer)
{
    char name[ID_HEX_SIZE];
    const enum err e = file_erase(dir, id_text(printer, name));

    if (e != OK && e != ERR_NOTFOUND)
        log_warn("profile_not_forgotten", "printer=%s why=%s", name, err_name(e));
}
