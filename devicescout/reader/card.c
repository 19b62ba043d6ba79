/* SPDX-License-Identifier: Apache-2.0 */
/* card: PC/SC part 3's pseudo-APDU for the UID, on whichever reader a card is put. */
#include "devicescout/reader/card.h"

#include <stdlib.h>
#include <string.h>
#include <winscard.h>

#include "base/log.h"
#include "crypto/secret.h"

#define READERS_MAX 8
#define NAMES_MAX   2048

struct cards {
    SCARDCONTEXT context;
    char names[NAMES_MAX];                     /* as pcscd gives them: each with its NUL, an empty one at the end */
    SCARD_READERSTATE states[READERS_MAX + 1]; /* the last one: readers that come and go */
    DWORD len;
};

enum err cards_open(struct cards **out)
{
    struct cards *c = calloc(1, sizeof *c);

    if (c == NULL)
        return ERR_NOMEM;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &c->context) != SCARD_S_SUCCESS) {
        free(c);
        return ERR_UNREACHABLE;
    }
    *out = c;
    return OK;
}

void cards_close(struct cards *c)
{
    if (c == NULL)
        return;
    SCardReleaseContext(c->context);
    free(c);
}

/* The readers that there are now; what is known of one that was there before is kept, so a card is told once. */
static enum err list_readers(struct cards *c)
{
    char names[NAMES_MAX] = "";
    DWORD len = sizeof names;
    const LONG rc = SCardListReaders(c->context, NULL, names, &len);

    if (rc != SCARD_S_SUCCESS && rc != SCARD_E_NO_READERS_AVAILABLE)
        return ERR_UNREACHABLE;
    if (c->len > 0 && memcmp(names, c->names, sizeof names) == 0)
        return OK;
    memcpy(c->names, names, sizeof names);
    memset(c->states, 0, sizeof c->states);
    c->len = 0;
    for (const char *at = c->names; *at != '\0' && c->len < READERS_MAX; at += strlen(at) + 1)
        c->states[c->len++].szReader = at;
    c->states[c->len++].szReader = "\\\\?PnP?\\Notification";
    return OK;
}

static enum err read_uid(const struct cards *c, const char *reader, uint8_t uid[static CARD_UID_MAX], size_t *len)
{
    static const uint8_t get_uid[] = {0xff, 0xca, 0x00, 0x00, 0x00};
    uint8_t answer[CARD_UID_MAX + 2];
    DWORD protocol = 0, answer_len = sizeof answer;
    SCARDHANDLE card;
    LONG rc =
        SCardConnect(c->context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    enum err e = ERR_TIMEOUT;

    if (rc != SCARD_S_SUCCESS)
        return e;
    rc = SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, get_uid, sizeof get_uid, NULL,
                       answer, &answer_len);
    if (rc == SCARD_S_SUCCESS && answer_len > 2 && answer[answer_len - 2] == 0x90 && answer[answer_len - 1] == 0x00) {
        *len = answer_len - 2;
        memcpy(uid, answer, *len);
        e = OK;
    } else {
        log_warn("card_not_read", "reader=%s", reader);
    }
    secret_wipe(answer, sizeof answer);
    SCardDisconnect(card, SCARD_LEAVE_CARD);
    return e;
}

enum err cards_next(struct cards *c, unsigned wait_ms, uint8_t uid[static CARD_UID_MAX], size_t *len)
{
    enum err e;
    LONG rc;

    if ((e = list_readers(c)) != OK)
        return e;
    rc = SCardGetStatusChange(c->context, wait_ms, c->states, c->len);
    if (rc != SCARD_S_SUCCESS && rc != SCARD_E_TIMEOUT && rc != SCARD_E_UNKNOWN_READER)
        return ERR_UNREACHABLE;
    e = ERR_TIMEOUT;
    for (DWORD i = 0; i + 1 < c->len; i++) {
        SCARD_READERSTATE *s = &c->states[i];
        const int came = (s->dwEventState & SCARD_STATE_PRESENT) != 0 && (s->dwCurrentState & SCARD_STATE_PRESENT) == 0;

        s->dwCurrentState = s->dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
        if (came && e != OK)
            e = read_uid(c, s->szReader, uid, len);
    }
    c->states[c->len - 1].dwCurrentState = c->states[c->len - 1].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    return e;
}
