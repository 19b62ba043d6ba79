/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_tool: crypto/ on the command line, for the reader in Python and for making the files of tests/vectors. Keys
 * and ids are arguments in hex: it is for test keys only, and is not installed. Exit 1 and the error's name on
 * standard error when crypto/ refuses.
 */
#include "tests/reference/format_tool.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "crypto/envelope.h"
#include "crypto/site.h"
#include "crypto/unwrap.h"

#define FILE_MOST ((size_t)64 << 20)

void print_hex(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

enum err write_file(const char *path, const void *bytes, size_t len)
{
    return file_replace(AT_FDCWD, path, bytes, len, 0600);
}

enum err read_file(const char *path, uint8_t **out, size_t *len)
{
    return file_read(AT_FDCWD, path, FILE_MOST, out, len);
}

enum err public_of(const uint8_t secret_key[KEY_LEN], uint8_t public_key[KEY_LEN])
{
    return crypto_scalarmult_base(public_key, secret_key) == 0 ? OK : ERR_AUTH;
}

/* grant PUBLIC SITE ORDER KEY: prints the wrap */
static enum err run_grant(char **arg)
{
    uint8_t public_key[KEY_LEN], key[KEY_LEN], wrapped[WRAP_LEN];
    struct wrap_info info;
    struct id site, order;
    enum err e;

    if ((e = hex_read(arg[0], public_key, KEY_LEN)) != OK || (e = id_read(arg[1], &site)) != OK ||
        (e = id_read(arg[2], &order)) != OK || (e = hex_read(arg[3], key, KEY_LEN)) != OK)
        return e;
    wrap_info_grant(&info, site, order);
    if ((e = wrap_key(public_key, info.pieces, 2, key, wrapped)) == OK)
        print_hex(wrapped, WRAP_LEN);
    return e;
}

/* ungrant SECRET SITE ORDER WRAP: prints the key */
static enum err run_ungrant(char **arg)
{
    uint8_t secret_key[KEY_LEN], public_key[KEY_LEN], key[KEY_LEN], wrapped[WRAP_LEN];
    struct wrap_info info;
    struct id site, order;
    enum err e;

    if ((e = hex_read(arg[0], secret_key, KEY_LEN)) != OK || (e = public_of(secret_key, public_key)) != OK ||
        (e = id_read(arg[1], &site)) != OK || (e = id_read(arg[2], &order)) != OK ||
        (e = hex_read(arg[3], wrapped, WRAP_LEN)) != OK)
        return e;
    wrap_info_grant(&info, site, order);
    if ((e = unwrap_key(secret_key, public_key, info.pieces, 2, wrapped, key)) == OK)
        print_hex(key, KEY_LEN);
    return e;
}

/* envelope PUBLIC PLAIN SEALED */
static enum err run_envelope(char **arg)
{
    static uint8_t out[ENVELOPE_MAX_LEN];
    uint8_t public_key[KEY_LEN];
    uint8_t *plain = NULL;
    size_t len, outlen;
    enum err e;

    if ((e = hex_read(arg[0], public_key, KEY_LEN)) == OK && (e = read_file(arg[1], &plain, &len)) == OK &&
        (e = envelope_seal(public_key, plain, len, out, &outlen)) == OK)
        e = write_file(arg[2], out, outlen);
    free(plain);
    return e;
}

/* unenvelope SECRET SEALED PLAIN */
static enum err run_unenvelope(char **arg)
{
    static uint8_t out[ENVELOPE_MAX_LEN];
    uint8_t secret_key[KEY_LEN], public_key[KEY_LEN];
    uint8_t *sealed = NULL;
    size_t len, outlen;
    enum err e;

    if ((e = hex_read(arg[0], secret_key, KEY_LEN)) == OK && (e = public_of(secret_key, public_key)) == OK &&
        (e = read_file(arg[1], &sealed, &len)) == OK &&
        (e = envelope_open(public_key, secret_key, sealed, len, out, &outlen)) == OK)
        e = write_file(arg[2], out, outlen);
    free(sealed);
    return e;
}

/* kit ROOT: prints the words */
static enum err run_kit(char **arg)
{
    char text[KIT_TEXT_MAX];
    uint8_t root[KEY_LEN];
    enum err e;

    if ((e = hex_read(arg[0], root, KEY_LEN)) != OK)
        return e;
    kit_write(root, text);
    printf("%s", text);
    return OK;
}

/* unkit FILE: prints the root, or the number of the bad line on standard error */
static enum err run_unkit(char **arg)
{
    uint8_t *text = NULL;
    uint8_t root[KEY_LEN];
    size_t len;
    int bad;
    enum err e;

    if ((e = read_file(arg[0], &text, &len)) != OK)
        return e;
    if ((e = kit_read((const char *)text, root, &bad)) == OK)
        print_hex(root, KEY_LEN);
    else
        fprintf(stderr, "line %d: ", bad);
    free(text);
    return e;
}

/* root ROOT PASSWORD FILE */
static enum err run_root(char **arg)
{
    uint8_t root[KEY_LEN], file[ROOT_FILE_MAX];
    size_t len;
    enum err e;

    if ((e = hex_read(arg[0], root, KEY_LEN)) == OK && (e = root_file_write(root, arg[1], file, &len)) == OK)
        e = write_file(arg[2], file, len);
    return e;
}

/* unroot FILE PASSWORD: prints the root */
static enum err run_unroot(char **arg)
{
    uint8_t *file = NULL;
    uint8_t root[KEY_LEN];
    size_t len;
    enum err e;

    if ((e = read_file(arg[0], &file, &len)) == OK && (e = root_file_read(file, len, arg[1], root)) == OK)
        print_hex(root, KEY_LEN);
    free(file);
    return e;
}

/* identity ROOT: prints the site's public key */
static enum err run_identity(char **arg)
{
    uint8_t root[KEY_LEN], public_key[KEY_LEN], secret_key[SIGN_SECRET_LEN];
    enum err e;

    if ((e = hex_read(arg[0], root, KEY_LEN)) == OK && (e = site_identity(root, public_key, secret_key)) == OK)
        print_hex(public_key, KEY_LEN);
    return e;
}

static const struct verb {
    const char *name;
    int args;
    const char *usage;
    enum err (*run)(char **arg);
} VERBS[] = {
    {"seal", 12, "PUBLIC SITE JOB NODE EPOCH CREATED NUMBER OWNER DOCUMENT TICKET JOB-FILE DESCRIPTION-FILE", run_seal},
    {"open", 3, "SECRET JOB-FILE DOCUMENT", run_open},
    {"describe", 3, "SECRET DESCRIPTION-FILE TICKET", run_describe},
    {"grant", 4, "PUBLIC SITE ORDER KEY", run_grant},
    {"ungrant", 4, "SECRET SITE ORDER WRAP", run_ungrant},
    {"envelope", 3, "PUBLIC PLAIN SEALED", run_envelope},
    {"unenvelope", 3, "SECRET SEALED PLAIN", run_unenvelope},
    {"kit", 1, "ROOT", run_kit},
    {"unkit", 1, "FILE", run_unkit},
    {"root", 3, "ROOT PASSWORD FILE", run_root},
    {"unroot", 2, "FILE PASSWORD", run_unroot},
    {"identity", 1, "ROOT", run_identity},
};

int main(int argc, char **argv)
{
    enum err e = crypto_start();

    for (size_t i = 0; argc > 1 && i < sizeof VERBS / sizeof *VERBS; i++) {
        if (strcmp(argv[1], VERBS[i].name) != 0 || argc != VERBS[i].args + 2)
            continue;
        if (e == OK)
            e = VERBS[i].run(argv + 2);
        if (e != OK)
            fprintf(stderr, "%s\n", err_name(e));
        return e == OK ? 0 : 1;
    }
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        fprintf(stderr, "format_tool %s %s\n", VERBS[i].name, VERBS[i].usage);
    return 2;
}
