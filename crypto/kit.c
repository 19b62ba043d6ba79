/* SPDX-License-Identifier: Apache-2.0 */
/* kit: the recovery kit of site.h: the root as words to print and to type. Layout: FORMAT.md, "Recovery kit". */
#include <sodium.h>
#include <string.h>

#include "crypto/site.h"

#define LINE_WORDS (KIT_WORDS / KIT_LINES)
#define LINE_BYTES (KEY_LEN / KIT_LINES)
#define CHECK_BITS 13
#define WORD_BITS  11
#define WORD_LEN   4

_Static_assert(LINE_WORDS *WORD_BITS == LINE_BYTES * 8 + CHECK_BITS, "a line's words hold its bytes and its check");

/* Letters that are hard to take for each other; the last vowel carries one bit, the others two, consonants four. */
static const char CONSONANTS[] = "bdfghjklmnprstvz";
static const char VOWELS[] = "aiou";

/* One line as a number of 77 bits: the bytes in high, big-endian, then the check in low. */
struct line {
    uint64_t bytes;
    unsigned check;
};

static unsigned line_check(int number, const uint8_t bytes[static LINE_BYTES])
{
    uint8_t input[1 + LINE_BYTES], hash[crypto_hash_sha256_BYTES];
    unsigned check;

    input[0] = (uint8_t)number;
    memcpy(input + 1, bytes, LINE_BYTES);
    crypto_hash_sha256(hash, input, sizeof input);
    check = ((unsigned)hash[0] << 8 | hash[1]) >> (16 - CHECK_BITS);
    sodium_memzero(input, sizeof input);
    sodium_memzero(hash, sizeof hash);
    return check;
}

static unsigned take_word(const struct line *l, int word)
{
    const unsigned mask = (1u << WORD_BITS) - 1;
    int below = (LINE_WORDS - 1 - word) * WORD_BITS - CHECK_BITS; /* bits of l->bytes right of the word */

    if (below >= 0)
        return (unsigned)(l->bytes >> below) & mask;
    return (unsigned)((l->bytes << -below) | (l->check >> (CHECK_BITS + below))) & mask;
}

static void put_word(struct line *l, unsigned bits)
{
    /* Shift the whole line left by a word: what leaves the check enters the bytes. */
    l->bytes = l->bytes << WORD_BITS | (l->check >> (CHECK_BITS - WORD_BITS));
    l->check = (l->check << WORD_BITS | bits) & ((1u << CHECK_BITS) - 1);
}

static void word_write(unsigned bits, char out[static WORD_LEN])
{
    out[0] = CONSONANTS[bits >> 7];
    out[1] = VOWELS[bits >> 5 & 3];
    out[2] = CONSONANTS[bits >> 1 & 15];
    out[3] = VOWELS[bits & 1];
}

static int letter(const char *set, char c, unsigned *out)
{
    const char *at;

    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    if (c == '\0' || (at = strchr(set, c)) == NULL)
        return 0;
    *out = (unsigned)(at - set);
    return 1;
}

static enum err word_read(const char *text, size_t len, unsigned *bits)
{
    unsigned a, b, c, d;

    if (len != WORD_LEN || !letter(CONSONANTS, text[0], &a) || !letter(VOWELS, text[1], &b) ||
        !letter(CONSONANTS, text[2], &c) || !letter(VOWELS, text[3], &d) || d > 1)
        return ERR_FORMAT;
    *bits = a << 7 | b << 5 | c << 1 | d;
    return OK;
}

void kit_write(const uint8_t root[static KEY_LEN], char text[static KIT_TEXT_MAX])
{
    for (int n = 0; n < KIT_LINES; n++) {
        const uint8_t *bytes = root + n * LINE_BYTES;
        struct line l = {0, line_check(n + 1, bytes)};

        for (int i = 0; i < LINE_BYTES; i++)
            l.bytes = l.bytes << 8 | bytes[i];
        for (int w = 0; w < LINE_WORDS; w++) {
            word_write(take_word(&l, w), text);
            text[WORD_LEN] = w == LINE_WORDS - 1 ? '\n' : ' ';
            text += WORD_LEN + 1;
        }
        sodium_memzero(&l, sizeof l);
    }
    *text = '\0';
}

#define BLANKS " \t\r\n\v\f"

/* Where each word begins and ends. ERR_FORMAT unless there are KIT_WORDS of them. */
static enum err find_words(const char *text, const char *starts[static KIT_WORDS], size_t lens[static KIT_WORDS])
{
    int count = 0;

    for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS)) {
        size_t len = strcspn(text, BLANKS);

        if (count == KIT_WORDS)
            return ERR_FORMAT;
        starts[count] = text;
        lens[count++] = len;
        text += len;
    }
    return count == KIT_WORDS ? OK : ERR_FORMAT;
}

static enum err line_read(int number, const char *const *words, const size_t *lens, uint8_t out[static LINE_BYTES])
{
    struct line l = {0, 0};
    unsigned bits = 0;
    enum err e = OK;

    for (int w = 0; e == OK && w < LINE_WORDS; w++)
        if ((e = word_read(words[w], lens[w], &bits)) == OK)
            put_word(&l, bits);
    for (int i = 0; i < LINE_BYTES; i++)
        out[i] = (uint8_t)(l.bytes >> (56 - 8 * i));
    if (e == OK && line_check(number, out) != l.check)
        e = ERR_FORMAT;
    sodium_memzero(&l, sizeof l);
    return e;
}

enum err kit_read(const char *text, uint8_t root[static KEY_LEN], int *bad_line)
{
    const char *words[KIT_WORDS];
    size_t lens[KIT_WORDS];

    *bad_line = 0;
    if (find_words(text, words, lens) != OK)
        return ERR_FORMAT;
    for (int n = 0; n < KIT_LINES; n++) {
        if (line_read(n + 1, words + n * LINE_WORDS, lens + n * LINE_WORDS, root + n * LINE_BYTES) == OK)
            continue;
        *bad_line = n + 1;
        sodium_memzero(root, KEY_LEN);
        return ERR_FORMAT;
    }
    return OK;
}
