/* SPDX-License-Identifier: Apache-2.0 */
/* profile_union: words are counted in sorted tables; reading takes those that most printers have. */
#include "devicescout/jobs/profile_union.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 1024 /* different ones of all printers; what comes then is odd and left out */

struct tally {
    struct profile_word word;
    unsigned printers; /* that have it */
    unsigned first;    /* whose default it is */
};
struct tallies { /* sorted by word */
    size_t len;
    struct tally list[WORDS_MAX];
};

enum { MEDIA, TYPES, SOURCES, BINS, LISTS };

struct profile_union {
    unsigned printers;
    struct profile sum; /* all but its words */
    struct tallies words[LISTS];
};

enum err profile_union_new(struct profile_union **out)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? OK : ERR_NOMEM;
}

void profile_union_free(struct profile_union *u)
{
    free(u);
}

/* The word's place; it is made when it is not there. NULL: no room. */
static struct tally *find_or_make(struct tallies *t, const struct profile_word *word)
{
    size_t low = 0, high = t->len;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(t->list[middle].word.text, word->text);

        if (order == 0)
            return &t->list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (t->len >= WORDS_MAX)
        return NULL;
    memmove(&t->list[low + 1], &t->list[low], (t->len - low) * sizeof *t->list);
    t->len++;
    t->list[low] = (struct tally){.word = *word};
    return &t->list[low];
}

static void count(struct tallies *t, const struct profile_word *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct tally *found = find_or_make(t, &list[i]);

        if (found == NULL)
            continue;
        found->printers++;
        found->first += i == 0;
    }
}

void profile_union_add(struct profile_union *u, const struct profile *p)
{
    struct profile *sum = &u->sum;

    u->printers++;
    sum->formats |= p->formats;
    sum->features |= p->features;
    if (sum->copies_max < p->copies_max)
        sum->copies_max = p->copies_max;
    for (size_t i = 0; i < p->resolutions_len; i++)
        profile_add_number(sum->resolutions, &sum->resolutions_len, PROFILE_RESOLUTIONS_MAX, p->resolutions[i]);
    for (size_t i = 0; i < p->finishings_len; i++)
        profile_add_number(sum->finishings, &sum->finishings_len, PROFILE_NUMBERS_MAX, p->finishings[i]);
    count(&u->words[MEDIA], p->media, p->media_len);
    count(&u->words[TYPES], p->types, p->types_len);
    count(&u->words[SOURCES], p->sources, p->sources_len);
    count(&u->words[BINS], p->bins, p->bins_len);
}

static int by_printers(const void *a, const void *b)
{
    const struct tally *const *x = a, *const *y = b;

    if ((*x)->printers != (*y)->printers)
        return (*x)->printers < (*y)->printers ? 1 : -1;
    return strcmp((*x)->word.text, (*y)->word.text);
}

static int by_default(const void *a, const void *b)
{
    const struct tally *const *x = a, *const *y = b;

    return (*x)->first != (*y)->first ? ((*x)->first < (*y)->first ? 1 : -1) : by_printers(a, b);
}

static int by_name(const void *a, const void *b)
{
    const struct tally *const *x = a, *const *y = b;

    return strcmp((*x)->word.text, (*y)->word.text);
}

/* The max words of which there are most, in the order of their names, the usual default in front. */
static size_t most(const struct tallies *t, int has_default, struct profile_word *out, size_t max)
{
    const struct tally *order[WORDS_MAX];
    size_t len = t->len, from = 0, taken = 0;

    for (size_t i = 0; i < len; i++)
        order[i] = &t->list[i];
    if (has_default && len > 0) {
        qsort(order, len, sizeof(const struct tally *), by_default);
        from = 1;
    }
    qsort(order + from, len - from, sizeof(const struct tally *), by_printers);
    if (len > max)
        len = max;
    qsort(order + from, len - from, sizeof(const struct tally *), by_name);
    for (size_t i = 0; i < len; i++)
        out[taken++] = order[i]->word;
    return taken;
}

void profile_union_read(const struct profile_union *u, struct profile *out)
{
    if (u->printers == 0) {
        profile_default(out);
        return;
    }
    *out = u->sum;
    out->media_len = most(&u->words[MEDIA], 1, out->media, PROFILE_MEDIA_MAX);
    out->types_len = most(&u->words[TYPES], 0, out->types, PROFILE_WORDS_MAX);
    out->sources_len = most(&u->words[SOURCES], 0, out->sources, PROFILE_WORDS_MAX);
    out->bins_len = most(&u->words[BINS], 0, out->bins, PROFILE_WORDS_MAX);
}
