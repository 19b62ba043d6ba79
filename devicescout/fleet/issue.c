/* SPDX-License-Identifier: Apache-2.0 */
/* issue: certificates, version 3, signed with ECDSA and SHA-256. */
#include "devicescout/fleet/issue.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAMES_SIZE 8192
#define SERIAL_LEN 16
#define BACKDATE_S 86400 /* a panel whose clock is a little behind takes it too */

enum err issue_key(EVP_PKEY **out)
{
    return (*out = EVP_EC_gen("P-256")) != NULL ? OK : ERR_NOMEM;
}

static int set_serial(X509 *c)
{
    uint8_t bytes[SERIAL_LEN];
    BIGNUM *number = NULL;
    int done;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return 0;
    bytes[0] &= 0x7f; /* serial numbers are positive */
    done = (number = BN_bin2bn(bytes, sizeof bytes, NULL)) != NULL &&
           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(c)) != NULL;
    BN_free(number);
    return done;
}

static int add_extension(X509 *c, X509 *authority, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX ctx;
    int done;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, authority, c, NULL, NULL, 0);
    if ((extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) == NULL)
        return 0;
    done = X509_add_ext(c, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}

/* Everything but extensions and signature. */
static X509 *begin(EVP_PKEY *key, const char *subject, const X509_NAME *issuer, int days)
{
    X509 *c = X509_new();
    X509_NAME *name;

    if (c == NULL)
        return NULL;
    name = X509_get_subject_name(c);
    if (X509_set_version(c, X509_VERSION_3) != 1 || !set_serial(c) ||
        X509_gmtime_adj(X509_getm_notBefore(c), -BACKDATE_S) == NULL ||
        X509_time_adj_ex(X509_getm_notAfter(c), days, 0, NULL) == NULL || X509_set_pubkey(c, key) != 1 ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)subject, -1, -1, 0) != 1 ||
        X509_set_issuer_name(c, issuer != NULL ? issuer : name) != 1) {
        X509_free(c);
        return NULL;
    }
    return c;
}

enum err issue_authority(EVP_PKEY *key, int days, X509 **out)
{
    X509 *c = begin(key, "Latchkey site", NULL, days);

    if (c == NULL || !add_extension(c, c, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(c, c, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(c, c, NID_subject_key_identifier, "hash") || X509_sign(c, key, EVP_sha256()) == 0) {
        X509_free(c);
        return ERR_NOMEM;
    }
    *out = c;
    return OK;
}

static int is_address(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* Names go into a line that OpenSSL parses: nothing but what names are made of. */
static int is_name(const char *host)
{
    return host[0] != '\0' && strlen(host) <= 253 &&
           host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*")] == '\0';
}

static enum err add_name(char *names, const char *host)
{
    const size_t len = strlen(names);
    char item[300];

    if (!is_address(host) && !is_name(host)) {
        fprintf(stderr, "'%s' is neither a host's name nor an address.\n", host);
        return ERR_FORMAT;
    }
    snprintf(item, sizeof item, "%s:%s", is_address(host) ? "IP" : "DNS", host);
    if (strstr(names, item) != NULL &&
        (strstr(names, item)[strlen(item)] == ',' || strstr(names, item)[strlen(item)] == '\0'))
        return OK;
    if (len + strlen(item) + 2 > NAMES_SIZE)
        return ERR_LIMIT;
    snprintf(names + len, NAMES_SIZE - len, "%s%s", len > 0 ? "," : "", item);
    return OK;
}

static enum err collect_names(const struct issue_opts *opts, char *names)
{
    static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
    char host[HOST_NAME_MAX + 1] = "";
    enum err e = OK;

    for (size_t i = 0; e == OK && i < opts->hosts_len; i++) /* first, for issue_name() */
        e = add_name(names, opts->hosts[i]);
    if (e == OK && gethostname(host, sizeof host - 1) == 0 && is_name(host))
        e = add_name(names, host);
    for (size_t i = 0; e == OK && i < sizeof always / sizeof *always; i++)
        e = add_name(names, always[i]);
    return e;
}

enum err issue_server(const struct issue_opts *opts, X509 **out)
{
    X509 *c = NULL;
    char *names = calloc(1, NAMES_SIZE);
    enum err e = ERR_NOMEM;

    if (names == NULL)
        goto out;
    if ((e = collect_names(opts, names)) != OK)
        goto out;
    e = ERR_NOMEM;
    if ((c = begin(opts->key, opts->subject, X509_get_subject_name(opts->authority), opts->days)) == NULL)
        goto out;
    if (!add_extension(c, opts->authority, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(c, opts->authority, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(c, opts->authority, NID_ext_key_usage, "serverAuth") ||
        !add_extension(c, opts->authority, NID_subject_key_identifier, "hash") ||
        !add_extension(c, opts->authority, NID_authority_key_identifier, "keyid:always") ||
        !add_extension(c, opts->authority, NID_subject_alt_name, names) ||
        X509_sign(c, opts->authority_key, EVP_sha256()) == 0)
        goto out;
    *out = c; /* the caller owns it now */
    c = NULL;
    e = OK;
out:
    X509_free(c);
    free(names);
    return e;
}

/* One name of a certificate, as it stands in a URL; "" what cannot. */
static void write_name(const GENERAL_NAME *name, char out[static ISSUE_NAME_SIZE])
{
    const ASN1_STRING *value = name->type == GEN_DNS     ? name->d.dNSName
                               : name->type == GEN_IPADD ? name->d.iPAddress
                                                         : NULL;
    const int len = value != NULL ? ASN1_STRING_length(value) : 0;
    char address[INET6_ADDRSTRLEN];

    out[0] = '\0';
    if (name->type == GEN_DNS && len > 0 && len < ISSUE_NAME_SIZE) {
        memcpy(out, ASN1_STRING_get0_data(value), (size_t)len);
        out[len] = '\0';
        if (strlen(out) != (size_t)len || !is_name(out) || strchr(out, '*') != NULL)
            out[0] = '\0';
    } else if (name->type == GEN_IPADD && (len == 4 || len == 16) &&
               inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(value), address, sizeof address) !=
                   NULL) {
        snprintf(out, ISSUE_NAME_SIZE, len == 4 ? "%s" : "[%s]", address);
    }
}

static int is_loopback(const char *name)
{
    return strcmp(name, "localhost") == 0 || strncmp(name, "127.", 4) == 0 || strcmp(name, "[::1]") == 0;
}

enum err issue_name(X509 *certificate, char out[static ISSUE_NAME_SIZE])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    char name[ISSUE_NAME_SIZE], any[ISSUE_NAME_SIZE] = "";

    out[0] = '\0';
    for (int i = 0; out[0] == '\0' && i < sk_GENERAL_NAME_num(names); i++) { /* -1 of NULL */
        write_name(sk_GENERAL_NAME_value(names, i), name);
        memcpy(is_loopback(name) ? any : out, name, sizeof name);
    }
    if (out[0] == '\0')
        memcpy(out, any, sizeof any);
    GENERAL_NAMES_free(names);
    return out[0] != '\0' ? OK : ERR_NOTFOUND;
}

enum err issue_pin(X509 *certificate, uint8_t pin[static 32])
{
    uint8_t *der = NULL;
    const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    enum err e = ERR_FORMAT;

    if (len > 0 && EVP_Digest(der, (size_t)len, pin, NULL, EVP_sha256(), NULL) == 1)
        e = OK;
    OPENSSL_free(der);
    return e;
}

uint64_t issue_until(const X509 *certificate)
{
    struct tm tm;

    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) != 1)
        return 0;
    return (uint64_t)timegm(&tm) * 1000;
}
