# SPDX-License-Identifier: Apache-2.0
# dependencies: every library from outside, found once. A folder names the ones it may link in its own
# CMakeLists.txt; finding them here gives no target the right to use them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET GLOBAL libsodium>=1.0.18)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET GLOBAL libcrypto>=3.0)
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET GLOBAL libssl>=3.0)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET GLOBAL libmicrohttpd>=0.9.75)
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET GLOBAL gnutls)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET GLOBAL libcurl>=7.88)
pkg_check_modules(CONFUSE REQUIRED IMPORTED_TARGET GLOBAL libconfuse>=3.3)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET GLOBAL jansson>=2.14)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET GLOBAL sqlite3>=3.40)
pkg_check_modules(LDAP REQUIRED IMPORTED_TARGET GLOBAL ldap lber)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET GLOBAL libseccomp>=2.5)
pkg_check_modules(AVAHI REQUIRED IMPORTED_TARGET GLOBAL avahi-client>=0.8)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET GLOBAL libqpdf>=11.0)
pkg_check_modules(PCSC REQUIRED IMPORTED_TARGET GLOBAL libpcsclite)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET GLOBAL libqrencode)
if(LATCHKEY_TESTS)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET GLOBAL cmocka>=1.1.5)
endif()

find_package(Cups REQUIRED) # Cups::Cups; Debian 12's libcups2-dev has no .pc file
set_target_properties(Cups::Cups PROPERTIES IMPORTED_GLOBAL TRUE)
set_target_properties(Threads::Threads PROPERTIES IMPORTED_GLOBAL TRUE)
