/* SPDX-License-Identifier: Apache-2.0 */
/* conf: the table of settings. printscout.conf(5) says the same at length. */
#include "printscout/conf.h"

#include <stdio.h>

static const struct conf_key keys[] = {
    {CONF_SPOOL, CONF_TEXT, "/var/lib/latchkey/spool", 0, 0, "Folder of the sealed jobs"},
    {CONF_STATE, CONF_TEXT, "/var/lib/latchkey/courier", 0, 0, "Folder of the courier's keys and journal"},
    {CONF_LOG_LEVEL, CONF_TEXT, "info", 0, 0, "Least level that is logged: debug, info, warn or error"},
    {CONF_QUEUE_NAME, CONF_TEXT, "Latchkey", 0, 0, "The printer's name, as people see it"},
    {CONF_QUEUE_SOCKET, CONF_TEXT, "/run/latchkey/queue/ipp.sock", 0, 0,
     "Domain socket that takes IPP; empty for none"},
    {CONF_QUEUE_ADDRESS, CONF_TEXT, "127.0.0.1", 0, 0, "Loopback address that takes IPP; empty for none"},
    {CONF_QUEUE_PORT, CONF_NUMBER, "6310", 0, 65535, "Its port; 0 for any that is free"},
    {CONF_QUEUE_PORT_FILE, CONF_TEXT, "", 0, 0, "File that receives the port once it is open; empty for none"},
    {CONF_QUEUE_DNS_SD, CONF_BOOL, "true", 0, 0,
     "Let the programs of this computer, and a shared queue's network, find it through avahi"},
    {CONF_SHARED_ADDRESS, CONF_TEXT, "", 0, 0,
     "Address that takes ipps from the network, 0.0.0.0 or :: for all; empty for none"},
    {CONF_SHARED_PORT, CONF_NUMBER, "6311", 0, 65535, "Its port; 0 for any that is free"},
    {CONF_SHARED_PORT_FILE, CONF_TEXT, "", 0, 0, "File that receives that port once it is open; empty for none"},
    {CONF_SHARED_NAME, CONF_TEXT, "", 0, 0,
     "Name by which the network reaches it, as its certificate says; empty for this computer's"},
    {CONF_SHARED_CERTIFICATE, CONF_TEXT, "/etc/latchkey/queue.crt", 0, 0, "Certificate of a shared queue, PEM"},
    {CONF_SHARED_KEY, CONF_TEXT, "/etc/latchkey/queue.key", 0, 0, "Its key, PEM; nobody but the queue may read it"},
    {CONF_CUPS_ROOT, CONF_TEXT, "/etc/cups", 0, 0, "Folder of cupsd.conf, which printscout status looks at"},
    {CONF_CUPS_SECRET, CONF_TEXT, "/etc/latchkey/cups-secret", 0, 0,
     "File with the secret of cups-setup; may be absent"},
    {CONF_TRUST_USER_NAMES, CONF_BOOL, "false", 0, 0,
     "Believe the names that cupsd's temporary queues forward: anybody here can then print as anybody"},
    {CONF_JOB_BYTES_MAX, CONF_NUMBER, "10737418240", 1024, INT64_C(1) << 50, "Largest document, in bytes"},
    {CONF_JOBS_PER_PERSON_MAX, CONF_NUMBER, "500", 1, 100000, "Jobs that one account may have in the queue"},
    {CONF_SPOOL_FREE_LEAST, CONF_NUMBER, "268435456", 0, INT64_C(1) << 50, "Bytes of the disk that jobs leave free"},
    {CONF_CONNECTIONS_MAX, CONF_NUMBER, "4096", 16, 65536, "Connections open at once"},
    {CONF_HEADER_TIMEOUT_S, CONF_NUMBER, "10", 1, 3600, "Seconds in which a request's header must have come"},
    {CONF_BODY_TIMEOUT_S, CONF_NUMBER, "60", 1, 3600, "Seconds that a document may pause while it arrives"},
    {CONF_DELIVERIES_MAX, CONF_NUMBER, "16", 1, 256, "Deliveries under way at once, to different printers"},
    {CONF_PRINTER_CONNECT_S, CONF_NUMBER, "5", 1, 120, "Seconds for one attempt to connect to a printer"},
    {CONF_PRINTER_IDLE_S, CONF_NUMBER, "600", 1, 86400, "Seconds without a sign of life until a delivery is given up"},
    {CONF_STOP_GRACE_S, CONF_NUMBER, "3", 0, 60, "Seconds that deliveries may go on when the courier is stopped"},
};

enum err printscout_conf_read(const char *path, struct conf **out)
{
    const size_t count = sizeof keys / sizeof *keys;
    enum err e = conf_read(path != NULL ? path : PRINTSCOUT_CONF_PATH, keys, count, out);

    if (e != ERR_NOTFOUND)
        return e;
    if (path == NULL)
        return conf_read(NULL, keys, count, out);
    fprintf(stderr, "%s: no such file; printscout-queue --sample prints one\n", path);
    return ERR_CONFIG;
}

void printscout_conf_sample(void)
{
    conf_print_sample(keys, sizeof keys / sizeof *keys);
}
