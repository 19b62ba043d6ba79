/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster: whom the directory has shown us, whose which badge is, and which panels and readers have a token. SQLite, in
 * the device scout's state. Holds MACs of badges and hashes of tokens, no number that opens anything. Any thread may
 * call.
 */
#ifndef DEVICESCOUT_PEOPLE_ROSTER_H
#define DEVICESCOUT_PEOPLE_ROSTER_H

#include "devicescout/people/directory.h"
#include "proto/keyholder.h"

#define ROSTER_FILE        "people.sqlite"
#define ROSTER_MAC_LEN     32
#define ROSTER_SOURCE_SIZE 16
#define ROSTER_LABEL_SIZE  64

struct roster;

/*
 * Open, or make. Several processes may have it open (the daemon, an administrator's command).
 *   groups  the names of the groups behind the bits of directory_person.groups, one text; when it is not what it was,
 *           nobody's groups are known until the directory says them again
 * Errors: ERR_IO after a log line; ERR_NOMEM.
 */
MUST_USE enum err roster_open(const char *path, const char *groups, struct roster **out);
void roster_close(struct roster *r);

/* Did somebody else have this name before: was an account deleted and made again? */
MUST_USE enum err roster_is_another(struct roster *r, const struct directory_person *p, int *out);
/* The directory has shown this person just now. Badges and places of another who had the name are gone. */
MUST_USE enum err roster_saw(struct roster *r, const struct directory_person *p, uint64_t now_unix_ms);
/* The directory does not have this person, or not any more as one that may be used. */
MUST_USE enum err roster_gone(struct roster *r, const char *person);
/* ERR_NOTFOUND: never seen, or gone. */
MUST_USE enum err roster_find(struct roster *r, const char *person, struct directory_person *out,
                              uint64_t *seen_unix_ms);

struct roster_badge {
    uint8_t mac[ROSTER_MAC_LEN];
    char person[PERSON_SIZE];
    uint64_t registered_unix_ms;
    char source[ROSTER_SOURCE_SIZE]; /* "panel", "import", "directory" */
};
/* ERR_EXISTS: it is another person's; ERR_FULL: this one has BADGES_MOST. */
#define ROSTER_BADGES_MOST 16
MUST_USE enum err roster_badge_put(struct roster *r, const struct roster_badge *b);
MUST_USE enum err roster_badge_find(struct roster *r, const uint8_t mac[static ROSTER_MAC_LEN],
                                    struct roster_badge *out);
/* A badge is named by half of its MAC: nobody can tell the card from it, and it is enough to find it. */
void roster_badge_name(const struct roster_badge *b, char out[static ID_HEX_SIZE]);
/* The one that is called so, of a person or, for NULL, whosever. ERR_NOTFOUND. */
MUST_USE enum err roster_badge_named(struct roster *r, const char *person, const char *name, struct roster_badge *out);
/* person NULL: whosever. ERR_NOTFOUND. */
MUST_USE enum err roster_badge_drop(struct roster *r, const uint8_t mac[static ROSTER_MAC_LEN], const char *person);
/* Each badge of a person, or of all for NULL, oldest first. */
typedef void roster_badge_fn(void *arg, const struct roster_badge *b);
MUST_USE enum err roster_badges(struct roster *r, const char *person, roster_badge_fn *fn, void *arg);

#define ROSTER_HASH_LEN 32
struct roster_device {               /* a panel or a reader that proves itself by a token */
    uint8_t hash[ROSTER_HASH_LEN];   /* SHA-256 of the token */
    char kind[ROSTER_SOURCE_SIZE];   /* "panel", "reader" */
    char printer[PRINTER_NAME_SIZE]; /* where it stands */
    char label[ROSTER_LABEL_SIZE];
    uint64_t added_unix_ms;
};
MUST_USE enum err roster_device_put(struct roster *r, const struct roster_device *d);
/* ERR_NOTFOUND. */
MUST_USE enum err roster_device_find(struct roster *r, const uint8_t hash[static ROSTER_HASH_LEN],
                                     struct roster_device *out);
MUST_USE enum err roster_device_drop(struct roster *r, const uint8_t hash[static ROSTER_HASH_LEN]);
typedef void roster_device_fn(void *arg, const struct roster_device *d);
MUST_USE enum err roster_devices(struct roster *r, roster_device_fn *fn, void *arg);

/* Wrong guesses, and the panels at which a person has signed in: see guesses.h. ASCII letters count without case. */
#define GUESS_KEY_SIZE (PERSON_SIZE + 32)
MUST_USE enum err roster_guess_put(struct roster *r, const char *key, uint32_t tries, uint64_t now_unix_ms);
MUST_USE enum err roster_guess_drop(struct roster *r, const char *key); /* ERR_NOTFOUND */
typedef void roster_guess_fn(void *arg, const char *key, uint32_t tries);
/* Each of them, but for those that nothing was added to for kept_ms: they go. */
MUST_USE enum err roster_guesses_read(struct roster *r, uint64_t now_unix_ms, uint64_t kept_ms, roster_guess_fn *fn,
                                      void *arg);
/* Those who were there before: forget where. ERR_NOTFOUND. */
MUST_USE enum err roster_places_drop(struct roster *r, uint64_t before_unix_ms);
MUST_USE enum err roster_place_put(struct roster *r, const char *person, const char *place, uint64_t now_unix_ms);
int roster_place_has(struct roster *r, const char *person, const char *place, uint64_t since_unix_ms);

/* Has another process changed the roster since this was asked last? Costs next to nothing. */
int roster_changed_elsewhere(struct roster *r);

/* What an administrator's command wants of the daemon. */
#define ROSTER_PIN_GONE "pin-gone" /* the PIN was taken: whoever signed in with it is to be signed out */
#define ROSTER_UNLOCK   "unlock"   /* wrong guesses at this person count no more */
MUST_USE enum err roster_wish(struct roster *r, const char *what, const char *person);
/* Each wish once. */
typedef void roster_wish_fn(void *arg, const char *what, const char *person);
MUST_USE enum err roster_wishes_take(struct roster *r, roster_wish_fn *fn, void *arg);

#endif
