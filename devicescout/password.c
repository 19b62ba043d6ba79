/* SPDX-License-Identifier: Apache-2.0 */
/* password: from a file or /dev/tty, straight into memory of the caller's. */
#include "devicescout/password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "crypto/secret.h"

/* Byte by byte, so that nothing of it stays in a buffer of stdio's. ERR_LIMIT: longer than size - 1. */
static enum err read_line(int fd, char *out, size_t size)
{
    size_t len = 0;

    for (;;) {
        char c = '\n';
        const ssize_t n = read(fd, &c, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        if (n == 0 || c == '\n')
            break;
        if (len + 1 >= size)
            return ERR_LIMIT;
        out[len++] = c;
    }
    if (len > 0 && out[len - 1] == '\r')
        len--;
    out[len] = '\0';
    return OK;
}

static enum err complain(enum err e, const char *what)
{
    fprintf(stderr, "%s\n", what);
    return e;
}

static enum err check(const char *password)
{
    if (strlen(password) < PASSWORD_LEAST)
        return complain(ERR_CONFIG, "The password needs at least 8 characters.");
    if (!text_is_clean(password, strlen(password)))
        return complain(ERR_CONFIG, "The password must be UTF-8 text without control characters.");
    return OK;
}

enum err password_line(const char *path, char *out, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e;

    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return ERR_CONFIG;
    }
    e = read_line(fd, out, size);
    close(fd);
    if (e != OK)
        return complain(ERR_CONFIG, "The password file cannot be read, or its first line is too long.");
    return OK;
}

enum err password_from_file(const char *path, char *out, size_t size)
{
    const enum err e = password_line(path, out, size);

    return e == OK ? check(out) : e;
}

static enum err ask(int tty, const char *prompt, char *out, size_t size)
{
    enum err e;

    if (write(tty, prompt, strlen(prompt)) < 0)
        return ERR_IO;
    e = read_line(tty, out, size);
    if (write(tty, "\n", 1) < 0)
        return ERR_IO;
    return e;
}

static enum err ask_twice(int tty, const char *prompt, const char *again, char *out, size_t size)
{
    char *second = secret_new(size);
    enum err e = ERR_NOMEM;

    if (second == NULL)
        return e;
    if ((e = ask(tty, prompt, out, size)) != OK || (e = ask(tty, again, second, size)) != OK)
        e = complain(ERR_CONFIG, "No password could be read from the terminal.");
    else if (strcmp(out, second) != 0)
        e = complain(ERR_CONFIG, "The two passwords differ. Nothing was done; try again.");
    else
        e = check(out);
    secret_free(second);
    return e;
}

enum err password_from_terminal(const char *prompt, const char *again, char *out, size_t size)
{
    const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios shown, hidden;
    enum err e;

    if (tty < 0 || tcgetattr(tty, &shown) != 0) {
        if (tty >= 0)
            close(tty);
        return complain(ERR_CONFIG, "There is no terminal to ask for a password: give --password-file FILE.");
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &hidden);
    e = ask_twice(tty, prompt, again, out, size);
    tcsetattr(tty, TCSAFLUSH, &shown);
    close(tty);
    return e;
}
