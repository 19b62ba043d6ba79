/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_planted: the control of run.py. It errs on purpose, in the way that the environment's PLANTED names, at an input
 * that takes a fuzzer some tries: "bug" in a row.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void *volatile kept;
static volatile int one = 1, sum;

static void err_as(const char *planted, size_t len)
{
    if (strcmp(planted, "heap") == 0) {
        uint8_t *short_one = malloc(len);

        kept = short_one;
        sum = short_one[len];
        free(short_one);
    } else if (strcmp(planted, "overflow") == 0) {
        sum = one + 0x7fffffff;
    } else if (strcmp(planted, "leak") == 0) {
        kept = malloc(1000);
        kept = NULL;
    } else if (strcmp(planted, "loop") == 0) {
        while (one)
            continue;
    } else if (strcmp(planted, "abort") == 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *planted = getenv("PLANTED");

    if (planted == NULL)
        return 0;
    if (strcmp(planted, "idle") == 0) /* never gets anything done */
        usleep(100000);
    else if (len >= 3 && bytes[0] == 'b' && bytes[1] == 'u' && bytes[2] == 'g')
        err_as(planted, len);
    return 0;
}
