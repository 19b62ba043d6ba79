/* SPDX-License-Identifier: Apache-2.0 */
/* silent: a small ring; forgetting one costs a person a second. */
#include "printscout/courier/silent.h"

int silent_is(const struct silent *s, struct id printer, uint64_t now_ms)
{
    for (size_t i = 0; i < SILENT_KEPT; i++) {
        if (s->until_ms[i] > now_ms && id_equal(s->printers[i], printer))
            return 1;
    }
    return 0;
}

void silent_set(struct silent *s, struct id printer, int is_silent, uint64_t now_ms)
{
    if (!is_silent || silent_is(s, printer, now_ms))
        return;
    s->printers[s->next] = printer;
    s->until_ms[s->next] = now_ms + SILENT_MS;
    s->next = (s->next + 1) % SILENT_KEPT;
}
