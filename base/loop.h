/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop: one epoll loop for a program's main thread: descriptors, timers, signals. Callbacks run one at a time,
 * on the thread that calls loop_run.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>

#include "base/err.h"

struct loop;

typedef void loop_fd_fn(void *arg, int fd, uint32_t events);
typedef void loop_fn(void *arg);

MUST_USE enum err loop_new(struct loop **out);
void loop_free(struct loop *l);

/* Watch fd for events (EPOLLIN, EPOLLOUT; level-triggered). fd stays the caller's. At most one watch per fd. */
MUST_USE enum err loop_watch(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg);
/* Stop watching fd: call before closing it; safe inside any callback, also its own. */
void loop_forget(struct loop *l, int fd);

/*
 * Call fn once, after_ms from now (CLOCK_BOOTTIME, so suspend counts).
 *   out     NULL, or receives the timer's number for loop_cancel(); numbers are never reused
 */
MUST_USE enum err loop_after(struct loop *l, uint64_t after_ms, loop_fn *fn, void *arg, uint64_t *out);
void loop_cancel(struct loop *l, uint64_t timer);

/*
 * Call fn on the loop's thread soon; the one function here that any thread may call.
 * Posted calls run in order. After loop_run has returned they are dropped.
 */
MUST_USE enum err loop_post(struct loop *l, loop_fn *fn, void *arg);

/* Have SIGTERM and SIGINT end loop_run, and SIGHUP call fn (NULL: ignored). Blocks those signals in the process: call
 * before any thread starts. SIGPIPE is ignored. */
MUST_USE enum err loop_signals(struct loop *l, loop_fn *on_hup, void *arg);

/* Run until loop_stop or SIGTERM. */
MUST_USE enum err loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
