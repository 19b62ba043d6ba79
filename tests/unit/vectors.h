/* SPDX-License-Identifier: Apache-2.0 */
/* vectors: the public test vectors (Wycheproof's JSON), one file after another, one case after another. */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/cmocka_test.h"

#define VECTORS_SKIPPED 77 /* what ctest takes for "skipped" */

struct bytes {
    uint8_t *at;
    size_t len;
};

/* LATCHKEY_VECTORS names the folder; beside the source tree otherwise. */
static inline const char *vectors_path(const char *name, char out[static 4096])
{
    const char *folder = getenv("LATCHKEY_VECTORS");

    snprintf(out, 4096, "%s/%s", folder != NULL ? folder : LATCHKEY_SOURCE_DIR "/../shared/vectors", name);
    return out;
}

static inline int vectors_are_there(const char *name)
{
    char path[4096];

    if (access(vectors_path(name, path), R_OK) == 0)
        return 1;
    printf("skipped: no %s; LATCHKEY_VECTORS names the folder with the public vectors\n", path);
    return 0;
}

static inline unsigned hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, c);

    assert_true(c != '\0' && at != NULL);
    return (unsigned)(at - digits);
}

/* A field in hex, as bytes to free(). */
static inline struct bytes vector_bytes(const json_t *test, const char *field)
{
    const char *hex = json_string_value(json_object_get(test, field));
    struct bytes b;

    assert_non_null(hex);
    b.len = strlen(hex) / 2;
    b.at = malloc(b.len + 1);
    assert_non_null(b.at);
    for (size_t i = 0; i < b.len; i++)
        b.at[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    return b;
}

static inline int vector_is(const json_t *test, const char *result)
{
    return strcmp(json_string_value(json_object_get(test, "result")), result) == 0;
}

static inline int vector_has_flag(const json_t *test, const char *flag)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(test, "flags"), i, f) if (strcmp(json_string_value(f), flag) == 0) return 1;
    return 0;
}

/* What a case did: ran, or is about something that Latchkey never uses. A failed one does not return. */
enum vector_ran { VECTOR_RAN, VECTOR_NOT_OURS };
typedef enum vector_ran vector_fn(const json_t *group, const json_t *test);

/* Run every case of a file and say how many ran. least: how many must, so that a silent skip is a failure. */
static inline void vectors_run(const char *name, size_t least, vector_fn *fn)
{
    size_t i, k, ran = 0, not_ours = 0;
    const json_t *group, *test;
    char path[4096];
    json_t *root;

    root = json_load_file(vectors_path(name, path), 0, NULL);
    assert_non_null(root);
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
        json_array_foreach(json_object_get(group, "tests"), k, test)
    {
        int id = (int)json_integer_value(json_object_get(test, "tcId"));

        print_message("%s case %d\r", name, id); /* the last one seen is the one that failed */
        if (fn(group, test) == VECTOR_RAN)
            ran++;
        else
            not_ours++;
    }
    print_message("%s: %zu vectors ran, %zu are of kinds that are not used here\n", name, ran, not_ours);
    assert_true(ran >= least);
    json_decref(root);
}

#endif
