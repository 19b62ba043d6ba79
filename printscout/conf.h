/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: the one configuration file of a workstation, read by printscout-queue, printscout-courier and printscout.
 * Each program reads all of it, so that a misspelt key is found by whichever starts first. printscout.conf(5).
 */
#ifndef PRINTSCOUT_CONF_H
#define PRINTSCOUT_CONF_H

#include "base/conf.h"

#define PRINTSCOUT_CONF_PATH "/etc/latchkey/printscout.conf"

/* Names of settings, so that a slip of the pen does not compile. */
#define CONF_SPOOL               "spool"
#define CONF_STATE               "state"
#define CONF_LOG_LEVEL           "log-level"
#define CONF_QUEUE_NAME          "queue-name"
#define CONF_QUEUE_SOCKET        "queue-socket"
#define CONF_QUEUE_ADDRESS       "queue-address"
#define CONF_QUEUE_PORT          "queue-port"
#define CONF_QUEUE_PORT_FILE     "queue-port-file"
#define CONF_QUEUE_DNS_SD        "queue-dns-sd"
#define CONF_SHARED_ADDRESS      "shared-address"
#define CONF_SHARED_PORT         "shared-port"
#define CONF_SHARED_PORT_FILE    "shared-port-file"
#define CONF_SHARED_NAME         "shared-name"
#define CONF_SHARED_CERTIFICATE  "shared-certificate"
#define CONF_SHARED_KEY          "shared-key"
#define CONF_CUPS_ROOT           "cups-server-root"
#define CONF_CUPS_SECRET         "cups-secret"
#define CONF_TRUST_USER_NAMES    "trust-user-names"
#define CONF_JOB_BYTES_MAX       "job-bytes-max"
#define CONF_JOBS_PER_PERSON_MAX "jobs-per-person-max"
#define CONF_SPOOL_FREE_LEAST    "spool-free-least"
#define CONF_CONNECTIONS_MAX     "connections-max"
#define CONF_HEADER_TIMEOUT_S    "header-timeout-s"
#define CONF_BODY_TIMEOUT_S      "body-timeout-s"
#define CONF_DELIVERIES_MAX      "deliveries-max"
#define CONF_PRINTER_CONNECT_S   "printer-connect-timeout-s"
#define CONF_PRINTER_IDLE_S      "printer-idle-timeout-s"
#define CONF_STOP_GRACE_S        "stop-grace-s"

/*
 * Read the file.
 *   path    NULL: PRINTSCOUT_CONF_PATH if it is there, else the built-in values
 *   out     on OK a new object for conf_free()
 * Errors: as conf_read(); a path that was named and is not there is ERR_CONFIG, after a sentence.
 */
MUST_USE enum err printscout_conf_read(const char *path, struct conf **out);

/* Print the sample file. */
void printscout_conf_sample(void);

#endif
