/* SPDX-License-Identifier: Apache-2.0 */
/* kit_print: words and squares. Nothing is written but to standard output. */
#include "devicescout/fleet/kit_print.h"

#include <ctype.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "crypto/secret.h"

#define WORDS      28
#define WORDS_LINE 7
#define WORD_LEN   4
#define QUIET      2 /* modules; four are the norm, two scan from a screen and leave room for the words */

/* Is module (x, y) dark? Outside of the code nothing is. */
static int is_dark(const QRcode *qr, int x, int y)
{
    return x >= 0 && y >= 0 && x < qr->width && y < qr->width && (qr->data[y * qr->width + x] & 1) != 0;
}

enum err qr_print(const char *text)
{
    /* Two modules in one character, upper and lower. Blocks are drawn where the code is light: terminals are dark. */
    static const char *const halves[2][2] = {{"\u2588", "\u2580"}, {"\u2584", " "}};
    /* Case-insensitive: words in capitals take the compact alphabet, a third fewer modules. */
    QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 0);

    if (qr == NULL)
        return ERR_NOMEM;
    for (int y = -QUIET; y < qr->width + QUIET; y += 2) {
        for (int x = -QUIET; x < qr->width + QUIET; x++)
            fputs(halves[is_dark(qr, x, y)][is_dark(qr, x, y + 1)], stdout);
        putchar('\n');
    }
    secret_wipe(qr->data, (size_t)qr->width * (size_t)qr->width);
    QRcode_free(qr);
    return OK;
}

static enum err print_words(const char *kit, char line[static WORDS * (WORD_LEN + 1)])
{
    size_t len = 0, words = 0;

    for (const char *at = kit; *at != '\0';) {
        const size_t n = strcspn(at, " \n");

        if (n != WORD_LEN || words == WORDS)
            return ERR_FORMAT;
        printf("%s%.*s", words % WORDS_LINE == 0 ? "    " : " ", (int)n, at);
        if (words % WORDS_LINE == WORDS_LINE - 1)
            putchar('\n');
        for (size_t i = 0; i < n; i++)
            line[len++] = (char)toupper((unsigned char)at[i]);
        words++;
        line[len++] = words < WORDS ? ' ' : '\0';
        at += n;
        at += strspn(at, " \n");
    }
    return words == WORDS ? OK : ERR_FORMAT;
}

enum err kit_print(const char *kit)
{
    char line[WORDS * (WORD_LEN + 1)] = "";
    enum err e = print_words(kit, line);

    if (e == OK) {
        putchar('\n');
        e = qr_print(line);
    }
    secret_wipe(line, sizeof line);
    return e;
}
