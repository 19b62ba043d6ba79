/* SPDX-License-Identifier: Apache-2.0 */
/* journal: an append-only file and its entries in memory, oldest first; written anew when it has grown. */
#include "printscout/courier/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "printscout/courier/journal_record.h"

#define FILE_NAME "journal"
#define ENTRIES   (2 * JOURNAL_KEPT) /* then the older half of the answered ones goes */
#define FILE_MAX  ((size_t)16 << 20) /* never reached: the file is written anew long before */
#define GROWN_LEN ((uint64_t)4 << 20)

struct journal {
    int dir, fd;
    uint64_t len; /* of the file, up to its last whole record */
    size_t count;
    struct journal_entry entries[ENTRIES];
};

static struct journal_entry *find(const struct journal *j, struct id order)
{
    for (size_t i = j->count; i > 0; i--) { /* the newest are asked for most */
        if (id_equal(j->entries[i - 1].order, order))
            return (struct journal_entry *)&j->entries[i - 1];
    }
    return NULL;
}

const struct journal_entry *journal_find(const struct journal *j, struct id order)
{
    return find(j, order);
}

static void clear(struct journal_entry *entry)
{
    free(entry->uri);
    free(entry->report);
    *entry = (struct journal_entry){0};
}

/* Make room in memory: the oldest answered entries go until JOURNAL_KEPT are left. */
static void shrink(struct journal *j)
{
    size_t surplus = j->count > JOURNAL_KEPT ? j->count - JOURNAL_KEPT : 0, kept = 0;

    for (size_t i = 0; i < j->count; i++) {
        if (surplus > 0 && j->entries[i].report != NULL) {
            clear(&j->entries[i]);
            surplus--;
        } else {
            j->entries[kept++] = j->entries[i];
        }
    }
    j->count = kept;
}

static enum err new_entry(struct journal *j, struct id order, struct journal_entry **out)
{
    if (j->count == ENTRIES)
        shrink(j);
    if (j->count == ENTRIES)
        return ERR_FULL; /* two thousand deliveries under way: impossible, and refused all the same */
    *out = &j->entries[j->count++];
    **out = (struct journal_entry){.order = order};
    return OK;
}

static enum err set_report(struct journal_entry *entry, const uint8_t *report, size_t len)
{
    uint8_t *copy = malloc(len + 1); /* never NULL for an empty one */

    if (copy == NULL)
        return ERR_NOMEM;
    if (len > 0)
        memcpy(copy, report, len);
    free(entry->report);
    entry->report = copy;
    entry->report_len = len;
    return OK;
}

/* What a record does to the entries in memory; the same while reading and after appending. */
static enum err apply(struct journal *j, const struct journal_record *r)
{
    struct journal_entry *entry = find(j, r->order);
    enum err e;

    if (entry == NULL && (e = new_entry(j, r->order, &entry)) != OK)
        return e;
    switch (r->type) {
    case JOURNAL_ACCEPTED:
        entry->job = r->job;
        memcpy(entry->sha256, r->sha256, sizeof r->sha256);
        entry->protocol = r->protocol;
        entry->keep = r->keep;
        memcpy(entry->pin, r->pin, sizeof r->pin);
        free(entry->uri);
        return (entry->uri = strdup(r->uri)) != NULL ? OK : ERR_NOMEM;
    case JOURNAL_SENT:
        entry->sent = 1;
        return OK;
    case JOURNAL_ANSWERED:
        memcpy(entry->sha256, r->sha256, sizeof r->sha256);
        return set_report(entry, r->report, r->report_len);
    }
    return ERR_FORMAT;
}

static enum err read_all(struct journal *j)
{
    struct journal_record r;
    uint8_t *bytes = NULL;
    size_t len;
    struct rbuf b;
    enum err e = file_read(j->dir, FILE_NAME, FILE_MAX, &bytes, &len);

    if (e != OK)
        return e == ERR_NOTFOUND ? OK : e;
    b = rbuf_of(bytes, len);
    while ((e = journal_record_read(&b, &r)) == OK && (e = apply(j, &r)) == OK)
        continue;
    j->len = len - b.left;
    free(bytes);
    return e == ERR_NOTFOUND ? OK : e;
}

/* The records that make this entry again. */
static enum err write_entry(const struct journal_entry *entry, struct wbuf *out)
{
    struct journal_record r = {.order = entry->order,
                               .job = entry->job,
                               .protocol = entry->protocol,
                               .keep = entry->keep,
                               .report = entry->report,
                               .report_len = entry->report_len};
    enum err e;

