/* SPDX-License-Identifier: Apache-2.0 */
/* ceremony_child: fork, exec, two pipes. What the child complains about goes straight to standard error. */
#include "devicescout/fleet/ceremony_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEYHOLDER   "devicescout-keyholder"
#define NOT_STARTED 127 /* as a shell says it */

/* Beside this program, where it is installed; in its folder of the build; or on the path. */
static void exec_keyholder(const char *config)
{
    static const char *const places[] = {"/" KEYHOLDER, "/keyholder/" KEYHOLDER};
    char self[PATH_MAX] = "", path[PATH_MAX + sizeof "/keyholder/" KEYHOLDER];
    char *const argv[] = {KEYHOLDER, "init", config != NULL ? "--config" : NULL, (char *)(uintptr_t)config, NULL};
    const ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = len > 0 ? strrchr(self, '/') : NULL;

    if (slash != NULL) {
        *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            snprintf(path, sizeof path, "%s%s", self, places[i]);
            execv(path, argv);
        }
    }
    execvp(KEYHOLDER, argv);
    fprintf(stderr, KEYHOLDER " cannot be started: %s. It belongs beside devicescout.\n", strerror(errno));
    _exit(NOT_STARTED);
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
        pair[i] = -1;
    }
}

static enum err from_status(int status)
{
    if (!WIFEXITED(status))
        return ERR_PEER;
    switch (WEXITSTATUS(status)) {
    case 0:
        return OK;
    case 2:
        return ERR_CONFIG;
    case NOT_STARTED:
        return ERR_NOTFOUND;
    default:
        return ERR_PEER;
    }
}

static enum err speak(int to, int from, const struct ceremony_request *r, struct ceremony_answer *a)
{
    enum err e = ceremony_send_request(to, r);

    return e == OK ? ceremony_take_answer(from, a) : e;
}

enum err ceremony_child_run(const char *config, const struct ceremony_request *r, struct ceremony_answer *a)
{
    int to[2] = {-1, -1}, from[2] = {-1, -1}, status = 0;
    enum err e = ERR_IO, ended;
    pid_t child;

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        goto out;
    signal(SIGPIPE, SIG_IGN); /* a child that gives up early shows in its status */
    if ((child = fork()) < 0)
        goto out;
    if (child == 0) {
        if (dup2(to[0], STDIN_FILENO) < 0 || dup2(from[1], STDOUT_FILENO) < 0)
            _exit(NOT_STARTED);
        exec_keyholder(config);
    }
    close(to[0]);
    close(from[1]);
    to[0] = from[1] = -1;
    e = speak(to[1], from[0], r, a);
    close_pair(to);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            goto out;
    }
    if ((ended = from_status(status)) != OK)
        e = ended;
out:
    close_pair(to);
    close_pair(from);
    return e;
}
