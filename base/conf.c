/* SPDX-License-Identifier: Apache-2.0 */
/* conf: one flat list of settings. libconfuse reads the syntax and the types; the ranges are checked here. */
#include "base/conf.h"

#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_scan.h"
#include "base/file.h"

#define CONF_MAX (256 * 1024) /* no hand-written file comes near; a mistaken path to a disk image does */

struct conf {
    const struct conf_key *keys;
    size_t nkeys;
    unsigned *lines; /* where each key is set; 0: not in the file, its fallback stands in */
    cfg_t *cfg;      /* NULL when no file was read */
};

static const struct conf_key *key_of(const struct conf *c, const char *name, enum conf_type type, size_t *place)
{
    for (size_t i = 0; i < c->nkeys; i++) {
        if (strcmp(c->keys[i].name, name) == 0 && c->keys[i].type == type) {
            *place = i;
            return &c->keys[i];
        }
    }
    abort(); /* the program asks for a setting that it did not list */
}

/* libconfuse names the setting between quotes in its sentence; we name it in front, where a person looks first. */
static void complain(cfg_t *cfg, const char *fmt, va_list ap)
{
    char text[512];
    const char *name, *end;

    if (vsnprintf(text, sizeof text, fmt, ap) < 0)
        text[0] = '\0';
    name = strstr(text, "option '");
    end = name != NULL ? strchr(name + 8, '\'') : NULL;
    if (end != NULL)
        fprintf(stderr, "%s:%d: %.*s: %s\n", cfg->filename, cfg->line, (int)(end - name - 8), name + 8, text);
    else
        fprintf(stderr, "%s:%d: %s\n", cfg->filename, cfg->line, text);
}

/* The table that libconfuse wants, with the closing empty entry; it copies what it keeps. */
static cfg_opt_t *options_new(const struct conf_key *keys, size_t nkeys)
{
    cfg_opt_t *opts = calloc(nkeys + 1, sizeof *opts);

    for (size_t i = 0; opts != NULL && i < nkeys; i++) {
        const char *name = keys[i].name;

        switch (keys[i].type) {
        case CONF_TEXT:
            opts[i] = (cfg_opt_t)CFG_STR(name, NULL, CFGF_NODEFAULT);
            break;
        case CONF_NUMBER:
            opts[i] = (cfg_opt_t)CFG_INT(name, 0, CFGF_NODEFAULT);
            break;
        case CONF_BOOL:
            opts[i] = (cfg_opt_t)CFG_BOOL(name, cfg_false, CFGF_NODEFAULT);
            break;
        case CONF_LIST:
            opts[i] = (cfg_opt_t)CFG_STR_LIST(name, NULL, CFGF_NODEFAULT);
            break;
        }
    }
    return opts;
}

/* Hand len bytes of text to libconfuse. Given a FILE of our own, it neither expands ~ nor meets a folder. */
static enum err parse(struct conf *c, const char *path, char *text, size_t len)
{
    cfg_opt_t *opts = NULL;
    FILE *f = NULL;
    enum err e = ERR_NOMEM;

    if ((opts = options_new(c->keys, c->nkeys)) == NULL)
        goto out;
    if ((c->cfg = cfg_init(opts, CFGF_NONE)) == NULL)
        goto out;
    cfg_set_error_function(c->cfg, complain);
    if ((c->cfg->filename = strdup(path)) == NULL)
        goto out;
    if (len > 0) {
        if ((f = fmemopen(text, len, "r")) == NULL)
            goto out;
        e = ERR_CONFIG;
        if (cfg_parse_fp(c->cfg, f) != CFG_SUCCESS)
            goto out;
    }
    e = OK;
out:
    if (f != NULL)
        fclose(f);
    free(opts);
    return e;
}

static enum err check_values(const struct conf *c, const char *path)
{
    for (size_t i = 0; i < c->nkeys; i++) {
        const struct conf_key *k = &c->keys[i];
        int64_t v;

        if (c->lines[i] == 0) {
            if (k->fallback != NULL)
                continue;
            fprintf(stderr, "%s: %s: must be set (%s)\n", path, k->name, k->help);
            return ERR_CONFIG;
        }
        if (k->type != CONF_NUMBER)
            continue;
        v = cfg_getint(c->cfg, k->name);
        if (v < k->least || v > k->most) {
            fprintf(stderr, "%s:%u: %s: must be from %" PRId64 " to %" PRId64 "\n", path, c->lines[i], k->name,
                    k->least, k->most);
            return ERR_CONFIG;
        }
    }
    return OK;
}

static enum err read_into(struct conf *c, const char *path)
{
    uint8_t *text = NULL;
    size_t len;
    enum err e = file_read(AT_FDCWD, path, CONF_MAX, &text, &len);

