/* SPDX-License-Identifier: Apache-2.0 */
/* relay_process: see relay_process.h. */
#include "tests/unit/relay_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/openssl.h"
#include "tests/unit/cmocka_test.h"

/* clang-format off */
#include <openssl/pem.h>
#include <openssl/x509.h>
/* clang-format on */

extern char **environ;

uint16_t relay_process_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    close(fd);
    return ntohs(a.sin_port);
}

static FILE *open_in(const char *folder, const char *name, const char *ending)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    f = fopen(path, "we");
    assert_non_null(f);
    return f;
}

void relay_process_certify(const char *folder, const char *name, uint8_t pin[static 32])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *crt = X509_new();
    uint8_t *der = NULL;
    FILE *f;
    int len;

    assert_non_null(key);
    assert_non_null(crt);
    assert_int_equal(X509_set_version(crt, X509_VERSION_3), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(crt), 1);
    X509_gmtime_adj(X509_getm_notBefore(crt), -3600);
    X509_gmtime_adj(X509_getm_notAfter(crt), 24 * 3600);
    assert_int_equal(X509_set_pubkey(crt, key), 1);
    assert_true(X509_sign(crt, key, EVP_sha256()) > 0);

    f = open_in(folder, name, "crt");
    assert_int_equal(PEM_write_X509(f, crt), 1);
    fclose(f);
    f = open_in(folder, name, "key");
    assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(f);

    assert_true((len = i2d_PUBKEY(key, &der)) > 0);
    assert_int_equal(EVP_Digest(der, (size_t)len, pin, NULL, EVP_sha256(), NULL), 1);
    OPENSSL_free(der);
    X509_free(crt);
    EVP_PKEY_free(key);
}

void relay_process_make(struct relay_process *p, struct id site, const char *extra)
{
    char hex[ID_HEX_SIZE];
    FILE *f;

    *p = (struct relay_process){.pid = -1};
    strcpy(p->folder, "/tmp/latchkey-relay-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    p->port = relay_process_port();
    snprintf(p->url, sizeof p->url, "https://127.0.0.1:%u", (unsigned)p->port);
    relay_process_certify(p->folder, "relay", p->pin);
    f = open_in(p->folder, "relay", "conf");
    fprintf(f,
            "state = \"%s/state\"\naddress = \"127.0.0.1\"\nport = %u\nurl = {\"%s\"}\ncertificate = \"%s/relay.crt\"\n"
            "key = \"%s/relay.key\"\nsites = {\"%s\"}\n%s",
            p->folder, (unsigned)p->port, p->url, p->folder, p->folder, id_text(site, hex), extra);
    assert_int_equal(fclose(f), 0);
}

/* Read its log until it says that it listens; the end of the log is the end of the process. */
static void wait_until_it_listens(int log)
{
    char text[4096];
    size_t len = 0;
    ssize_t n;

    while (len < sizeof text - 1 && (n = read(log, text + len, sizeof text - 1 - len)) > 0) {
        len += (size_t)n;
        text[len] = '\0';
        if (strstr(text, " started ") != NULL)
            return;
    }
    text[len] = '\0';
    fail_msg("scoutrelay did not start:\n%s", text);
}

void relay_process_start(struct relay_process *p)
{
    char conf[128];
    char *argv[] = {(char[]){SCOUTRELAY}, (char[]){"--config"}, conf, NULL};
    posix_spawn_file_actions_t actions;
    int log[2];

    snprintf(conf, sizeof conf, "%s/relay.conf", p->folder);
    /* LeakSanitizer traces its own process at the end, which the relay's sandbox forbids. */
    assert_int_equal(setenv("ASAN_OPTIONS", "detect_leaks=0", 0), 0);
    assert_int_equal(pipe(log), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, log[1], STDERR_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, log[0]), 0);
    /* The relay lets nobody trace it, so the leak checker of a sanitizer build cannot run inside it and would fail it.
     */
    assert_int_equal(setenv("ASAN_OPTIONS", "detect_leaks=0", 1), 0);
    assert_int_equal(posix_spawn(&p->pid, SCOUTRELAY, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(log[1]);
    wait_until_it_listens(log[0]);
    close(log[0]); /* what it logs later goes nowhere; it ignores SIGPIPE */
}

int relay_process_end(struct relay_process *p, int signal)
{
    int status = -1;

    if (p->pid < 0)
        return -1;
    assert_int_equal(kill(p->pid, signal), 0);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    p->pid = -1;
    return status;
}

void relay_process_free(struct relay_process *p)
{
    char command[96];

    relay_process_end(p, SIGKILL);
    snprintf(command, sizeof command, "rm -rf -- %s", p->folder);
    assert_int_equal(system(command), 0);
}
