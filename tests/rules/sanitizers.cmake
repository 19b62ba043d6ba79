# SPDX-License-Identifier: Apache-2.0
# sanitizers: in a build with sanitizers, a program that errs on purpose must be stopped by them.
if(LATCHKEY_SANITIZE)
    add_executable(rules_trips trips.c)
    target_link_libraries(rules_trips PRIVATE latchkey_flags Threads::Threads)
    if(LATCHKEY_SANITIZE MATCHES address)
        set(acts
            "heap|AddressSanitizer: heap-buffer-overflow"
            "leak|LeakSanitizer: detected memory leaks"
            "overflow|signed integer overflow")
    else()
        set(acts "race|ThreadSanitizer: data race")
    endif()
    foreach(pair IN LISTS acts)
        string(REGEX REPLACE "\\|.*" "" act "${pair}")
        string(REGEX REPLACE ".*\\|" "" report "${pair}")
        add_test(NAME rules.sanitizer.${act} COMMAND rules_trips ${act})
        set_tests_properties(rules.sanitizer.${act} PROPERTIES
            LABELS "rules;unit" TIMEOUT 60 PASS_REGULAR_EXPRESSION "${report}")
    endforeach()
endif()