    memcpy(r.sha256, entry->sha256, sizeof r.sha256);
    memcpy(r.pin, entry->pin, sizeof r.pin);
    if (entry->report != NULL) {
        r.type = JOURNAL_ANSWERED;
        return journal_record_write(&r, out);
    }
    r.type = JOURNAL_ACCEPTED;
    if (entry->uri != NULL)
        strcpy(r.uri, entry->uri);
    if ((e = journal_record_write(&r, out)) != OK || !entry->sent)
        return e;
    r.type = JOURNAL_SENT;
    return journal_record_write(&r, out);
}

/* Replace the file by what is in memory, and open the new one. */
static enum err rewrite(struct journal *j)
{
    struct wbuf b;
    uint8_t *bytes;
    int fd = -1;
    enum err e = OK;

    shrink(j);
    if ((bytes = malloc((j->count + 1) * 2 * JOURNAL_RECORD_MAX)) == NULL)
        return ERR_NOMEM;
    b = wbuf_of(bytes, (j->count + 1) * 2 * JOURNAL_RECORD_MAX);
    for (size_t i = 0; i < j->count; i++) {
        if ((e = write_entry(&j->entries[i], &b)) != OK)
            goto out;
    }
    if ((e = file_replace(j->dir, FILE_NAME, b.start, b.len, 0600)) != OK)
        goto out;
    e = ERR_IO;
    if ((fd = openat(j->dir, FILE_NAME, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        goto out;
    if (j->fd >= 0)
        close(j->fd);
    j->fd = fd; /* the journal owns it now */
    j->len = b.len;
    e = OK;
out:
    free(bytes);
    return e;
}

enum err journal_open(int state_dir, struct journal **out)
{
    struct journal *j = calloc(1, sizeof *j);
    enum err e = ERR_NOMEM, damage;

    if (j == NULL)
        goto out;
    j->dir = state_dir;
    j->fd = -1;
    damage = read_all(j);
    if ((e = damage) != OK && damage != ERR_FORMAT)
        goto out;
    if ((e = rewrite(j)) != OK)
        goto out;
    *out = j; /* the caller owns it now */
    j = NULL;
    e = damage;
out:
    journal_close(j);
    return e;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->count; i++)
        clear(&j->entries[i]);
    if (j->fd >= 0)
        close(j->fd);
    free(j);
}

void journal_each_open(struct journal *j, journal_open_fn *fn, void *arg)
{
    for (size_t i = 0; i < j->count; i++) {
        if (j->entries[i].report == NULL)
            fn(arg, &j->entries[i]);
    }
}

/* Append one record. What a failed write left behind the last whole one is cut off again. */
static enum err append(struct journal *j, const struct journal_record *r, int durable)
{
    uint8_t bytes[JOURNAL_RECORD_MAX + 16];
    struct wbuf b = wbuf_of(bytes, sizeof bytes);
    enum err e;

    if (j->len > GROWN_LEN && (e = rewrite(j)) != OK)
        return e;
    if ((e = journal_record_write(r, &b)) != OK)
        return e;
    if (lseek(j->fd, (off_t)j->len, SEEK_SET) < 0)
        return ERR_IO;
    e = file_write(j->fd, b.start, b.len);
    if (e == OK && durable && fdatasync(j->fd) != 0)
        e = ERR_IO; /* and not tried again: see file_sync */
    if (e != OK) {
        if (ftruncate(j->fd, (off_t)j->len) != 0)
            log_error("journal_not_mended", "errno=%d", errno);
        return e;
    }
    j->len += b.len;
    return apply(j, r);
}

enum err journal_accept(struct journal *j, const struct order *o, const uint8_t sha256[static 32])
{
    struct journal_record r = {
        .type = JOURNAL_ACCEPTED, .order = o->order, .job = o->job, .protocol = o->protocol, .keep = o->keep};

    if (find(j, o->order) != NULL)
        return ERR_EXISTS;
    memcpy(r.sha256, sha256, sizeof r.sha256);
    memcpy(r.pin, o->printer_pin, sizeof r.pin);
    strcpy(r.uri, o->printer_uri);
    return append(j, &r, 1);
}

enum err journal_sent(struct journal *j, struct id order)
{
    return append(j, &(struct journal_record){.type = JOURNAL_SENT, .order = order}, 0);
}

enum err journal_answer(struct journal *j, struct id order, const uint8_t sha256[static 32], const uint8_t *report,
                        size_t len)
{
    struct journal_record r = {.type = JOURNAL_ANSWERED, .order = order, .report = report, .report_len = len};

    memcpy(r.sha256, sha256, sizeof r.sha256);
    return append(j, &r, 0);
}
