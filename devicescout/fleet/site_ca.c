/* SPDX-License-Identifier: Apache-2.0 */
/* site_ca: which files there are, and which are missing. The certificates themselves are issue.c. */
#include "devicescout/fleet/site_ca.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "devicescout/fleet/issue.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#define CA_DAYS    3652
#define PANEL_DAYS 825
#define RELAY_DAYS 3652
#define PEM_MAX    65536

static enum err make_path(char *out, const char *folder, const char *name)
{
    const int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);

    return n >= 0 && n < PATH_MAX ? OK : ERR_LIMIT;
}

/* A private key from a PEM file. ERR_NOTFOUND. */
static enum err load_key(int dirfd, const char *name, EVP_PKEY **out)
{
    uint8_t *pem = NULL;
    size_t len = 0;
    BIO *bio = NULL;
    enum err e;

    if ((e = file_read(dirfd, name, PEM_MAX, &pem, &len)) != OK)
        return e;
    e = ERR_FORMAT;
    if ((bio = BIO_new_mem_buf(pem, (int)len)) != NULL &&
        (*out = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL)) != NULL)
        e = OK;
    BIO_free(bio);
    explicit_bzero(pem, len);
    free(pem);
    return e;
}

static enum err load_certificate(int dirfd, const char *name, X509 **out)
{
    uint8_t *pem = NULL;
    size_t len = 0;
    BIO *bio = NULL;
    enum err e;

