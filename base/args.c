/* SPDX-License-Identifier: Apache-2.0 */
/* args: command lines. An option given twice is refused, for nobody can say which one was meant. */
#include "base/args.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "latchkey_version.h"

#define OPTIONS_MAX 64 /* one bit each in seen */

struct parse {
    const struct usage *u;
    char **argv;
    int argc;
    int at;        /* the word being read */
    uint64_t seen; /* which options were there, by their place in u->args */
};

static void print_help(const struct usage *u)
{
    printf("Usage: %s %s\n\n%s\n\n", u->program, u->synopsis, u->purpose);
    for (const struct arg *a = u->args; a != NULL && a->name != NULL; a++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", a->name, a->value != NULL ? " " : "", a->value != NULL ? a->value : "");
        printf("  %-28s %s\n", left, a->help);
    }
    printf("  %-28s %s\n  %-28s %s\n", "--help", "show this and exit", "--version", "show the version and exit");
}

static enum err complain(const struct parse *p, const char *what, const char *word, size_t len)
{
    fprintf(stderr, "%s: %s '%.*s'; see %s --help\n", p->u->program, what, (int)len, word, p->u->program);
    return ERR_CONFIG;
}

/* The option that is called name, and its bit in seen. */
static const struct arg *find(const struct usage *u, const char *name, size_t len, uint64_t *bit)
{
    *bit = 1;
    for (const struct arg *a = u->args; a != NULL && a->name != NULL; a++, *bit <<= 1) {
        if (a - u->args >= OPTIONS_MAX)
            abort(); /* a bug in the program's table */
        if (strlen(a->name) == len && memcmp(a->name, name, len) == 0)
            return a;
    }
    return NULL;
}

/* p->at stands on a word that begins with "--". */
static enum err read_option(struct parse *p)
{
    const char *word = p->argv[p->at];
    const char *name = word + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    uint64_t bit;
    const struct arg *a = find(p->u, name, len, &bit);

    if (a == NULL)
        return complain(p, "unknown option", word, len + 2);
    if (p->seen & bit)
        return complain(p, "given twice:", word, len + 2);
    p->seen |= bit;
    if (a->value == NULL && value != NULL)
        return complain(p, "no value belongs to", word, len + 2);
    if (a->value != NULL && value == NULL) {
        if (p->at + 1 >= p->argc)
            return complain(p, "a value is missing after", word, len + 2);
        value = p->argv[++p->at];
    }
    if (a->text != NULL && value != NULL)
        *a->text = value;
    if (a->flag != NULL)
        *a->flag = 1;
    return OK;
}

static void answer_and_exit(const struct usage *u, const char *word)
{
    if (strcmp(word, "--help") == 0)
        print_help(u);
    else
        printf("%s %s\n", u->program, LATCHKEY_VERSION);
    exit(fflush(stdout) == 0 ? 0 : 1);
}

enum err args_parse(int argc, char **argv, const struct usage *u, const char **operands, size_t max, size_t *count)
{
    struct parse p = {.u = u, .argv = argv, .argc = argc, .at = 1};
    int options_over = 0; /* after "--" */
    size_t n = 0;

    for (; p.at < argc; p.at++) {
        const char *word = argv[p.at];
        enum err e;

        if (options_over || word[0] != '-' || word[1] == '\0') {
            if (n == max)
                return complain(&p, "one word too many:", word, strlen(word));
            operands[n++] = word;
        } else if (strcmp(word, "--") == 0) {
            options_over = 1;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "--version") == 0) {
            answer_and_exit(u, word);
        } else if (word[1] != '-') {
            return complain(&p, "unknown option", word, strlen(word));
        } else if ((e = read_option(&p)) != OK) {
            return e;
        }
    }
    if (n < max)
        operands[n] = NULL;
    *count = n;
    return OK;
}
