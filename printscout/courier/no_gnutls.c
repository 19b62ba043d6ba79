/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_gnutls: GnuTLS comes along with libcups and libcurl, of both of which the courier uses the parts that do without
 * it. When a program is loaded GnuTLS sets itself up, which costs each courier 0.7 MiB, unless it finds this function
 * in it: see GNUTLS_SKIP_GLOBAL_INIT in gnutls.h. rules.no_gnutls checks that it is where the loader finds it.
 */
int _gnutls_global_init_skip(void);

int _gnutls_global_init_skip(void)
{
    return 1;
}
