/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol_tool: proto/ on the command line, for the reader in Python and for making the files of tests/vectors/proto.
 *   protocol_tool read KIND KEY    records on standard input, each behind its length (4 bytes); for each its fields as
 *                                  lines, or "! " and the error's name; then a line "."
 *   protocol_tool write KIND KEY   the fields of one record as lines; its bytes on standard output
 * KEY is hex: the seed of who signs, or what stands at the kind. Test keys only; the tool is not installed.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/secret.h"
#include "tests/reference/protocol_kinds.h"

#define RECORD_MOST 131072

static int read_all(const struct kind *k, const uint8_t *key)
{
    void *record = calloc(1, k->size);
    uint32_t len;
    enum err e;

    if (record == NULL || k->read == NULL)
        return 2;
    while (fread(&len, sizeof len, 1, stdin) == 1) {
        uint8_t *bytes;

        len = ntohl(len);
        /* Exactly as long as the record is: a sanitizer sees a reader that goes beyond. */
        if (len > RECORD_MOST || (bytes = malloc(len > 0 ? len : 1)) == NULL || fread(bytes, 1, len, stdin) != len)
            return 2;
        if ((e = k->read(key, bytes, len, record)) == OK)
            fields_print(stdout, k->fields, record);
        else
            printf("! %s\n", err_name(e));
        printf(".\n");
        free(bytes);
    }
    free(record);
    return 0;
}

static int write_one(const struct kind *k, const uint8_t *key)
{
    static uint8_t bytes[RECORD_MOST];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    void *record = calloc(1, k->size);
    enum err e;
    int status = 2;

    if (record != NULL && (e = fields_scan(stdin, k->fields, record)) == OK) {
        if ((e = k->write(key, record, &b)) == OK)
            status = fwrite(bytes, 1, b.len, stdout) == b.len ? 0 : 2;
        else
            status = fprintf(stderr, "%s\n", err_name(e)) > 0 ? 1 : 2;
    }
    free(record);
    return status;
}

static const struct kind *kind_of(const char *name)
{
    const struct kind *const tables[] = {KINDS_OF_RECORDS, KINDS_OF_BODIES, KINDS_OF_QUESTIONS, KINDS_OF_SPOOL};

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct kind *k = tables[i]; k->name != NULL; k++) {
            if (strcmp(k->name, name) == 0)
                return k;
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    uint8_t key[KIND_KEY_MAX] = {0};
    const struct kind *k;

    if (argc != 4 || crypto_start() != OK || strlen(argv[3]) > 2 * sizeof key ||
        hex_read(argv[3], key, strlen(argv[3]) / 2) != OK)
        return 2;
    if ((k = kind_of(argv[2])) == NULL)
        return 2;
    if (strcmp(argv[1], "read") == 0)
        return read_all(k, key);
    return strcmp(argv[1], "write") == 0 ? write_one(k, key) : 2;
}
