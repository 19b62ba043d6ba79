/* SPDX-License-Identifier: Apache-2.0 */
/* tls_look: one handshake as deliveries will make it; where that fails, a second that tells how old the printer is. */
#include "devicescout/printers/tls_look.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "devicescout/fleet/issue.h"
#include "devicescout/printers/dial.h"

#include <openssl/ssl.h>

#define CONNECT_MS   3000
#define HANDSHAKE_MS 5000
#define RSA_LEAST    2048
#define EC_LEAST     256

/* Level 0, because a weak key or hash is to be seen and named here, not to end the conversation. */
static SSL_CTX *new_context(int old)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    if (ctx == NULL)
        return NULL;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    if (SSL_CTX_set_cipher_list(ctx, "DEFAULT:@SECLEVEL=0") != 1 ||
        SSL_CTX_set_min_proto_version(ctx, old ? TLS1_VERSION : TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, old ? TLS1_1_VERSION : 0) != 1) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

static enum err handshake(SSL *ssl, int fd)
{
    const uint64_t deadline = clock_boot_ms() + HANDSHAKE_MS;

    for (;;) {
        const int n = SSL_connect(ssl);
        enum err e;

        if (n == 1)
            return OK;
        switch (SSL_get_error(ssl, n)) {
        case SSL_ERROR_WANT_READ:
            e = dial_wait(fd, POLLIN, deadline);
            break;
        case SSL_ERROR_WANT_WRITE:
            e = dial_wait(fd, POLLOUT, deadline);
            break;
        default:
            e = ERR_PEER;
        }
        if (e != OK)
            return e;
    }
}

/* RFC 2253 form: control characters and what is not ASCII come out escaped, so nothing of it reaches a terminal. */
static void copy_name(const X509_NAME *name, char out[static TLS_LOOK_NAME_SIZE])
{
    BIO *bio = BIO_new(BIO_s_mem());
    int n = 0;

    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0)
        n = BIO_read(bio, out, TLS_LOOK_NAME_SIZE - 1);
    out[n > 0 ? n : 0] = '\0';
    BIO_free(bio);
}

static uint64_t unix_ms_of(const ASN1_TIME *t)
{
    struct tm tm;
    time_t seconds;

    if (ASN1_TIME_to_tm(t, &tm) != 1 || (seconds = timegm(&tm)) < 0)
        return 0;
    return (uint64_t)seconds * 1000;
}

static void look_at_key(const X509 *c, struct tls_look *out)
{
    const EVP_PKEY *key = X509_get0_pubkey(c);
    const int bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    const int type = key != NULL ? EVP_PKEY_get_base_id(key) : 0;
    int hash = NID_undef;

    snprintf(out->key, sizeof out->key, "%s %d",
             type == EVP_PKEY_RSA  ? "RSA"
             : type == EVP_PKEY_EC ? "EC"
                                   : "key of",
             bits);
    if (bits < (type == EVP_PKEY_RSA ? RSA_LEAST : EC_LEAST) && type != EVP_PKEY_ED25519)
        out->flaws |= TLS_WEAK_KEY;
    if (X509_get_signature_info((X509 *)(uintptr_t)c, &hash, NULL, NULL, NULL) != 1)
        hash = NID_undef;
    snprintf(out->hash, sizeof out->hash, "%s", hash != NID_undef ? OBJ_nid2sn(hash) : "its own");
    if (hash == NID_sha1 || hash == NID_md5)
        out->flaws |= TLS_WEAK_HASH;
}

static enum err look_at_certificate(SSL *ssl, uint64_t now_unix_ms, struct tls_look *out)
{
    X509 *c = SSL_get1_peer_certificate(ssl);
    enum err e = ERR_PEER;

    if (c == NULL)
        return e;
    *out = (struct tls_look){.from_unix_ms = unix_ms_of(X509_get0_notBefore(c)),
                             .until_unix_ms = unix_ms_of(X509_get0_notAfter(c))};
    if ((e = issue_pin(c, out->pin)) == OK) {
        copy_name(X509_get_subject_name(c), out->subject);
        copy_name(X509_get_issuer_name(c), out->issuer);
        look_at_key(c, out);
        snprintf(out->version, sizeof out->version, "%s", SSL_get_version(ssl));
        if (out->until_unix_ms < now_unix_ms)
            out->flaws |= TLS_EXPIRED;
        if (out->from_unix_ms > now_unix_ms)
            out->flaws |= TLS_NOT_YET;
    }
    X509_free(c);
    return e;
}

static enum err look(const char *host, uint16_t port, int old, uint64_t now_unix_ms, struct tls_look *out)
{
    SSL_CTX *ctx = new_context(old);
    struct in6_addr address;
    SSL *ssl = NULL;
    int fd = -1;
    enum err e = ERR_NOMEM;

    if (ctx == NULL || (ssl = SSL_new(ctx)) == NULL)
        goto out;
    if ((e = dial(host, port, CONNECT_MS, &fd)) != OK)
        goto out;
    e = ERR_NOMEM;
    if (SSL_set_fd(ssl, fd) != 1)
        goto out;
    if (inet_pton(AF_INET, host, &address) != 1 && inet_pton(AF_INET6, host, &address) != 1 &&
        SSL_set_tlsext_host_name(ssl, host) != 1)
        goto out;
    if ((e = handshake(ssl, fd)) == OK && (e = look_at_certificate(ssl, now_unix_ms, out)) == OK && old)
        out->flaws |= TLS_OLD_VERSION;
out:
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    if (fd >= 0)
        close(fd);
    return e;
}

enum err tls_look(const char *host, uint16_t port, uint64_t now_unix_ms, struct tls_look *out)
{
    const enum err e = look(host, port, 0, now_unix_ms, out);

    if (e != ERR_PEER)
        return e;
    return look(host, port, 1, now_unix_ms, out);
}