    if (e == ERR_NOTFOUND || e == ERR_NOMEM)
        goto out;
    if (e != OK) {
        fprintf(stderr, "%s: %s\n", path, e == ERR_IO ? strerror(errno) : err_text(e));
        e = ERR_CONFIG;
        goto out;
    }
    if (memchr(text, '\0', len) != NULL) {
        fprintf(stderr, "%s: this is not a text file\n", path);
        e = ERR_CONFIG;
        goto out;
    }
    if ((e = conf_scan(path, (char *)text, len, c->keys, c->nkeys, c->lines)) != OK)
        goto out;
    if ((e = parse(c, path, (char *)text, len)) != OK)
        goto out;
    e = check_values(c, path);
out:
    free(text);
    return e;
}

enum err conf_read(const char *path, const struct conf_key *keys, size_t nkeys, struct conf **out)
{
    struct conf *c = NULL;
    enum err e = ERR_NOMEM;

    if ((c = calloc(1, sizeof *c)) == NULL)
        goto out;
    c->keys = keys;
    c->nkeys = nkeys;
    if ((c->lines = calloc(nkeys + 1, sizeof *c->lines)) == NULL)
        goto out;
    e = path != NULL ? read_into(c, path) : check_values(c, "settings");
    if (e != OK)
        goto out;
    *out = c;
    c = NULL;
out:
    conf_free(c);
    return e;
}

void conf_free(struct conf *c)
{
    if (c == NULL)
        return;
    if (c->cfg != NULL)
        cfg_free(c->cfg);
    free(c->lines);
    free(c);
}

const char *conf_text(const struct conf *c, const char *name)
{
    size_t i;
    const struct conf_key *k = key_of(c, name, CONF_TEXT, &i);

    return c->lines[i] != 0 ? cfg_getstr(c->cfg, name) : k->fallback;
}

int64_t conf_number(const struct conf *c, const char *name)
{
    size_t i;
    const struct conf_key *k = key_of(c, name, CONF_NUMBER, &i);

    return c->lines[i] != 0 ? cfg_getint(c->cfg, name) : strtoll(k->fallback, NULL, 0);
}

int conf_bool(const struct conf *c, const char *name)
{
    size_t i;
    const struct conf_key *k = key_of(c, name, CONF_BOOL, &i);

    return c->lines[i] != 0 ? cfg_getbool(c->cfg, name) == cfg_true : cfg_parse_boolean(k->fallback) == 1;
}

size_t conf_list_len(const struct conf *c, const char *name)
{
    size_t i;
    const struct conf_key *k = key_of(c, name, CONF_LIST, &i);

    return c->lines[i] != 0 ? cfg_size(c->cfg, name) : k->fallback[0] != '\0';
}

const char *conf_list_item(const struct conf *c, const char *name, size_t i)
{
    size_t place;
    const struct conf_key *k = key_of(c, name, CONF_LIST, &place);

    if (i >= conf_list_len(c, name))
        abort();
    return c->lines[place] != 0 ? cfg_getnstr(c->cfg, name, (unsigned)i) : k->fallback;
}

int conf_is_set(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->nkeys; i++) {
        if (strcmp(c->keys[i].name, name) == 0)
            return c->lines[i] != 0;
    }
    abort();
}

/* As libconfuse reads it back: text in double quotes, where a quote, a backslash and ${ would mean something. */
static void print_quoted(const char *s)
{
    putchar('"');
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\' || *s == '$')
            putchar('\\');
        putchar(*s);
    }
    putchar('"');
}

void conf_print_sample(const struct conf_key *keys, size_t nkeys)
{
    static const char *const types[] = {
        [CONF_TEXT] = "text", [CONF_NUMBER] = "number", [CONF_BOOL] = "true or false", [CONF_LIST] = "list of text"};

    for (size_t i = 0; i < nkeys; i++) {
        const struct conf_key *k = &keys[i];
        const char *fallback = k->fallback != NULL ? k->fallback : "";

        printf("# %s (%s", k->help, types[k->type]);
        if (k->type == CONF_NUMBER)
            printf(", %" PRId64 " to %" PRId64, k->least, k->most);
        printf("%s)\n#%s = ", k->fallback == NULL ? "; must be set" : "", k->name);
        if (k->type == CONF_LIST)
            printf("{");
        if (k->type == CONF_TEXT || (k->type == CONF_LIST && fallback[0] != '\0'))
            print_quoted(fallback);
        else if (k->type != CONF_LIST)
            printf("%s", fallback);
        printf("%s\n\n", k->type == CONF_LIST ? "}" : "");
    }
}
