/* SPDX-License-Identifier: Apache-2.0 */
/* basic: see basic.h. */
#include "printscout/queue/basic.h"

#include <string.h>
#include <strings.h>

#define SCHEME     "Basic "
#define PLAIN_MAX  (QUESTION_NAME_MAX + 1 + QUESTION_PASSWORD_MAX)
#define HEADER_MAX (sizeof SCHEME - 1 + 4 * ((PLAIN_MAX + 2) / 3) + 16 /* blanks */)

struct credentials *credentials_new(void)
{
    return secret_new(sizeof(struct credentials));
}

void credentials_free(struct credentials *c)
{
    secret_free(c);
}

/* "name:password". The first colon ends the name; a password may have more. */
static enum err split(const char *plain, size_t len, struct credentials *out)
{
    const char *colon = memchr(plain, ':', len);
    size_t name_len, password_len;

    if (colon == NULL || memchr(plain, '\0', len) != NULL)
        return ERR_FORMAT;
    name_len = (size_t)(colon - plain);
    password_len = len - name_len - 1;
    if (name_len > QUESTION_NAME_MAX || password_len > QUESTION_PASSWORD_MAX)
        return ERR_LIMIT;
    /* An empty password "succeeds" at some directories, for anybody. */
    if (name_len == 0 || password_len == 0 || !text_is_clean(plain, name_len))
        return ERR_FORMAT;
    memcpy(out->name, plain, name_len);
    memcpy(out->password, colon + 1, password_len);
    return OK;
}

static enum err decode(const char *text, struct credentials *out)
{
    char *plain = NULL;
    size_t text_len, len = 0;
    enum err e = ERR_NOMEM;

    text += strspn(text, " ");
    text_len = strcspn(text, " ");
    if ((plain = secret_new(PLAIN_MAX)) == NULL)
        goto out;
    e = ERR_FORMAT;
    if (text[text_len + strspn(text + text_len, " ")] != '\0')
        goto out;
    if ((e = secret_base64_read(text, text_len, plain, PLAIN_MAX, &len)) != OK)
        goto out;
    e = split(plain, len, out);
out:
    secret_free(plain);
    return e;
}

enum err basic_read(char *header, struct credentials *out)
{
    size_t len;
    enum err e;

    memset(out, 0, sizeof *out);
    if (header == NULL)
        return ERR_NOTFOUND;
    len = strlen(header);
    if (len > HEADER_MAX)
        e = ERR_LIMIT;
    else if (strncasecmp(header, SCHEME, sizeof SCHEME - 1) != 0)
        e = ERR_NOTFOUND;
    else
        e = decode(header + sizeof SCHEME - 1, out);
    secret_wipe(header, len);
    return e;
}
