/* SPDX-License-Identifier: Apache-2.0 */
/* trips: does what a sanitizer must stop, one act a run. Proves that the build's sanitizer is really there. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *count(void *arg)
{
    for (int i = 0; i < 100000; i++)
        shared++;
    return arg;
}

int main(int argc, char **argv)
{
    const char *act = argc > 1 ? argv[1] : "";

    if (strcmp(act, "heap") == 0) {
        size_t len = (size_t)argc * 4; /* unknown to the compiler, which would warn */
        volatile char *bytes = malloc(len);

        bytes[len] = 1;
        return bytes[len];
    }
    if (strcmp(act, "leak") == 0) {
        void *volatile lost = malloc(64);

        lost = NULL;
        return lost != NULL;
    }
    if (strcmp(act, "overflow") == 0) {
        volatile int most = INT_MAX;

        return most + argc > 0;
    }
    if (strcmp(act, "race") == 0) {
        pthread_t threads[2];

        for (int i = 0; i < 2; i++) {
            if (pthread_create(&threads[i], NULL, count, NULL) != 0)
                return 2;
        }
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        return 0;
    }
    puts("usage: trips heap|leak|overflow|race");
    return 2;
}
