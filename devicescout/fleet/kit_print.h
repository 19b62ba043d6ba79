/* SPDX-License-Identifier: Apache-2.0 */
/* kit_print: the recovery kit on the terminal: four lines of seven words, and a QR code of the same words. */
#ifndef FLEET_KIT_PRINT_H
#define FLEET_KIT_PRINT_H

#include "base/err.h"

/* Print to standard output. kit: 28 words with blanks between. Errors: ERR_FORMAT another number; ERR_NOMEM. */
MUST_USE enum err kit_print(const char *kit);

/* Draw text as a QR code in UTF-8 half blocks, light on dark, with the quiet zone that readers want. */
MUST_USE enum err qr_print(const char *text);

#endif
