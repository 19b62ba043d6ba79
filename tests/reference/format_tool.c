/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_tool: crypto/ on the command line, for the reader in Python and for making the files of tests/vectors. Keys
 * and ids are arguments in hex: it is for test keys only, and is not installed. Exit 1 and the error's name on
 * standard error when crypto/ refuses.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/describe.h"
#include "crypto/envelope.h"
#include "crypto/nodekeys.h"
#include "crypto/seal.h"
#include "crypto/site.h"
#include "crypto/unseal.h"
#include "crypto/unwrap.h"

#define FILE_MOST ((size_t)64 << 20)

static void print_hex(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

static enum err write_file(const char *path, const void *bytes, size_t len)
{
    return file_replace(AT_FDCWD, path, bytes, len, 0600);
}

static enum err read_file(const char *path, uint8_t **out, size_t *len)
{
    return file_read(AT_FDCWD, path, FILE_MOST, out, len);
}

static enum err public_of(const uint8_t secret_key[static KEY_LEN], uint8_t public_key[static KEY_LEN])
{
    return crypto_scalarmult_base(public_key, secret_key) == 0 ? OK : ERR_AUTH;
}

static enum err to_fd(void *arg, const uint8_t *sealed, size_t len)
{
    return file_write(*(int *)arg, sealed, len);
}

/* Sealed in pieces of an odd length, so that chunks are put together from several. */
static enum err seal_to(struct seal *s, int fd, const uint8_t *document, size_t len)
{
    enum err e = OK;

    for (size_t at = 0; e == OK && at < len; at += 50021)
        e = seal_bytes(s, document + at, len - at < 50021 ? len - at : 50021, to_fd, &fd);
    return e != OK ? e : seal_end(s, to_fd, &fd);
}

/* seal PUBLIC SITE JOB NODE EPOCH CREATED NUMBER OWNER DOCUMENT TICKET JOB-FILE DESCRIPTION-FILE */
static enum err run_seal(char **arg)
{
    uint8_t public_key[KEY_LEN], start[SEAL_START_LEN], sealed[DESCRIPTION_FILE_MAX];
    struct seal_opts opts = {.epoch_public_key = public_key,
                             .epoch = (uint32_t)strtoul(arg[4], NULL, 10),
                             .created_unix_ms = strtoull(arg[5], NULL, 10)};
    uint8_t *document = NULL, *ticket = NULL;
    struct description d = {.number = (uint32_t)strtoul(arg[6], NULL, 10), .owner = arg[7]};
    struct seal *s = NULL;
    size_t len, sealed_len;
    int fd = -1;
    enum err e;

    if ((e = hex_read(arg[0], public_key, KEY_LEN)) != OK || (e = id_read(arg[1], &opts.site)) != OK ||
        (e = id_read(arg[2], &opts.job)) != OK || (e = id_read(arg[3], &opts.node)) != OK)
        goto out;
    if ((e = read_file(arg[8], &document, &len)) != OK || (e = read_file(arg[9], &ticket, &d.ticket_len)) != OK)
        goto out;
    d.ticket = ticket;
    e = ERR_IO;
    if ((fd = open(arg[10], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        goto out;
    if ((e = seal_new(&opts, start, &s)) != OK || (e = file_write(fd, start, sizeof start)) != OK)
        goto out;
    if ((e = seal_to(s, fd, document, len)) != OK || (e = seal_description(s, &d, sealed, &sealed_len)) != OK)
        goto out;
    e = write_file(arg[11], sealed, sealed_len);
out:
    if (fd >= 0)
        close(fd);
    seal_free(s);
    free(document);
    free(ticket);
    return e;
}

static enum err unwrap_from_header(const char *secret_hex, const uint8_t *file, size_t len, uint8_t key[static KEY_LEN])
{
    uint8_t secret_key[KEY_LEN], public_key[KEY_LEN];
    struct job_header h;
    struct wrap_info info;
    enum err e;

    if ((e = hex_read(secret_hex, secret_key, KEY_LEN)) != OK || (e = public_of(secret_key, public_key)) != OK)
        return e;
    if ((e = header_read(file, len, &h)) != OK)
        return e;
    wrap_info_job(&info, h.site, h.job, h.epoch);
    return unwrap_key(secret_key, public_key, info.pieces, 2, h.wrapped_key, key);
}

static enum err unseal_to(struct unseal *u, const uint8_t *file, size_t len, int fd)
{
    static uint8_t plain[CHUNK_LEN];
    enum err e = OK;

    for (size_t i = 0, at = SEAL_START_LEN; e == OK && at < len; i++, at += CHUNK_SEALED_LEN) {
        size_t chunk = len - at < CHUNK_SEALED_LEN ? len - at : CHUNK_SEALED_LEN;

        if ((e = unseal_chunk(u, i, file + at, chunk, plain)) == OK)
            e = file_write(fd, plain, chunk - CHUNK_TAG_LEN);
    }
    return e;
}

/* open SECRET JOB-FILE DOCUMENT */
static enum err run_open(char **arg)
{
    uint8_t key[KEY_LEN];
    uint8_t *file = NULL;
    struct unseal *u = NULL;
    uint64_t document_len;
    int in = -1, fd = -1;
    size_t len;
    enum err e;

    if ((e = read_file(arg[1], &file, &len)) != OK || (e = unwrap_from_header(arg[0], file, len, key)) != OK)
        goto out;
    if ((e = unseal_new(key, file, len, &u)) != OK)
        goto out;
    e = ERR_IO;
    if ((in = open(arg[1], O_RDONLY | O_CLOEXEC)) < 0 ||
        (fd = open(arg[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        goto out;
    if ((e = unseal_verify(u, in, len - HEADER_LEN, &document_len)) == OK)
        e = unseal_to(u, file, len, fd);
out:
    if (in >= 0)
        close(in);
    if (fd >= 0)
        close(fd);
    unseal_free(u);
    free(file);
    return e;
}

/* describe SECRET DESCRIPTION-FILE TICKET: prints number, payload prefix, payload length, owner; one a line */
static enum err run_describe(char **arg)
{
    static uint8_t plain[DESCRIPTION_MAX_PADDED];
    uint8_t key[KEY_LEN];
    char owner[OWNER_MAX_LEN + 1];
    struct description d;
    uint8_t *file = NULL;
    size_t len;
    enum err e;

    if ((e = read_file(arg[1], &file, &len)) != OK || (e = unwrap_from_header(arg[0], file, len, key)) != OK)
        goto out;
    if ((e = description_open(key, file, len, plain, owner, &d)) != OK)
        goto out;
    printf("%" PRIu32 "\n", d.number);
    print_hex(d.payload_prefix, CHUNKED_PREFIX_LEN);
    printf("%" PRIu64 "\n%s\n", d.payload_len, d.owner);
    e = write_file(arg[2], d.ticket, d.ticket_len);
out:
    free(file);
    return e;
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
