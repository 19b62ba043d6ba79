# SPDX-License-Identifier: Apache-2.0
# flags: one INTERFACE library, latchkey_flags, that every target of ours links. tests/rules/hardening.py reads
# the built files and fails when one of the protections below is missing from them.

set(LATCHKEY_SANITIZE "" CACHE STRING "Sanitizers for the whole build: empty, 'address,undefined' or 'thread'")
option(LATCHKEY_WERROR "Warnings are errors" OFF)
option(LATCHKEY_FUZZ "Build the fuzzers (clang)" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # gnu17, as in Linux system code: openat, explicit_bzero, signalfd
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
include(CheckCCompilerFlag)
check_c_compiler_flag(-fcf-protection=full LATCHKEY_HAS_CF_PROTECTION) # x86 only; a Raspberry Pi has none

configure_file(cmake/latchkey_version.h.in generated/latchkey_version.h @ONLY)

add_library(latchkey_flags INTERFACE)
target_include_directories(latchkey_flags INTERFACE ${PROJECT_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(latchkey_flags INTERFACE _GNU_SOURCE)
target_compile_options(latchkey_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    $<$<BOOL:${LATCHKEY_WERROR}>:-Werror>
    -fstack-protector-strong -fstack-clash-protection
    $<$<BOOL:${LATCHKEY_HAS_CF_PROTECTION}>:-fcf-protection=full>)
# --as-needed: what readelf shows as NEEDED is then what the program really calls, which tests/rules relies on.
target_link_options(latchkey_flags INTERFACE
    LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:--as-needed)

if(LATCHKEY_SANITIZE)
    target_compile_definitions(latchkey_flags INTERFACE LATCHKEY_SANITIZED)
    target_compile_options(latchkey_flags INTERFACE
        -fsanitize=${LATCHKEY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(latchkey_flags INTERFACE -fsanitize=${LATCHKEY_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    # Fortify needs the optimizer, and its checks hide from a sanitizer what they replace.
    target_compile_options(latchkey_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(LATCHKEY_FUZZ)
    target_compile_options(latchkey_flags INTERFACE -fsanitize=fuzzer-no-link)
    add_custom_target(fuzzers) # all of them
endif()
