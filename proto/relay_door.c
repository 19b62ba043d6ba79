/* SPDX-License-Identifier: Apache-2.0 */
/* relay_door: how a node joins, routes of relay/API.md: the device scout's side and the new node's. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/relay_session.h"

#define ANSWER_MAX_LEN 4096
#define WAIT_MOST_S    60
#define ANSWER_GRACE_S 30 /* for the answer to travel, after the wait */

static void door_path(char path[static RELAY_PATH_SIZE], const uint8_t door[static DOOR_LEN], const char *rest)
{
    char hex[2 * DOOR_LEN + 1];

    hex_write(door, DOOR_LEN, hex);
    snprintf(path, RELAY_PATH_SIZE, "/v1/doors/%s%s", hex, rest);
}

enum err relay_open_door(struct relay *r, const uint8_t door[static DOOR_LEN], uint64_t expires_unix_ms, uint32_t uses)
{
    char path[RELAY_PATH_SIZE];
    uint8_t body[12];
    struct wbuf w = wbuf_of(body, sizeof body);
    enum err e;

    if ((e = wbuf_u64(&w, expires_unix_ms)) != OK || (e = wbuf_u32(&w, uses)) != OK)
        return e;
    door_path(path, door, "");
    return relay_call_signed_in(r, &(struct relay_call){.method = "PUT", .path = path, .body = body, .len = w.len});
}

enum err relay_close_door(struct relay *r, const uint8_t door[static DOOR_LEN])
{
    char path[RELAY_PATH_SIZE];

    door_path(path, door, "");
    return relay_call_signed_in(r, &(struct relay_call){.method = "DELETE", .path = path});
}

enum err relay_answer_door(struct relay *r, const uint8_t door[static DOOR_LEN], struct id message,
                           const uint8_t *sealed, size_t len)
{
    char path[RELAY_PATH_SIZE], rest[16 + ID_HEX_SIZE];

    snprintf(rest, sizeof rest, "/answers/%s", RELAY_HEX(message));
    door_path(path, door, rest);
    return relay_call_signed_in(r, &(struct relay_call){.method = "PUT", .path = path, .body = sealed, .len = len});
}

/* The path behind a door and the token that opens it, for a node that has no session. */
static void joining(char path[static RELAY_PATH_SIZE], char token[static RELAY_TOKEN_SIZE], struct id site,
                    const struct join_keys *k, const char *rest)
{
    char hex[2 * DOOR_LEN + 1];

    hex_write(k->door, DOOR_LEN, hex);
    hex_write(k->token, KEY_LEN, token);
    snprintf(path, RELAY_PATH_SIZE, "/v1/sites/%s/doors/%s/%s", RELAY_HEX(site), hex, rest);
}

enum err relay_join(struct relay *r, struct id site, const struct join_keys *k, struct id recipient, struct id message,
                    const uint8_t *sealed, size_t len)
{
    char path[RELAY_PATH_SIZE], rest[2 * ID_HEX_SIZE], token[RELAY_TOKEN_SIZE];
    struct relay_answer a = {0};
    enum err e;

    snprintf(rest, sizeof rest, "%s/%s", RELAY_HEX(recipient), RELAY_HEX(message));
    joining(path, token, site, k, rest);
    e = relay_call_plain(
        r, &(struct relay_call){.method = "POST", .path = path, .token = token, .body = sealed, .len = len}, &a);
    secret_wipe(token, sizeof token);
    if (e != OK)
        return e;
    free(a.bytes);
    return a.status == 401 ? ERR_REFUSED : relay_from_status(a.status);
}

enum err relay_join_answer(struct relay *r, struct id site, const struct join_keys *k, struct id message,
                           unsigned wait_s, uint8_t **out, size_t *outlen)
{
    char path[RELAY_PATH_SIZE], rest[32 + ID_HEX_SIZE], token[RELAY_TOKEN_SIZE];
    struct relay_call c = {.method = "GET", .path = path, .token = token, .answer_max = ANSWER_MAX_LEN};
    struct relay_answer a = {0};
    enum err e;

    if (wait_s > WAIT_MOST_S)
        wait_s = WAIT_MOST_S;
    c.timeout_s = wait_s + ANSWER_GRACE_S;
    snprintf(rest, sizeof rest, "answers/%s?wait=%u", RELAY_HEX(message), wait_s);
    joining(path, token, site, k, rest);
    e = relay_call_plain(r, &c, &a);
    secret_wipe(token, sizeof token);
    if (e != OK)
        return e;
    if (a.status == 200 && a.len > 0) {
        *out = a.bytes; /* the caller owns them now */
        *outlen = a.len;
        return OK;
    }
    free(a.bytes);
    if (a.status == 204)
        return ERR_TIMEOUT;
    return a.status == 200 ? ERR_PEER : a.status == 401 ? ERR_REFUSED : relay_from_status(a.status);
}
