/* SPDX-License-Identifier: Apache-2.0 */
/* release_job: see release_job.h. */
#include "devicescout/web/release_job.h"

#include "base/clock.h"
#include "base/log.h"
#include "devicescout/web/fits.h"

/* NULL when it may be released: it has no password, or this one; else a word for why not. */
static const char *check_password(struct job *j, const char *password)
{
    char id[ID_HEX_SIZE];

    if (j->password.method == JOB_PASSWORD_NONE)
        return NULL;
    if (password == NULL)
        return "password-wanted";
    switch (job_password_try(&j->password, &j->tries, password, clock_boot_ms())) {
    case OK:
        return NULL;
    case ERR_LIMIT:
        return "password-too-often";
    default:
        log_info("job_password_wrong", "job=%s count=%u", id_text(j->id, id), j->tries.wrong);
        return "password-wrong";
    }
}

const char *release_job(const struct release_call *c, struct job *j, const char *password)
{
    struct fits fits;
    const char *why;
    enum err e;

    fits_begin(&fits, c->web, c->printer->id);
    if (fits_format(&fits, j) == ABILITIES_NO) /* better said here than by an order that comes back */
        return "format-not-supported";
    if ((why = check_password(j, password)) != NULL)
        return why;
    e = releases_ask(c->web->releases, &(struct release_ask){.job = j,
                                                             .person = c->session->person,
                                                             .authentication = c->session->authentication,
                                                             .keep = c->keep,
                                                             .printer = c->printer,
                                                             .options = &c->options});
    return e == OK ? NULL : e == ERR_STATE ? "on-its-way" : "busy";
}
