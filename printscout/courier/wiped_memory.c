/* SPDX-License-Identifier: Apache-2.0 */
/* wiped_memory: see wiped_memory.h. The C library knows how long a block is, so none is kept beside it. */
#include "printscout/courier/wiped_memory.h"

#include <curl/curl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void wipe_and_free(void *block)
{
    if (block != NULL)
        explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

/* realloc() may move, and then leaves what it moved behind. */
static void *move(void *block, size_t len)
{
    const size_t had = block != NULL ? malloc_usable_size(block) : 0;
    void *moved = malloc(len);

    if (moved == NULL)
        return NULL;
    if (block != NULL)
        memcpy(moved, block, had < len ? had : len);
    wipe_and_free(block);
    return moved;
}

enum err wiped_memory_start(void)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_and_free, move, strdup, calloc) == CURLE_OK
               ? OK
               : ERR_NOMEM;
}
