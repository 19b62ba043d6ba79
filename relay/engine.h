/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine: where a relay keeps what it forwards. Routes know this interface and nothing behind it. An engine is a
 * struct of functions, so that the same tests run on each; SQLite (engine_sqlite.h) is the first.
 *
 * Every look-up is by site first: two sites share no row, no quota and no cursor. Bodies are opaque bytes.
 * Clocks are the caller's: an engine asks for no time of its own. Calls come from one thread and do not keep it long.
 */
#ifndef RELAY_ENGINE_H
#define RELAY_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hex.h"

#define ENGINE_DOOR_LEN  32
#define ENGINE_DOORS_MAX 4096 /* per site: open invitations; thousands are a script gone wrong */
/* What went through a site's open doors, and may have an answer of 4 KiB each. */
#define ENGINE_PASSAGES_MAX 100000
/* What a message costs besides its bytes: its row and its places in the indexes. */
#define ENGINE_MESSAGE_COST 512

struct engine_message {
    struct id site, mailbox; /* mailbox: the recipient's node id */
    struct id sender;        /* whose quota pays; for what came through a door, the door's first 16 bytes */
    struct id id;            /* one message per sender and id */
    const uint8_t *bytes;
    size_t len;
    uint64_t now_unix_ms, expires_unix_ms;
};

/* What one mailbox may hold: in all, and of any one sender; and what all mailboxes of a site may cost. */
struct engine_quota {
    uint64_t messages, bytes;
    uint64_t sender_messages, sender_bytes;
    uint64_t site_bytes; /* with ENGINE_MESSAGE_COST for each message; 0: no bound */
};

struct engine_found { /* a message as it is read back */
    uint64_t cursor;
    struct id id;
    uint8_t *bytes; /* free() */
    size_t len;
};

struct engine_door {
    struct id site;
    uint8_t door[ENGINE_DOOR_LEN];
    uint64_t expires_unix_ms;
    uint32_t uses; /* how many messages it still lets through */
};

/* Something new for a key of a site: a mailbox's node id, or the message id that an answer is for. */
typedef void engine_news_fn(void *arg, struct id site, struct id key);

struct engine {
    void *self;

    /* Free everything; what was appended stays. */
    void (*close)(void *self);

    /*
     * Call fn for whatever becomes readable, no matter which process or machine wrote it; at the latest before the
     * call that wrote it returns. It may run before the bytes survive a power cut.
     */
    void (*set_news)(void *self, engine_news_fn *fn, void *arg);

    /*
     * Append to a mailbox, which need not have been there. Its cursor is above all that this mailbox ever gave, also
     * before it lost its state (cursors follow the clock).
     * Errors: ERR_EXISTS the sender's message with this id is there: nothing changed; ERR_FULL quota; ERR_IO.
     */
    enum err (*append)(void *self, const struct engine_message *m, const struct engine_quota *q);

    /*
     * The first message after a cursor that has not expired. A cursor above all that the mailbox ever gave is one
     * from before it lost its state: then the first there is.
     * Errors: ERR_NOTFOUND none; ERR_IO; ERR_NOMEM.
     */
    enum err (*next)(void *self, struct id site, struct id mailbox, uint64_t after, uint64_t now_unix_ms,
                     struct engine_found *out);

    /* Forget a mailbox's messages up to and including a cursor, a bounded piece of work. *more: some are left, call
     * again. */
    enum err (*acknowledge)(void *self, struct id site, struct id mailbox, uint64_t through, int *more);

    /* The site's bulletin. get: free() *out; ERR_NOTFOUND none. put: durable when it returns; replaces what is there.
     */
    enum err (*get_bulletin)(void *self, struct id site, uint8_t **out, size_t *len);
    enum err (*put_bulletin)(void *self, struct id site, const uint8_t *bytes, size_t len);

    /* Open a door or change one; durable when it returns. ERR_FULL: ENGINE_DOORS_MAX are open. */
    enum err (*open_door)(void *self, const struct engine_door *d);
    /* Close it and forget what went through and its answers; durable. A door that is not there is fine. */
    enum err (*close_door)(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN]);

    /*
     * Let a message through: one use, one append, both or neither.
     * Errors: ERR_NOTFOUND no such door, or past its time; ERR_LIMIT no use left; ERR_EXISTS this message went through
     * before: nothing changed; ERR_FULL the mailbox's quota, or ENGINE_PASSAGES_MAX went through; ERR_IO.
     */
    enum err (*pass_door)(void *self, const uint8_t door[static ENGINE_DOOR_LEN], const struct engine_message *m,
                          const struct engine_quota *q);

    /* Keep the answer to a message that went through. ERR_NOTFOUND none did; ERR_EXISTS it has one, which stays. */
    enum err (*put_answer)(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                           const uint8_t *bytes, size_t len);
    /* free() *out. ERR_NOTFOUND no such door or message, or past the door's time; ERR_STATE no answer yet. */
    enum err (*get_answer)(void *self, struct id site, const uint8_t door[static ENGINE_DOOR_LEN], struct id message,
                           uint64_t now_unix_ms, uint8_t **out, size_t *len);

    /* Remove some of what is past its time, a bounded piece of work. *more: call again soon. */
    enum err (*expire)(void *self, uint64_t now_unix_ms, int *more);

    /* What all mailboxes hold, for the metrics. */
    enum err (*totals)(void *self, uint64_t *messages, uint64_t *bytes);
};

#endif
