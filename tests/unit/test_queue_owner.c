/* SPDX-License-Identifier: Apache-2.0 */
/* Whose connection it is: the kernel's word, and nobody's when the kernel does not know. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "printscout/queue/owner.h"
#include "tests/unit/cmocka_test.h"

struct pair {
    int client, server;
};

static struct pair connect_tcp(int family)
{
    struct sockaddr_storage at = {.ss_family = (sa_family_t)family};
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct pair p;
    int listener = socket(family, SOCK_STREAM, 0);

    if (family == AF_INET)
        ((struct sockaddr_in *)&at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        ((struct sockaddr_in6 *)&at)->sin6_addr = in6addr_loopback;
    if (bind(listener, (struct sockaddr *)&at, len) != 0) { /* no IPv6 on this computer */
        close(listener);
        return (struct pair){-1, -1};
    }
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
    p.client = socket(family, SOCK_STREAM, 0);
    assert_int_equal(connect(p.client, (struct sockaddr *)&at, len), 0);
    assert_int_equal(write(p.client, "x", 1), 1);
    p.server = accept(listener, NULL, NULL);
    assert_true(p.server >= 0);
    close(listener);
    return p;
}

static void a_socket_that_its_owner_closed_belongs_to_nobody(void **state)
{
    struct pair p = connect_tcp(AF_INET);
    uint32_t uid = 7;

    (void)state;
    close(p.client); /* its data can still be read, and the kernel now calls it uid 0's */
    assert_int_equal(owner_of_socket(p.server, &uid), ERR_REFUSED);
    assert_int_equal(uid, 7);
    close(p.server);
}

static void a_socket_that_is_not_connected_belongs_to_nobody(void **state)
{
    uint32_t uid = 7;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(owner_of_socket(fd, &uid), ERR_REFUSED);
    close(fd);
    fd = open("/dev/null", O_RDONLY);
    assert_int_equal(owner_of_socket(fd, &uid), ERR_IO);
    close(fd);
    assert_int_equal(uid, 7);
}

static void the_other_end_of_tcp_is_the_account_that_made_its_socket(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair p = connect_tcp(families[i]);
        uint32_t uid = 7;

        if (p.client < 0)
            continue;
        assert_int_equal(owner_of_socket(p.server, &uid), OK);
        assert_int_equal(uid, getuid());
        if (getuid() == 0) { /* root may give its socket away, as a server that changes its account does */
            assert_int_equal(fchown(p.client, 1234, 1234), 0);
            assert_int_equal(owner_of_socket(p.server, &uid), OK);
            assert_int_equal(uid, 1234);
        }
        close(p.client);
        close(p.server);
    }
}

static void the_other_end_of_a_domain_socket_is_the_account_that_connected(void **state)
{
    int fds[2];
    uint32_t uid = 7;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(owner_of_socket(fds[0], &uid), OK);
    assert_int_equal(uid, getuid());
    close(fds[0]);
    close(fds[1]);
}

static void an_account_has_a_name_or_is_not_found(void **state)
{
    char name[ACCOUNT_SIZE] = "unchanged";

    (void)state;
    assert_int_equal(owner_account(3999999999u, name), ERR_NOTFOUND);
    assert_string_equal(name, "unchanged");
    assert_int_equal(owner_account(0, name), OK);
    assert_string_equal(name, "root");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_that_its_owner_closed_belongs_to_nobody),
        cmocka_unit_test(a_socket_that_is_not_connected_belongs_to_nobody),
        cmocka_unit_test(the_other_end_of_tcp_is_the_account_that_made_its_socket),
        cmocka_unit_test(the_other_end_of_a_domain_socket_is_the_account_that_connected),
        cmocka_unit_test(an_account_has_a_name_or_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
