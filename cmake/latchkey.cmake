# SPDX-License-Identifier: Apache-2.0
# latchkey: the ways in which a target or a test is made here.

# latchkey_library(NAME SOURCES file.c… [LINK target…])
function(latchkey_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    latchkey_check_arguments(${name})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE latchkey_flags PUBLIC ${arg_LINK})
endfunction()

# latchkey_program(NAME [BIN|SBIN] SOURCES file.c… [LINK target…])
# BIN (the default) is what people run, SBIN what the system starts.
function(latchkey_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "BIN;SBIN" "" "SOURCES;LINK")
    latchkey_check_arguments(${name})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE latchkey_flags ${arg_LINK})
    if(arg_SBIN)
        install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
    else()
        install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
endfunction()

# latchkey_unit_test(NAME [SOURCES file.c…] [LINK target…])
# Program test_NAME from tests/unit/test_NAME.c, or from SOURCES; test "unit.NAME", label "unit".
function(latchkey_unit_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    latchkey_check_arguments(${name})
    if(NOT LATCHKEY_TESTS)
        return()
    endif()
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/test_${name}.c)
    endif()
    add_executable(test_${name} ${arg_SOURCES})
    target_link_libraries(test_${name} PRIVATE latchkey_flags ${arg_LINK} PkgConfig::CMOCKA)
    target_compile_definitions(test_${name} PRIVATE LATCHKEY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unit)
    add_test(NAME unit.${name} COMMAND test_${name})
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# latchkey_pytest(NAME FILE LABEL [TIMEOUT seconds])
# FILE under pytest, as test "LABEL.NAME". It finds the programs through LATCHKEY_BUILD, the build folder.
function(latchkey_pytest name file label)
    cmake_parse_arguments(PARSE_ARGV 3 arg "" "TIMEOUT" "")
    latchkey_check_arguments(${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    # Debian's own Python, for which its packages of pytest, PyNaCl and cryptography are.
    add_test(NAME ${label}.${name}
        COMMAND /usr/bin/python3 -m pytest -q -rs -p no:cacheprovider --durations=5 ${file}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "LATCHKEY_BUILD=${CMAKE_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1")
    if(LATCHKEY_SANITIZE)
        # The leak checker traces its own process, which a daemon's sandbox forbids. Unit tests look for leaks.
        set_property(TEST ${label}.${name} APPEND PROPERTY ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0")
    endif()
endfunction()

# latchkey_fuzzer(NAME SOURCES file.c… [LINK target…] [SECONDS n])
# Only in the fuzz preset: libFuzzer program fuzz_NAME; test "fuzz.NAME", label "fuzz", runs it for n seconds, 15 by default, from
# the seeds in tests/fuzz/seeds/NAME.
function(latchkey_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SECONDS" "SOURCES;LINK")
    latchkey_check_arguments(${name})
    if(NOT LATCHKEY_FUZZ)
        return()
    endif()
    if(NOT arg_SECONDS)
        set(arg_SECONDS 15)
    endif()
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE latchkey_flags ${arg_LINK})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    add_dependencies(fuzzers fuzz_${name})
    set(folder ${PROJECT_SOURCE_DIR}/tests/fuzz)
    add_test(NAME fuzz.${name} COMMAND /usr/bin/python3 ${folder}/run.py $<TARGET_FILE:fuzz_${name}> ${arg_SECONDS}
        ${folder}/seeds/${name} ${CMAKE_BINARY_DIR}/findings/${name})
    math(EXPR timeout "${arg_SECONDS} + 150")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${timeout})
endfunction()

# latchkey_embed(TARGET [TRIM] file…)
# Builds files (pages, scripts, styles, pictures) into TARGET. #include "TARGET_files.h" declares for each
# "panel.html":  extern const unsigned char panel_html[]; extern const size_t panel_html_len;
# A NUL follows the last byte and is not counted. TRIM leaves out comments and what lines are indented by (trim.awk).
function(latchkey_embed target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "TRIM" "" "")
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
    set(files)
    foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE path)
        if(arg_TRIM)
            cmake_path(GET file FILENAME filename)
            set(trimmed ${dir}/trimmed/${filename})
            add_custom_command(
                OUTPUT ${trimmed}
                COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}/trimmed
                COMMAND awk -f ${PROJECT_SOURCE_DIR}/cmake/trim.awk ${path} > ${trimmed}
                DEPENDS ${path} ${PROJECT_SOURCE_DIR}/cmake/trim.awk
                COMMENT "Trimming ${filename}"
                VERBATIM)
            set(path ${trimmed})
        endif()
        list(APPEND files ${path})
    endforeach()
    set(script ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
    list(JOIN files "|" joined) # a semicolon would not survive the command line
    add_custom_command(
        OUTPUT ${dir}/${target}_files.c ${dir}/${target}_files.h
        COMMAND ${CMAKE_COMMAND} -D "FILES=${joined}" -D NAME=${target}_files -D DIR=${dir} -P ${script}
        DEPENDS ${files} ${script}
        COMMENT "Embedding files into ${target}"
        VERBATIM)
    target_sources(${target} PRIVATE ${dir}/${target}_files.c ${dir}/${target}_files.h)
    target_include_directories(${target} PRIVATE ${dir})
endfunction()

# A misspelt keyword would otherwise be taken for a file name or dropped.
macro(latchkey_check_arguments name)
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "${name}: what is '${arg_UNPARSED_ARGUMENTS}'? Say SOURCES or LINK before it.")
    endif()
endmacro()
