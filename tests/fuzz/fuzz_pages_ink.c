/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pages_ink: any bytes as a content stream. */
#include <stdlib.h>
#include <string.h>

#include "printscout/pages/ink.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int space(void *arg, const char *name)
{
    (void)arg;
    return (int)(strlen(name) % 5);
}

static enum ink object(void *arg, const char *name)
{
    (void)arg;
    return (enum ink)(strlen(name) % 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct ink_names names = {.space = space, .object = object};

    if (ink_of(bytes, len, &names) > INK_COLOR)
        abort();
    return 0;
}
