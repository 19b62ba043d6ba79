/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: one watch on jobs/, one on each job's folder. Where the kernel has no more watches to give, or lost count of
 * events, everything is looked at once a minute.
 */
#include "printscout/courier/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/derive.h"
#include "crypto/description.h"
#include "crypto/header.h"
#include "printscout/courier/announce.h"
#include "printscout/courier/retire.h"
#include "printscout/courier/site.h"

#define LOOK_EVERY_MS 60000

struct watch {
    const char *spool_path;
    int fd, jobs; /* inotify, and its watch on jobs/ */
    int blind;    /* something is not watched: look once a minute */
};

static int add_watch(struct watch *w, const char *folder, uint32_t events)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", w->spool_path, folder), wd;

    if (n < 0 || n >= (int)sizeof path)
        return -1;
    if ((wd = inotify_add_watch(w->fd, path, events | IN_ONLYDIR)) < 0 && !w->blind && errno != ENOENT) {
        w->blind = 1;
        log_warn("folder_not_watched", "errno=%d", errno);
    }
    return wd;
}

static int has_file(const struct courier *c, struct id job, const char *name)
{
    char path[SPOOL_PATH_SIZE];

    return faccessat(c->spool, spool_path(path, SPOOL_JOBS, job, name), F_OK, 0) == 0;
}

/* A folder itself: behind a link we would erase and write in somebody else's. */
static int is_folder(const struct courier *c, struct id job)
{
    char path[SPOOL_PATH_SIZE];
    struct stat st;

    return fstatat(c->spool, spool_path(path, SPOOL_JOBS, job, NULL), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st.st_mode);
}

/* From the header of the sealed job; without one the job is as old as our knowledge of it. */
static uint64_t created_of(const struct courier *c, struct id job)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t bytes[HEADER_LEN];
    struct job_header h;
    uint64_t created = clock_unix_ms();
    int fd = openat(c->spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_JOB), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return created;
    if (file_read_at(fd, 0, bytes, sizeof bytes) == OK && header_read(bytes, sizeof bytes, &h) == OK)
        created = h.created_unix_ms;
    close(fd);
    return created;
}

/* What its queue says; nothing, without one. */
static uint64_t expires_of(const struct courier *c, struct id job)
{
    struct spool_queue q;

    return spool_queue_read(c->spool, job, &q) == OK ? q.expires_unix_ms : 0;
}

/* A job's folder is there: take it in. Its state file is ours, from before. */
static enum err take_in(struct courier *c, struct id id)
{
    char path[SPOOL_PATH_SIZE], hex[ID_HEX_SIZE];
    struct spool_state s;
    struct job *j;
    enum err e;

    if ((e = jobs_add(&c->jobs, id, &j)) != OK)
        return e;
    /* The watch first: what changes while we look is then seen again. */
    jobs_set_watch(&c->jobs, j, add_watch(c->watch, spool_path(path, SPOOL_JOBS, id, NULL), IN_MOVED_TO | IN_CREATE));
    j->created_unix_ms = created_of(c, id);
    j->expires_unix_ms = expires_of(c, id);
    if ((e = spool_state_read(c->spool, id, &s)) == OK) {
        j->state = (enum job_state)s.state;
        j->reason = (enum job_reason)s.reason;
        j->order = s.order;
        j->pending = s.report_pending;
    } else if (e != ERR_NOTFOUND) {
        log_error("job_state_unreadable", "job=%s reason=%s", id_text(id, hex), err_name(e)); /* then it is held */
    }
    log_debug("job_found", "job=%s state=%s", id_text(id, hex), jobstate_name(j->state));
    if (!jobstate_is_final(j->state)) {
        announce_job(c, j);
        if (has_file(c, id, SPOOL_FILE_CANCEL))
            retire_cancel(c, j);
    }
    site_status(c);
    return OK;
}

static enum err read_digest(const struct courier *c, struct id job, uint32_t *out)
{
    char path[SPOOL_PATH_SIZE];
    uint8_t *bytes = NULL;
    size_t len;
    enum err e;

    if ((e = file_read(c->spool, spool_path(path, SPOOL_JOBS, job, SPOOL_FILE_DESCRIPTION), DESCRIPTION_FILE_MAX,
                       &bytes, &len)) != OK)
        return e;
    e = announce_digest(bytes, len, out);
    free(bytes);
    return e;
}

