/* SPDX-License-Identifier: Apache-2.0 */
/* code: one line; at a terminal, echo comes back whatever happens. */
#include "printscout/cli/code.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_SIZE (2 * CODE_TEXT_MAX) /* with hyphens and blanks, as pasted */

/* 1: it is a terminal, and echo is off; *old is for echo_on. */
static int echo_off(struct termios *old)
{
    struct termios quiet;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, old) != 0)
        return 0;
    quiet = *old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    quiet.c_lflag |= ECHONL; /* the person sees that the line was taken */
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

/* Read up to the first newline. A line that is longer than any code is none. */
static enum err read_line(char *line, size_t size)
{
    size_t len = 0;

    while (len + 1 < size) {
        ssize_t n = read(STDIN_FILENO, line + len, 1);

        if (n < 0)
            return ERR_IO;
        if (n == 0 || line[len] == '\n')
            break;
        len++;
    }
    line[len] = '\0';
    if (len == 0)
        return ERR_NOTFOUND;
    return len + 1 < size ? OK : ERR_FORMAT;
}

enum err code_read(struct invitation *out)
{
    char line[LINE_SIZE];
    struct termios old;
    int quiet;
    enum err e;

    quiet = echo_off(&old); /* before the prompt, for what was typed until then is thrown away */
    if (isatty(STDIN_FILENO)) {
        fputs("Invitation code (it is not shown): ", stderr);
        fflush(stderr);
    }
    e = read_line(line, sizeof line);
    if (quiet && tcsetattr(STDIN_FILENO, TCSANOW, &old) != 0)
        fputs("printscout: the terminal's echo is still off; type: stty echo\n", stderr);
    if (e == OK)
        e = invitation_read(line, out);
    secret_wipe(line, sizeof line);
    return e;
}
