/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: durable files. A file appears whole by rename or not at all; what must survive a power cut is fsynced,
 * then its folder. An fsync that fails is never retried as success.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Read a whole file of at most max bytes into a new buffer with a NUL behind it (not counted).
 *   dirfd   folder of ours that path is relative to: path must be a plain file, with no link on the way and no pipe
 *           at its end (ERR_IO); or AT_FDCWD: a path of the configuration or of /proc, which may be anything
 *   out     on OK malloc()ed bytes for the caller to free()
 * Errors: ERR_NOTFOUND, ERR_LIMIT longer than max, ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err file_read(int dirfd, const char *path, size_t max, uint8_t **out, size_t *len);

/*
 * The same for a secret of exactly len bytes, straight into memory of the caller's (locked, if it matters).
 * Errors: ERR_NOTFOUND; ERR_REFUSED when group or others have any right to it; ERR_FORMAT when it is not len bytes;
 * ERR_IO.
 */
MUST_USE enum err file_read_secret(int dirfd, const char *path, uint8_t *out, size_t len);

/*
 * Replace path by these bytes: temporary file beside it (".NAME.NUMBER.tmp"), write, fsync, rename, fsync the folder.
 * After OK the new content survives a power cut. After an error no temporary file is left and the old content stands;
 * only if the folder's own fsync fails (ERR_IO, the last step) the new one may stand, whole, until a power cut.
 * Errors: ERR_FULL (ENOSPC, EDQUOT, EFBIG), ERR_IO.
 */
MUST_USE enum err file_replace(int dirfd, const char *path, const void *bytes, size_t len, mode_t mode);

/* Write all bytes to fd, through short writes and EINTR. Errors: ERR_FULL, ERR_IO. */
MUST_USE enum err file_write(int fd, const void *bytes, size_t len);

/* Close fd and leave errno as it is, for the way out of an error; -1 is fine. */
void file_close(int fd);

/*
 * Open the folder that path stands in. In a folder of ours (dirfd) another program may have put a link in the place of
 * a part of path, so none is followed: what is read, written, erased or given away afterwards, by the descriptor and
 * the name, is inside. A path from AT_FDCWD is the administrator's and is taken as it is.
 *   out     on OK the folder, for the caller to close
 *   name    path's last part
 * Errors: ERR_NOTFOUND, ERR_IO.
 */
MUST_USE enum err file_open_parent(int dirfd, const char *path, int *out, const char **name);

/* Read exactly len bytes at offset. Errors: ERR_FORMAT when the file ends first, ERR_IO. */
MUST_USE enum err file_read_at(int fd, uint64_t offset, void *out, size_t len);

/* fsync(fd), with errors told apart: ERR_FULL, ERR_IO. */
MUST_USE enum err file_sync(int fd);

/* fsync the folder behind dirfd, or the folder in which path stands. */
MUST_USE enum err file_sync_dir(int dirfd);
MUST_USE enum err file_sync_parent(int dirfd, const char *path);

/*
 * Make a folder and its missing parents with mode, or accept one that is there; open it.
 *   out     on OK a descriptor (O_DIRECTORY, O_CLOEXEC) for the caller to close()
 */
MUST_USE enum err file_open_dir(const char *path, mode_t mode, int *out);

/*
 * Take the lock of a state folder (file "lock" in it, flock). One process per state.
 *   out     on OK a descriptor that holds the lock until it is closed
 * Errors: ERR_EXISTS another process holds it; ERR_IO.
 */
MUST_USE enum err file_lock(int dirfd, int *out);

/* Remove path, a file or a folder of plain files (no deeper), then fsync the folder it was in. ERR_NOTFOUND, ERR_IO. */
MUST_USE enum err file_erase(int dirfd, const char *path);

#endif
