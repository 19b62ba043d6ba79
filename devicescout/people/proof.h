/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof: what somebody shows to sign in, and whom that makes them. Asks the directory, the keyholder and the roster, in
 * that order of trust; blocks, so it runs on worker threads.
 *
 * The directory is asked at every sign-in while it is up: who was removed, disabled or locked there is refused, with
 * badge and PIN too. While it is down badge and PIN go on for people whom it showed not too long ago; passwords do not.
 */
#ifndef DEVICESCOUT_PEOPLE_PROOF_H
#define DEVICESCOUT_PEOPLE_PROOF_H

#include "devicescout/people/badge_text.h"
#include "devicescout/people/directory.h"
#include "devicescout/people/registrations.h"
#include "devicescout/people/roster.h"

#define PROOF_PASSWORD_MAX 1024
#define PROOF_PIN_MAX      16
#define PROOF_ADDRESS_SIZE 64

enum proof_kind {
    PROOF_PASSWORD,
    PROOF_NAME_PIN,
    PROOF_BADGE,   /* with a PIN, or without one */
    PROOF_PRINTING /* a password over the network, to print: it says who somebody is, and does nothing else for them */
};

struct proof { /* secret memory: what was typed */
    enum proof_kind kind;
    char name[DIRECTORY_NAME_MAX + 1];
    char password[PROOF_PASSWORD_MAX + 1];
    char badge[BADGE_TEXT_MAX + 1]; /* as swiped */
    char pin[PROOF_PIN_MAX + 1];
    char registration[ID_HEX_SIZE]; /* PROOF_PASSWORD: a handle, or "" */
    char address[PROOF_ADDRESS_SIZE];
    char printer[PRINTER_NAME_SIZE];
    struct id printer_id;
    char node[ID_HEX_SIZE]; /* PROOF_PRINTING: whose queue asks */
    uint64_t deadline_boot_ms;
};

enum proof_outcome {
    PROOF_YES,
    PROOF_NO,            /* wrong, or not a person who may sign in; nobody is told which */
    PROOF_TOO_OFTEN,     /* wait_ms says how long to wait */
    PROOF_DOWN,          /* the directory does not answer, and nothing else will do */
    PROOF_MISCONFIGURED, /* it answers, but not as it must */
    PROOF_BADGE_UNKNOWN, /* nobody's badge: registration is a handle for it */
    PROOF_PIN_WANTED,    /* the badge is somebody's; policy asks for the PIN */
    PROOF_PIN_NONE,      /* that person has no PIN yet */
    PROOF_PIN_LOCKED,    /* too many wrong ones */
    PROOF_NOT_HERE,      /* a known person who may not print, or not on this printer */
    PROOF_OUTCOMES
};
const char *proof_outcome_name(enum proof_outcome o);

struct proven {
    enum proof_outcome outcome;
    char person[PERSON_SIZE]; /* on PROOF_YES */
    char display[PERSON_SIZE];
    uint8_t authentication; /* enum authentication */
    uint64_t groups;        /* of directory_person; what proof_may_use() wants */
    int may_administer;
    int has_pin, pin_locked;
    uint8_t pin_digits_least;      /* site's policy */
    uint8_t badge[ROSTER_MAC_LEN]; /* on PROOF_YES: the one that was swiped; zeros: none was */
    char tried[PERSON_SIZE];       /* whose it is that was shown, right or wrong: for the record, not for an answer */
    int from_directory;            /* the badge was new here, and the directory knew it */
    int registered;                /* the badge of the handle is theirs now */
    uint64_t wait_ms;              /* on PROOF_TOO_OFTEN */
    char registration[ID_HEX_SIZE];
};

struct proof_rules { /* the site's choices */
    struct badge_rules badge;
    int badge_alone; /* no PIN is asked for. UIDs can be cloned, so a start-up line warns */
    int name_pin;    /* a user name with a PIN is enough */
    int cards_in_directory;
    uint64_t cache_ms;                 /* for how long a directory that is down is not missed */
    uint64_t use_groups, admin_groups; /* bits of directory_person.groups; 0: everybody; nobody */
    /* The groups that may use this printer; 0: everybody. */
    uint64_t (*printer_groups)(void *arg, const char *printer);
    void *arg;
};

struct prover {
    struct proof_rules rules;
    struct roster *roster;
    struct registrations *registrations;
    /* directory_ask(), or a stand-in */
    enum directory_outcome (*ask)(void *directory, const struct directory_question *q, struct directory_person *p);
    void *directory;
    /* kh_ask() without its sentence, or a stand-in */
    enum err (*keyholder)(void *arg, enum kh_op op, const void *body, size_t len, uint8_t *answer, size_t *answer_len);
    void *keyholder_arg;
};

struct proof_gate { /* called when it is known whom a typed name means, before anything is tried */
    enum err (*fn)(void *arg, const char *person);
    void *arg;
};

/* Any thread; prover is not changed. */
void proof_check(const struct prover *prover, const struct proof *p, const struct proof_gate *gate, struct proven *out);

/* May somebody in these groups print on this printer? */
int proof_may_use(const struct proof_rules *rules, const char *printer, uint64_t groups);

/* What a swipe is kept as. ERR_FORMAT, ERR_LIMIT: no card; ERR_UNREACHABLE …: the keyholder's. */
MUST_USE enum err proof_badge_mac(const struct prover *prover, const char *swipe, uint8_t mac[static ROSTER_MAC_LEN]);

#endif
