/* SPDX-License-Identifier: Apache-2.0 */
/* Embedded files: byte for byte what stands in the tree, also what means something to CMake. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "test_embed_files.h"
#include "test_embed_trimmed_files.h"
#include "tests/unit/cmocka_test.h"

static void a_file_is_built_in_byte_for_byte_with_a_nul_behind_it(void **state)
{
    uint8_t *bytes = NULL;
    size_t len;

    (void)state;
    assert_int_equal(file_read(AT_FDCWD, LATCHKEY_SOURCE_DIR "/tests/unit/embed/sample-1.html", 1000, &bytes, &len),
                     OK);
    assert_int_equal(sample_1_html_len, len);
    assert_memory_equal(sample_1_html, bytes, len + 1);
    free(bytes);
}

static void an_empty_file_is_an_empty_text(void **state)
{
    (void)state;
    assert_int_equal(empty_css_len, 0);
    assert_int_equal(empty_css[0], 0);
}

static void of_a_trimmed_file_only_indentation_and_comments_up_to_a_lines_end_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(indented_js, "var a = 'two  spaces stay';\n"
                                     "/* this stays */ f();\n"
                                     "if (a) {\n"
                                     "b('/* no comment */');\n"
                                     "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_built_in_byte_for_byte_with_a_nul_behind_it),
        cmocka_unit_test(an_empty_file_is_an_empty_text),
        cmocka_unit_test(of_a_trimmed_file_only_indentation_and_comments_up_to_a_lines_end_are_left_out),
    };

    return cmocka_run_group_tests_name("embed", tests, NULL, NULL);
}
