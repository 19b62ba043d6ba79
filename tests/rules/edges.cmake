# SPDX-License-Identifier: Apache-2.0
# edges: who links what, told by the linker, by the symbols of the built programs and by CMake's own graph.

# latchkey_closure(OUT TARGET): the static libraries of ours that TARGET links, and those that they link in turn.
function(latchkey_closure out target)
    set(found)
    set(ahead ${target})
    while(ahead)
        list(POP_FRONT ahead next)
        get_target_property(links ${next} LINK_LIBRARIES)
        foreach(link IN LISTS links)
            if(NOT TARGET "${link}" OR "${link}" IN_LIST found)
                continue()
            endif()
            get_target_property(type ${link} TYPE)
            get_target_property(imported ${link} IMPORTED)
            if(type STREQUAL STATIC_LIBRARY AND NOT imported)
                list(APPEND found ${link})
                list(APPEND ahead ${link})
            endif()
        endforeach()
    endwhile()
    set(${out} ${found} PARENT_SCOPE)
endfunction()

# {"library": "archive", …}
function(latchkey_archives_json out)
    set(entries)
    foreach(library IN LISTS ARGN)
        list(APPEND entries "\"${library}\": \"$<TARGET_FILE:${library}>\"")
    endforeach()
    list(JOIN entries ", " joined)
    set(${out} "{${joined}}" PARENT_SCOPE)
endfunction()

set(programs)
set(files)
foreach(program IN LISTS LATCHKEY_PROGRAMS)
    latchkey_closure(links ${program})
    latchkey_archives_json(json ${links})
    list(APPEND programs "\"${program}\": {\"file\": \"$<TARGET_FILE:${program}>\", \"links\": ${json}}")
    list(APPEND files $<TARGET_FILE:${program}>)
endforeach()
list(JOIN programs ",\n" programs)
get_directory_property(crypto DIRECTORY ${PROJECT_SOURCE_DIR}/crypto BUILDSYSTEM_TARGETS)
list(FILTER crypto INCLUDE REGEX "^latchkey_")
latchkey_archives_json(crypto ${crypto})
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/built.json
    CONTENT "{\"programs\": {${programs}},\n\"crypto\": ${crypto}}\n")

add_test(NAME rules.symbols
    COMMAND ${LATCHKEY_PYTHON} ${here}/symbols.py ${CMAKE_CURRENT_BINARY_DIR}/built.json ${here}/opening_symbols.txt
        ${here}/allowed_libraries.txt)
set_tests_properties(rules.symbols PROPERTIES LABELS rules TIMEOUT 120)

# A sanitizer's build has no fortified functions, and nobody installs it.
if(NOT LATCHKEY_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    add_test(NAME rules.hardening COMMAND ${LATCHKEY_PYTHON} ${here}/hardening.py ${files})
    set_tests_properties(rules.hardening PROPERTIES LABELS rules TIMEOUT 120)
endif()

# latchkey_edge_test(PROGRAM SYMBOL MAY|MAY_NOT)
# opens.c, calling SYMBOL, is linked with what PROGRAM links: it must succeed, or fail for want of just that symbol.
function(latchkey_edge_test program symbol expected)
    set(target rules_edge_${program}_${symbol})
    add_executable(${target} EXCLUDE_FROM_ALL opens.c)
    target_compile_definitions(${target} PRIVATE OPENS=${symbol})
    target_link_libraries(${target} PRIVATE $<TARGET_PROPERTY:${program},LINK_LIBRARIES>)
    add_test(NAME rules.edge.${program}.${symbol}
        COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target ${target})
    # One build at a time in one folder; a build that finds nothing to do has its program linked already.
    set_tests_properties(rules.edge.${program}.${symbol} PROPERTIES LABELS rules TIMEOUT 120 RESOURCE_LOCK build)
    if(expected STREQUAL MAY_NOT)
        set_tests_properties(rules.edge.${program}.${symbol} PROPERTIES
            PASS_REGULAR_EXPRESSION "undefined reference to .${symbol}'")
    endif()
endfunction()

foreach(symbol IN ITEMS unwrap_key unseal_new)
    latchkey_edge_test(printscout-courier ${symbol} MAY)
    foreach(program IN ITEMS printscout-queue printscout devicescout scoutrelay)
        latchkey_edge_test(${program} ${symbol} MAY_NOT)
    endforeach()
endforeach()
latchkey_edge_test(devicescout-keyholder description_open MAY)
foreach(program IN ITEMS printscout-queue printscout-courier printscout devicescout scoutrelay)
    latchkey_edge_test(${program} description_open MAY_NOT)
endforeach()
