/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ink: a walk over operands and operators. Only what sets a colour is looked at; the last few numbers and the last name
 * before an operator are its operands.
 */
#include "printscout/pages/ink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS    4
#define WORD_SIZE  128 /* a name may have 127 bytes; an operator has three */
#define STATES_MAX 64
#define SAME       (1.0 / 510) /* half a step of eight bits */

struct spaces {
    int fill, stroke; /* numbers of a colour; 0: cannot tell */
};

struct walk {
    const uint8_t *at, *end;
    const struct ink_names *names;
    enum ink ink;
    double numbers[NUMBERS]; /* the last ones, the newest at the end */
    int numbers_len;
    char name[WORD_SIZE]; /* the last one; "": none */
    struct spaces now, saved[STATES_MAX];
    unsigned depth;
};

static void add(struct walk *w, enum ink ink)
{
    if (ink > w->ink)
        w->ink = ink;
}

static int is_space(uint8_t b)
{
    return b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == '\f' || b == '\0';
}

static int is_regular(uint8_t b)
{
    return !is_space(b) && memchr("()<>[]{}/%", b, 10) == NULL;
}

/* A colour of the last n numbers. */
static void add_color(struct walk *w, int n)
{
    const double *v = w->numbers + NUMBERS - n;

    if (n == 1)
        return;                                               /* grey, whatever it is */
    if (n == 0 || w->numbers_len < n || w->name[0] != '\0') { /* a pattern has a name */
        add(w, INK_UNSURE);
        return;
    }
    if (fabs(v[0] - v[1]) >= SAME || fabs(v[1] - v[2]) >= SAME)
        add(w, INK_COLOR);
    else if (n == 4 && v[0] >= SAME)
        add(w, INK_UNSURE); /* cyan, magenta and yellow that make a grey, on most printers */
}

static int space_named(const struct walk *w)
{
    static const struct {
        const char *name;
        int numbers;
    } own[] = {{"DeviceGray", 1}, {"G", 1},    {"DeviceRGB", 3}, {"RGB", 3},
               {"DeviceCMYK", 4}, {"CMYK", 4}, {"Pattern", 0}};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(own[i].name, w->name) == 0)
            return own[i].numbers;
    }
    return w->names->space(w->names->arg, w->name);
}

static void save(struct walk *w)
{
    if (w->depth < STATES_MAX)
        w->saved[w->depth] = w->now;
    w->depth++;
}

static void restore(struct walk *w)
{
    if (w->depth == 0)
        return;
    w->depth--;
    if (w->depth < STATES_MAX)
        w->now = w->saved[w->depth];
    else
        w->now = (struct spaces){0, 0}; /* too deep to remember: unsure */
}

/* "EI" between white space ends the picture's bytes. */
static void skip_picture(struct walk *w)
{
    while (w->end - w->at >= 4) {
        const uint8_t *e = memchr(w->at + 1, 'E', (size_t)(w->end - w->at - 1));

        if (e == NULL)
            break;
        w->at = e;
        if (w->end - e >= 2 && e[1] == 'I' && is_space(e[-1]) && (w->end - e == 2 || !is_regular(e[2]))) {
            w->at = e + 2;
            return;
        }
    }
    w->at = w->end;
}

static void skip_string(struct walk *w)
{
    int open = 0;

    for (; w->at < w->end; w->at++) {
        if (*w->at == '\\' && w->end - w->at > 1)
            w->at++;
        else if (*w->at == '(')
            open++;
        else if (*w->at == ')' && --open == 0)
            break;
    }
    if (w->at < w->end)
        w->at++;
}

static void forget_operands(struct walk *w)
{
    w->numbers_len = 0;
    w->name[0] = '\0';
}

static int is(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

static void obey(struct walk *w, const char *word)
{
    if (is(word, "g", "G")) {
        *(word[0] == 'g' ? &w->now.fill : &w->now.stroke) = 1;
    } else if (is(word, "rg", "RG")) {
        *(word[0] == 'r' ? &w->now.fill : &w->now.stroke) = 3;
        add_color(w, 3);
    } else if (is(word, "k", "K")) {
        *(word[0] == 'k' ? &w->now.fill : &w->now.stroke) = 4;
        add_color(w, 4);
    } else if (is(word, "cs", "CS")) {
        *(word[0] == 'c' ? &w->now.fill : &w->now.stroke) = space_named(w);
    } else if (is(word, "sc", "scn")) {
        add_color(w, w->now.fill);
    } else if (is(word, "SC", "SCN")) {
        add_color(w, w->now.stroke);
    } else if (strcmp(word, "Do") == 0) {
        add(w, w->names->object(w->names->arg, w->name));
    } else if (strcmp(word, "sh") == 0) {
        add(w, INK_UNSURE);
    } else if (strcmp(word, "q") == 0) {
        save(w);
    } else if (strcmp(word, "Q") == 0) {
        restore(w);
    } else if (strcmp(word, "ID") == 0) {
        /* Its colour space is the name that stood last but for others' values: not sorted out. */
        add(w, INK_UNSURE);
        skip_picture(w);
    }
    forget_operands(w);
}

/* A number, or an operator. */
static void take_word(struct walk *w, const char *word)
{
    char *end;
    double v;

    if (strchr("+-.0123456789", word[0]) == NULL) {
        obey(w, word);
        return;
    }
    v = strtod(word, &end);
    memmove(w->numbers, w->numbers + 1, (NUMBERS - 1) * sizeof *w->numbers);
    w->numbers[NUMBERS - 1] = *end == '\0' ? v : NAN;
    if (w->numbers_len < NUMBERS)
        w->numbers_len++;
}

static void read_word(struct walk *w, char out[static WORD_SIZE])
{
    size_t len = 0;

    for (; w->at < w->end && is_regular(*w->at); w->at++) {
        if (len < WORD_SIZE - 1)
            out[len++] = (char)*w->at;
    }
    out[len] = '\0';
}

enum ink ink_of(const uint8_t *content, size_t len, const struct ink_names *names)
{
    struct walk w = {.names = names, .now = {1, 1}};
    char word[WORD_SIZE];

    if (len == 0)
        return INK_GREY; /* there may be no content at all */
    w.at = content;
    w.end = content + len;
    while (w.at < w.end && w.ink != INK_COLOR) {
        if (*w.at == '(') {
            skip_string(&w);
        } else if (*w.at == '%') {
            while (w.at < w.end && *w.at != '\n' && *w.at != '\r')
                w.at++;
        } else if (*w.at == '/') {
            w.at++;
            read_word(&w, w.name);
        } else if (is_regular(*w.at)) {
            read_word(&w, word);
            take_word(&w, word);
        } else {
            w.at++;
        }
    }
    return w.ink;
}
