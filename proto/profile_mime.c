/* SPDX-License-Identifier: Apache-2.0 */
/* profile_mime: the document formats by name, the preferred one first. */
#include "proto/profile.h"

const struct profile_mime profile_mimes[PROFILE_MIMES] = {
    {"application/pdf", PROFILE_PDF, 0},
    {"image/pwg-raster", PROFILE_PWG_RASTER, 0},
    {"image/urf", PROFILE_URF, 0},
    {"image/jpeg", PROFILE_JPEG, 0},
    {"application/postscript", PROFILE_POSTSCRIPT, POLICY_POSTSCRIPT_ALLOWED},
};

int profile_offers(const struct profile *p, uint32_t flags, size_t i)
{
    const struct profile_mime *m = &profile_mimes[i];

    return (p->formats & m->bit) != 0 && (flags & m->policy) == m->policy;
}
