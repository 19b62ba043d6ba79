/* SPDX-License-Identifier: Apache-2.0 */
/* fast_release: a badge releases at once all of a person's own jobs that come out here as they are meant. */
#ifndef DEVICESCOUT_WEB_FAST_RELEASE_H
#define DEVICESCOUT_WEB_FAST_RELEASE_H

#include <jansson.h>

#include "devicescout/web/web.h"

/*
 * Release, where the site wants that at this printer and the person came by badge. openapi.yaml, "fast_release"; a new
 * reference, null where nothing was to be done.
 */
json_t *fast_release(const struct web_opts *web, const struct session *s, const struct printer *p);

#endif
