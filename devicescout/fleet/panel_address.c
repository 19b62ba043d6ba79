/* SPDX-License-Identifier: Apache-2.0 */
/* panel_address: browsers take no name that the certificate lacks, so it is asked first. */
#include "devicescout/fleet/panel_address.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "devicescout/conf.h"
#include "devicescout/fleet/site_ca.h"

/* Of "any free one" a running device scout has told which. */
static unsigned port_of(const struct conf *c)
{
    const unsigned port = (unsigned)conf_number(c, "port");
    const char *const file = conf_text(c, "port-file");
    uint8_t *text = NULL;
    size_t len = 0;
    unsigned found = port;

    if (port == 0 && file[0] != '\0' && file_read(AT_FDCWD, file, 16, &text, &len) == OK && len > 0) {
        text[len - 1] = '\0'; /* its newline */
        found = (unsigned)strtoul((const char *)text, NULL, 10);
    }
    free(text);
    return found;
}

const char *panel_address(const struct conf *c, char out[static PANEL_ADDRESS_SIZE])
{
    char path[PATH_MAX], host[SITE_CA_NAME_SIZE];

    if (devicescout_conf_certificate(c, path, sizeof path) != OK || site_ca_name(path, host) != OK) {
        if (gethostname(host, sizeof host) != 0)
            strcpy(host, "localhost");
        host[sizeof host - 1] = '\0';
    }
    snprintf(out, PANEL_ADDRESS_SIZE, "%s:%u", host, port_of(c));
    return out;
}