/* A known job is looked at again: is its description another, was it canceled? */
static void look_again(struct courier *c, struct job *j)
{
    uint32_t digest;

    if (jobstate_is_final(j->state))
        return;
    if (read_digest(c, j->id, &digest) == OK && digest != j->digest)
        announce_job(c, j);
    if (has_file(c, j->id, SPOOL_FILE_CANCEL))
        retire_cancel(c, j);
}

/* The folder is gone: the queue removes what is final, an administrator anything. */
static void let_go(struct courier *c, struct job *j)
{
    jobs_set_watch(&c->jobs, j, -1); /* the kernel's watch went with the folder */
    if (j->delivery != NULL) {
        j->folder_gone = 1;
        return;
    }
    announce_withdraw(c, j);
    jobs_remove(&c->jobs, j);
    site_status(c);
}

static enum err look_at(void *arg, struct id id)
{
    struct courier *c = arg;
    struct job *j = jobs_find(&c->jobs, id);
    enum err e = OK;

    if (j != NULL)
        look_again(c, j);
    else
        e = take_in(c, id);
    return e == ERR_NOMEM ? e : OK;
}

static void look_at_all(struct courier *c)
{
    struct job *next;
    enum err e;

    for (struct job *j = c->jobs.first; j != NULL; j = next) {
        next = j->next;
        if (!has_file(c, j->id, NULL))
            let_go(c, j);
    }
    if ((e = spool_each(c->spool, look_at, c)) != OK)
        log_error("spool_unreadable", "reason=%s", err_name(e));
}

static void on_jobs_event(struct courier *c, const struct inotify_event *ev)
{
    struct id id;
    struct job *j;
    enum err e;

    if (ev->len == 0 || id_read(ev->name, &id) != OK)
        return;
    j = jobs_find(&c->jobs, id);
    if ((ev->mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        if (j != NULL && !has_file(c, id, NULL))
            let_go(c, j);
    } else if (j == NULL && is_folder(c, id) && (e = take_in(c, id)) != OK) {
        log_error("job_not_taken_in", "reason=%s", err_name(e));
        c->watch->blind = 1;
    }
}

static void on_event(struct courier *c, const struct inotify_event *ev)
{
    struct job *j;

    if ((ev->mask & IN_Q_OVERFLOW) != 0) {
        look_at_all(c);
    } else if (ev->wd == c->watch->jobs) {
        on_jobs_event(c, ev);
    } else if (ev->len > 0 && (j = jobs_find_watch(&c->jobs, ev->wd)) != NULL) {
        if (strcmp(ev->name, SPOOL_FILE_DESCRIPTION) == 0 || strcmp(ev->name, SPOOL_FILE_CANCEL) == 0)
            look_again(c, j);
    }
}

static void on_readable(void *arg, int fd, uint32_t events)
{
    _Alignas(struct inotify_event) char bytes[32768];
    const struct inotify_event *ev;
    ssize_t n;

    (void)events;
    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        for (const char *at = bytes; at < bytes + n; at += sizeof *ev + ev->len) {
            ev = (const struct inotify_event *)(const void *)at; /* as inotify(7) lays them out */
            on_event(arg, ev);
        }
    }
}

static void look_regularly(void *arg)
{
    struct courier *c = arg;

    if (c->watch->blind)
        look_at_all(c);
    if (loop_after(c->loop, LOOK_EVERY_MS, look_regularly, c, NULL) != OK)
        log_error("timer_lost", "what=spool");
}

enum err watch_start(struct courier *c, const char *spool_path)
{
    struct watch *w = calloc(1, sizeof *w);
    enum err e;

    if (w == NULL)
        return ERR_NOMEM;
    c->watch = w; /* the courier owns it now */
    w->spool_path = spool_path;
    if ((w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) < 0)
        return ERR_IO;
    w->jobs = add_watch(w, SPOOL_JOBS, IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_MOVED_FROM);
    if ((e = loop_watch(c->loop, w->fd, EPOLLIN, on_readable, c)) != OK)
        return e;
    if ((e = spool_each(c->spool, look_at, c)) != OK)
        return e;
    return loop_after(c->loop, LOOK_EVERY_MS, look_regularly, c, NULL);
}

void watch_end(struct courier *c)
{
    if (c->watch == NULL)
        return;
    if (c->watch->fd >= 0) {
        loop_forget(c->loop, c->watch->fd);
        close(c->watch->fd);
    }
    free(c->watch);
    c->watch = NULL;
}