    if ((e = file_read(dirfd, name, PEM_MAX, &pem, &len)) != OK)
        return e;
    e = ERR_FORMAT;
    if ((bio = BIO_new_mem_buf(pem, (int)len)) != NULL && (*out = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        e = OK;
    BIO_free(bio);
    free(pem);
    return e;
}

static enum err keep_key(int dirfd, const char *name, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    long len;
    enum err e = ERR_NOMEM;

    if (bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
        (len = BIO_get_mem_data(bio, &pem)) > 0)
        e = file_replace(dirfd, name, pem, (size_t)len, 0600);
    BIO_free(bio); /* secure memory is wiped when it is freed */
    return e;
}

static enum err keep_certificate(int dirfd, const char *name, X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long len;
    enum err e = ERR_NOMEM;

    if (bio != NULL && PEM_write_bio_X509(bio, certificate) == 1 && (len = BIO_get_mem_data(bio, &pem)) > 0)
        e = file_replace(dirfd, name, pem, (size_t)len, 0644);
    BIO_free(bio);
    return e;
}

/* The key of that name: the one that is there, or a new one. */
static enum err take_key(int dirfd, const char *name, EVP_PKEY **out)
{
    enum err e = load_key(dirfd, name, out);

    if (e != ERR_NOTFOUND)
        return e;
    if ((e = issue_key(out)) == OK)
        e = keep_key(dirfd, name, *out);
    return e;
}

struct authority {
    X509 *certificate;
    EVP_PKEY *key;
};

static void authority_free(struct authority *a)
{
    X509_free(a->certificate);
    EVP_PKEY_free(a->key);
}

static enum err take_authority(int dirfd, struct authority *a)
{
    enum err e;

    if ((e = take_key(dirfd, "ca.key", &a->key)) != OK)
        return e;
    if ((e = load_certificate(dirfd, "ca.crt", &a->certificate)) != ERR_NOTFOUND)
        return e;
    if ((e = issue_authority(a->key, CA_DAYS, &a->certificate)) != OK)
        return e;
    return keep_certificate(dirfd, "ca.crt", a->certificate);
}

/* A certificate for the key NAME.key, as NAME.crt. */
static enum err issue(int dirfd, const struct authority *a, const char *name, const char *subject, int days,
                      const struct site_ca_opts *opts)
{
    char key_name[64], certificate_name[64];
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    enum err e;

    snprintf(key_name, sizeof key_name, "%s.key", name);
    snprintf(certificate_name, sizeof certificate_name, "%s.crt", name);
    if ((e = take_key(dirfd, key_name, &key)) != OK)
        goto out;
    if ((e = issue_server(&(struct issue_opts){.authority = a->certificate,
                                               .authority_key = a->key,
                                               .key = key,
                                               .subject = subject,
                                               .days = days,
                                               .hosts = opts->hosts,
                                               .hosts_len = opts->hosts_len},
                          &certificate)) != OK)
        goto out;
    e = keep_certificate(dirfd, certificate_name, certificate);
out:
    X509_free(certificate);
    EVP_PKEY_free(key);
    return e;
}

/* The administrator's own files: a link to each, so that what renews them there is read on SIGHUP. */
static enum err link_given(int dirfd, const char *name, const char *path)
{
    char full[PATH_MAX];

    if (realpath(path, full) == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return ERR_CONFIG;
    }
    if (unlinkat(dirfd, name, 0) != 0 && errno != ENOENT)
        return ERR_IO;
    return symlinkat(full, dirfd, name) == 0 ? file_sync_dir(dirfd) : ERR_IO;
}

static enum err use_given(int dirfd, const struct site_ca_opts *opts)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    enum err e = ERR_NOMEM;

    if (ctx == NULL)
        return e;
    e = OK;
    if (SSL_CTX_use_certificate_chain_file(ctx, opts->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, opts->key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
        fprintf(stderr, "%s and %s are not a PEM certificate and its private key.\n", opts->certificate, opts->key);
        e = ERR_CONFIG;
    }
    SSL_CTX_free(ctx);
    if (e == OK && (e = link_given(dirfd, "devicescout.crt", opts->certificate)) == OK)
        e = link_given(dirfd, "devicescout.key", opts->key);
    return e;
}

static enum err make_all(int dirfd, const struct site_ca_opts *opts)
{
    struct authority a = {NULL, NULL};
    enum err e;

    if ((e = take_authority(dirfd, &a)) != OK)
        goto out;
    if (opts->certificate != NULL)
        e = use_given(dirfd, opts);
    else if (faccessat(dirfd, "devicescout.crt", F_OK, 0) != 0)
        e = issue(dirfd, &a, "devicescout", "Latchkey device scout", PANEL_DAYS, opts);
    if (e == OK && faccessat(dirfd, "relay.crt", F_OK, 0) != 0)
        e = issue(dirfd, &a, "relay", "Latchkey relay", RELAY_DAYS, opts);
out:
    authority_free(&a);
    return e;
}

enum err site_ca_make(const char *state, const struct site_ca_opts *opts)
{
    char folder[PATH_MAX];
    enum err e;
    int dirfd = -1;

    if ((e = make_path(folder, state, SITE_CA_FOLDER)) != OK || (e = file_open_dir(folder, 0700, &dirfd)) != OK)
        goto out;
    e = make_all(dirfd, opts);
out:
    if (e != OK && e != ERR_CONFIG)
        fprintf(stderr, "%s/" SITE_CA_FOLDER ": no certificates could be made: %s\n", state, err_text(e));
    if (dirfd >= 0)
        close(dirfd);
    return e;
}

enum err site_ca_renew(const char *state, const struct site_ca_opts *opts)
{
    struct authority a = {NULL, NULL};
    char folder[PATH_MAX];
    enum err e;
    int dirfd = -1;

    if ((e = make_path(folder, state, SITE_CA_FOLDER)) != OK || (e = file_open_dir(folder, 0700, &dirfd)) != OK ||
        (e = take_authority(dirfd, &a)) != OK)
        goto out;
    e = issue(dirfd, &a, "devicescout", "Latchkey device scout", PANEL_DAYS, opts);
out:
    if (e != OK)
        fprintf(stderr, "%s/" SITE_CA_FOLDER ": not renewed: %s\n", state, err_text(e));
    authority_free(&a);
    if (dirfd >= 0)
        close(dirfd);
    return e;
}

enum err site_ca_read(const char *path, uint8_t pin[static 32], uint64_t *until_unix_ms)
{
    X509 *certificate = NULL;
    enum err e;

    if ((e = load_certificate(AT_FDCWD, path, &certificate)) != OK)
        return e;
    if ((e = issue_pin(certificate, pin)) == OK)
        *until_unix_ms = issue_until(certificate);
    X509_free(certificate);
    return e;
}

enum err site_ca_name(const char *path, char out[static SITE_CA_NAME_SIZE])
{
    X509 *certificate = NULL;
    enum err e;

    _Static_assert(SITE_CA_NAME_SIZE == ISSUE_NAME_SIZE, "one is what the other gives");
    if ((e = load_certificate(AT_FDCWD, path, &certificate)) != OK)
        return e;
    e = issue_name(certificate, out);
    X509_free(certificate);
    return e;
}
