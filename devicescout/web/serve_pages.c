/* SPDX-License-Identifier: Apache-2.0 */
/* serve_pages: the page and its files, as they were built into the program. */
#include <string.h>

#include "devicescout/web/reply.h"
#include "devicescout/web/routes.h"
#include "devicescout/web/web_state.h"
#include "latchkey_devicescout_web_files.h"

#define SCRIPT "text/javascript; charset=utf-8"

static const struct {
    const char *name, *type;
    const unsigned char *bytes;
    const size_t *len;
} files[] = {
    {"words.js", SCRIPT, words_js, &words_js_len},
    {"calls.js", SCRIPT, calls_js, &calls_js_len},
    {"icons.js", SCRIPT, icons_js, &icons_js_len},
    {"screen.js", SCRIPT, screen_js, &screen_js_len},
    {"keys.js", SCRIPT, keys_js, &keys_js_len},
    {"reader.js", SCRIPT, reader_js, &reader_js_len},
    {"jobs.js", SCRIPT, jobs_js, &jobs_js_len},
    {"pad.js", SCRIPT, pad_js, &pad_js_len},
    {"door.js", SCRIPT, door_js, &door_js_len},
    {"desk.js", SCRIPT, desk_js, &desk_js_len},
    {"options.js", SCRIPT, options_js, &options_js_len},
    {"mine.js", SCRIPT, mine_js, &mine_js_len},
    {"others.js", SCRIPT, others_js, &others_js_len},
    {"panel.js", SCRIPT, panel_js, &panel_js_len},
    {"panel.css", "text/css; charset=utf-8", panel_css, &panel_css_len},
    {"icon.svg", "image/svg+xml", icon_svg, &icon_svg_len},
    {"messages.en.json", "application/json", messages_en_json, &messages_en_json_len},
    {"messages.de.json", "application/json", messages_de_json, &messages_de_json_len},
};

/* The page says itself that a printer is not known; the status says it to programs. */
void serve_panel(struct request *r)
{
    const struct web_opts *o = &r->web->opts;
    const unsigned status = o->printer(o->arg, r->parameter) != NULL ? MHD_HTTP_OK : MHD_HTTP_NOT_FOUND;

    reply_file(r, status, "text/html; charset=utf-8", panel_html, panel_html_len);
}

void serve_static(struct request *r)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(files[i].name, r->parameter) == 0) {
            reply_file(r, MHD_HTTP_OK, files[i].type, files[i].bytes, *files[i].len);
            return;
        }
    }
    reply_error(r, MHD_HTTP_NOT_FOUND, "no-such-page", "There is nothing here.");
}
