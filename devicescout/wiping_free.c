/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiping_free: what this program frees is wiped first. A password goes through libmicrohttpd, GnuTLS, jansson and
 * libldap before and behind us; each copies it, and none of them wipes. glibc lets a program stand in front of its
 * free() and keeps its own under another name. Costs a memset() of what was allocated: nothing beside a sign-in.
 *
 * Sanitizers stand there themselves: built with one, this file is left out.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void __libc_free(void *p);

void free(void *p)
{
    if (p != NULL)
        explicit_bzero(p, malloc_usable_size(p));
    __libc_free(p);
}

/* glibc's own would move a block and free the old one by itself, as it is. */
void *realloc(void *p, size_t size)
{
    const size_t have = p != NULL ? malloc_usable_size(p) : 0;
    void *larger;

    if (p == NULL)
        return malloc(size);
    if (size == 0) {
        free(p);
        return NULL;
    }
    if (size <= have && size >= have / 2)
        return p;
    if ((larger = malloc(size)) == NULL)
        return NULL;
    memcpy(larger, p, size < have ? size : have);
    free(p);
    return larger;
}
