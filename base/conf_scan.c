/* SPDX-License-Identifier: Apache-2.0 */
/* conf_scan: libconfuse's tokens, seen from outside: words, quoted strings, punctuation, comments. */
#include "base/conf_scan.h"

#include <stdio.h>
#include <string.h>

enum token { TOKEN_END, TOKEN_WORD, TOKEN_SET, TOKEN_OTHER };

struct scan {
    const char *path;
    char *at, *end;
    unsigned line;
    const char *word; /* the last word, without its quotes */
    size_t word_len;
    unsigned word_line;
};

static int is_comment(const struct scan *s)
{
    return *s->at == '#' || (s->end - s->at >= 2 && s->at[0] == '/' && (s->at[1] == '/' || s->at[1] == '*'));
}

/* Overwrite the comment at s->at; its line breaks stay, so that lines keep their numbers. */
static void blank_comment(struct scan *s)
{
    int block = s->end - s->at >= 2 && s->at[0] == '/' && s->at[1] == '*';
    char before = '\0';

    if (block) {
        *s->at++ = ' ';
        *s->at++ = ' ';
    }
    for (; s->at < s->end; s->at++) {
        char c = *s->at;

        if (!block && c == '\n')
            return;
        if (c == '\n')
            s->line++;
        else
            *s->at = ' ';
        if (block && before == '*' && c == '/') {
            s->at++;
            return;
        }
        before = c;
    }
}

/* s->at stands behind the opening quote. An open end is left to libconfuse to complain about. */
static void read_quoted(struct scan *s, char quote)
{
    s->word = s->at;
    s->word_line = s->line;
    for (; s->at < s->end && *s->at != quote; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end)
            s->at++;
        if (*s->at == '\n')
            s->line++;
    }
    s->word_len = (size_t)(s->at - s->word);
    if (s->at < s->end)
        s->at++;
}

static enum err read_bare(struct scan *s)
{
    s->word = s->at;
    s->word_line = s->line;
    while (s->at < s->end && strchr(" \t\r\n\"'={}()+,", *s->at) == NULL) {
        if (is_comment(s)) {
            fprintf(stderr, "%s:%u: %.*s: put the value in quotes, for a comment would begin inside it\n", s->path,
                    s->line, (int)(s->at - s->word), s->word);
            return ERR_CONFIG;
        }
        s->at++;
    }
    s->word_len = (size_t)(s->at - s->word);
    return OK;
}

static enum err next_token(struct scan *s, enum token *out)
{
    for (;;) {
        char c;

        if (s->at == s->end) {
            *out = TOKEN_END;
            return OK;
        }
        c = *s->at;
        if (c == '\n')
            s->line++;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            s->at++;
        } else if (is_comment(s)) {
            blank_comment(s);
        } else if (strchr("={}()+,", c) != NULL) {
            s->at++;
            *out = c == '=' ? TOKEN_SET : TOKEN_OTHER;
            return OK;
        } else if (c == '"' || c == '\'') {
            s->at++;
            read_quoted(s, c);
            *out = TOKEN_WORD;
            return OK;
        } else {
            *out = TOKEN_WORD;
            return read_bare(s);
        }
    }
}

/* The last word stands before "=": it is a key. */
static enum err note_key(const struct scan *s, const struct conf_key *keys, size_t nkeys, unsigned *lines)
{
    for (size_t i = 0; i < nkeys; i++) {
        if (strlen(keys[i].name) != s->word_len || memcmp(keys[i].name, s->word, s->word_len) != 0)
            continue;
        if (lines[i] != 0) {
            fprintf(stderr, "%s:%u: %s: set twice; the first is on line %u\n", s->path, s->word_line, keys[i].name,
                    lines[i]);
            return ERR_CONFIG;
        }
        lines[i] = s->word_line;
        return OK;
    }
    fprintf(stderr, "%s:%u: %.*s: there is no such setting\n", s->path, s->word_line, (int)s->word_len, s->word);
    return ERR_CONFIG;
}

enum err conf_scan(const char *path, char *text, size_t len, const struct conf_key *keys, size_t nkeys, unsigned *lines)
{
    struct scan s = {.path = path, .at = text, .end = text + len, .line = 1, .word = "", .word_line = 1};
    enum token t = TOKEN_END;
    enum err e;

    memset(lines, 0, nkeys * sizeof *lines);
    do {
        if ((e = next_token(&s, &t)) != OK)
            return e;
        if (t == TOKEN_SET && (e = note_key(&s, keys, nkeys, lines)) != OK)
            return e;
    } while (t != TOKEN_END);
    return OK;
}
