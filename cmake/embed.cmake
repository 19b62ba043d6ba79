# SPDX-License-Identifier: Apache-2.0
# embed: run by latchkey_embed() at build time with FILES (split by |), NAME and DIR; writes NAME.c and NAME.h.
string(REPLACE "|" ";" FILES "${FILES}")
string(TOUPPER ${NAME}_H guard)
string(MAKE_C_IDENTIFIER ${guard} guard)

set(head "/* Made by cmake/embed.cmake: files that are built into the program. */\n")
set(h "${head}#ifndef ${guard}\n#define ${guard}\n\n#include <stddef.h>\n\n")
set(c "${head}#include \"${NAME}.h\"\n")
foreach(file IN LISTS FILES)
    cmake_path(GET file FILENAME filename)
    string(MAKE_C_IDENTIFIER ${filename} symbol)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
        bytes "${bytes}")
    string(APPEND h "extern const unsigned char ${symbol}[];\nextern const size_t ${symbol}_len;\n")
    string(APPEND c "\nconst unsigned char ${symbol}[] = {\n${bytes}0x00};\n"
        "const size_t ${symbol}_len = sizeof ${symbol} - 1;\n")
endforeach()
file(WRITE ${DIR}/${NAME}.h "${h}\n#endif\n")
file(WRITE ${DIR}/${NAME}.c "${c}")
