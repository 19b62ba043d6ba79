/* SPDX-License-Identifier: Apache-2.0 */
/* relay_process: a real scoutrelay on loopback, with a certificate made for it, for tests of its client. */
#ifndef TESTS_UNIT_RELAY_PROCESS_H
#define TESTS_UNIT_RELAY_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/hex.h"

struct relay_process {
    char folder[64], url[64];
    uint8_t pin[32];
    uint16_t port;
    pid_t pid;
};

/* Make folder, certificate and configuration for one site. extra: more lines for the configuration. */
void relay_process_make(struct relay_process *p, struct id site, const char *extra);
/* Start it and return when it listens. */
void relay_process_start(struct relay_process *p);
/* End it by this signal and return its wait status. */
int relay_process_end(struct relay_process *p, int signal);
/* End it if it runs, and remove its folder. */
void relay_process_free(struct relay_process *p);

/* A key and a self-signed certificate in folder/NAME.key and .crt; its pin. */
void relay_process_certify(const char *folder, const char *name, uint8_t pin[static 32]);

/* A port of 127.0.0.1 that was free a moment ago. */
uint16_t relay_process_port(void);

#endif
