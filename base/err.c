/* SPDX-License-Identifier: Apache-2.0 */
/* err: the names and sentences of the errors, in one table. */
#include "base/err.h"

static const struct {
    const char *name;
    const char *text;
} errors[ERR_COUNT] = {
    [OK] = {"ok", "It worked."},
    [ERR_NOMEM] = {"no-memory", "Memory ran out."},
    [ERR_IO] = {"io", "The operating system refused to read or write."},
    [ERR_FULL] = {"full", "There is no space left."},
    [ERR_FORMAT] = {"format", "The data is not what its format allows."},
    [ERR_LIMIT] = {"limit", "It is larger, or comes more often, than allowed."},
    [ERR_AUTH] = {"auth", "The signature or the secret does not match."},
    [ERR_REFUSED] = {"refused", "It is not allowed here."},
    [ERR_NOTFOUND] = {"not-found", "There is no such thing."},
    [ERR_EXISTS] = {"exists", "It is already there."},
    [ERR_STATE] = {"state", "It is not in the state that this needs."},
    [ERR_STALE] = {"stale", "It is older than what is known."},
    [ERR_REPLAY] = {"replay", "It was seen before."},
    [ERR_EXPIRED] = {"expired", "It is past its deadline."},
    [ERR_TIMEOUT] = {"timeout", "The other side took too long."},
    [ERR_UNREACHABLE] = {"unreachable", "There is no connection to the other side."},
    [ERR_PEER] = {"peer", "The other side answered with an error."},
    [ERR_UNSUPPORTED] = {"unsupported", "This version does not know how to do that."},
    [ERR_CONFIG] = {"config", "A setting is wrong."},
};

const char *err_name(enum err e)
{
    return (unsigned)e < ERR_COUNT ? errors[e].name : "unnamed";
}

const char *err_text(enum err e)
{
    return (unsigned)e < ERR_COUNT ? errors[e].text : "An error without a name.";
}
