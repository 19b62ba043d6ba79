/* SPDX-License-Identifier: Apache-2.0 */
/* shared: see shared.h. */
#include "printscout/queue/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "printscout/conf.h"
#include "printscout/queue/listen.h"
#include "printscout/queue/offer.h"
#include "printscout/queue/printer.h"
#include "printscout/queue/program.h"
#include "printscout/queue/tls.h"

#define PEM_MAX 65536

static const char *reason(enum err e)
{
    return e == ERR_IO && errno != 0 ? strerror(errno) : err_text(e);
}

static enum err read_pem(const char *path, char **out)
{
    uint8_t *bytes = NULL;
    size_t len;
    enum err e = file_read(AT_FDCWD, path, PEM_MAX, &bytes, &len);

    if (e == ERR_NOTFOUND)
        return program_fail(path, "not there. printscout-queue(8) says how to make one, \"A shared queue\".");
    if (e != OK)
        return program_fail(path, reason(e));
    *out = (char *)bytes; /* file_read puts a NUL behind it */
    return OK;
}

static enum err read_certificate(const struct conf *conf, struct shared *s)
{
    const char *certificate = conf_text(conf, CONF_SHARED_CERTIFICATE), *key = conf_text(conf, CONF_SHARED_KEY);
    const char *why = NULL;
    struct stat st;
    enum err e;

    if (stat(key, &st) == 0 && (st.st_mode & S_IRWXO) != 0)
        return program_fail(key, "everybody may read it; make it the queue's alone (chmod 400).");
    if ((e = read_pem(certificate, &s->certificate)) != OK || (e = read_pem(key, &s->key)) != OK)
        return e;
    if (tls_check(s->certificate, s->key, &why) != OK)
        return program_fail(certificate, why);
    if (why != NULL)
        log_warn("certificate", "file=%s why=%s", certificate, why);
    return OK;
}

/* A node of one person's takes no jobs of others, so such a setting is a mistake. One that is not enrolled may become
 * either. */
static enum err check_node(const struct queue *q)
{
    struct admission admission;
    const char *why;

    if (enrollment_admit(q->enrollment, &admission, &why) == OK && admission.person[0] != '\0')
        return program_fail(CONF_SHARED_ADDRESS, "this computer was invited for one person; a queue for the network "
                                                 "needs an invitation with --shared.");
    return OK;
}

static enum err listen_there(const struct conf *conf, struct shared *s)
{
    const char *address = conf_text(conf, CONF_SHARED_ADDRESS);

    switch (listen_network(address, (int)conf_number(conf, CONF_SHARED_PORT), &s->fd, &s->port)) {
    case OK:
        return OK;
    case ERR_FORMAT:
        return program_fail(address, "not an address; write digits, 0.0.0.0 or :: for all.");
    case ERR_EXISTS:
        return program_fail(address, "another process listens there; see " CONF_SHARED_PORT ".");
    case ERR_REFUSED:
        return program_fail(CONF_SHARED_PORT, "the system keeps ports below 1024; take another.");
    default:
        return program_fail(address, strerror(errno));
    }
}

static enum err open_all(const struct conf *conf, const struct queue *q, struct loop *loop, struct shared *s)
{
    const char *host = conf_text(conf, CONF_SHARED_NAME);
    enum err e;

    if ((e = check_node(q)) != OK || (e = read_certificate(conf, s)) != OK || (e = listen_there(conf, s)) != OK)
        return e;
    e = gate_new(&(struct gate_opts){.loop = loop, .spool = q->spool, .enrollment = q->enrollment, .people = q->people},
                 &s->gate);
    if (e != OK)
        return program_fail("the spool's socket for the courier", reason(e));
    e = printer_new(&(struct printer_opts){.name = conf_text(conf, CONF_QUEUE_NAME),
                                           .shared_host = host[0] != '\0' ? host : q->host,
                                           .port = s->port},
                    &s->printer);
    if (e == OK)
        e = offers_new(s->printer, q->enrollment, &s->offers);
    return e == OK ? OK : program_fail(CONF_SHARED_NAME, reason(e));
}

enum err shared_new(const struct conf *conf, const struct queue *q, struct loop *loop, struct shared **out)
{
    struct shared *s = NULL;
    enum err e = OK;

    *out = NULL;
    if (conf_text(conf, CONF_SHARED_ADDRESS)[0] == '\0')
        goto out;
    e = ERR_NOMEM;
    if ((s = calloc(1, sizeof *s)) == NULL)
        goto out;
    s->fd = -1;
    if ((e = open_all(conf, q, loop, s)) != OK)
        goto out;
    *out = s;
    s = NULL;
out:
    shared_free(s);
    return e;
}

void shared_forget_key(struct shared *s)
{
    if (s->key != NULL)
        explicit_bzero(s->key, strlen(s->key));
    free(s->key);
    s->key = NULL;
}

void shared_free(struct shared *s)
{
    if (s == NULL)
        return;
    shared_forget_key(s);
    free(s->certificate);
    if (s->fd >= 0)
        close(s->fd);
    gate_free(s->gate);
    offers_free(s->offers);
    printer_free(s->printer);
    free(s);
}
