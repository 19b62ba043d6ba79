/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain: no byte of it changes unseen; a power cut costs at most the line that was being written. */
#include "devicescout/keyholder/audit.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "crypto/label.h"
#include "devicescout/keyholder/audit_file.h"
#include "tests/unit/scratch.h"

static uint8_t site_public[KEY_LEN], site_secret[SIGN_SECRET_LEN];

static int set_up(void **state)
{
    const uint8_t seed[KEY_LEN] = {1};

    log_start("test", LOG_ERROR_);
    if (crypto_start() != OK || sign_pair(seed, site_public, site_secret) != OK)
        return -1;
    return scratch_new(state);
}

static enum err open_log(const struct scratch *s, uint64_t from, const struct audit_mark *least,
                         audit_replay_fn *replay, void *arg, struct audit **out)
{
    return audit_open(&(struct audit_opts){.dirfd = s->fd,
                                           .site_public = site_public,
                                           .site_secret = site_secret,
                                           .facts_from = from,
                                           .least = least != NULL ? *least : (struct audit_mark){.number = 0},
                                           .replay = replay,
                                           .arg = arg},
                      out);
}

static enum err count_entry(void *arg, const struct audit_entry *entry)
{
    (void)entry;
    ++*(size_t *)arg;
    return OK;
}

static struct audit *must_open(const struct scratch *s)
{
    struct audit *a = NULL;

    assert_int_equal(open_log(s, 0, NULL, NULL, NULL, &a), OK);
    return a;
}

static const char *segment(const struct scratch *s, uint64_t first, char out[static 256])
{
    char name[AUDIT_NAME_SIZE];

    snprintf(out, 256, "%s/audit/%s", s->path, audit_segment_name(first, name));
    return out;
}

static size_t file_size(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return (size_t)st.st_size;
}

static void flip(const char *path, size_t at, uint8_t with)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= with;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

static enum err verify_page(const uint8_t *page, size_t len, struct audit_mark *mark)
{
    while (len > 0) {
        const uint8_t *newline = memchr(page, '\n', len);
        const size_t n = (size_t)(newline - page);
        const struct audit_mark before = *mark;
        struct audit_entry entry;

        if (audit_chain_read(mark, (const char *)page, n, &entry) != OK)
            return ERR_AUTH;
        if (strcmp(entry.event, AUDIT_CHECKPOINT) == 0 && audit_checkpoint_check(&entry, &before, site_public) != OK)
            return ERR_AUTH;
        page += n + 1;
        len -= n + 1;
    }
    return OK;
}

/* What `devicescout audit verify` does with the lines that it is given. ERR_AUTH: damaged. */
static enum err verify(struct audit *a)
{
    static uint8_t page[65536];
    struct audit_mark mark = {0};
    uint64_t from = 1, next = 0;

    for (;;) {
        struct wbuf out = wbuf_of(page, sizeof page);

        if (audit_read(a, from, &out, &next) != OK || verify_page(page, out.len, &mark) != OK)
            return ERR_AUTH;
        if (next == from)
            return mark.number == audit_end(a).number ? OK : ERR_AUTH;
        from = next;
    }
}

static void any_changed_byte_is_found_while_it_runs_and_at_the_next_start(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s), *again = NULL;
    struct audit_mark end;
    char path[256];
    size_t size;

    assert_int_equal(audit_add(a, "grant", "job=%s person=%s", "00", "alice"), OK);
    assert_int_equal(audit_checkpoint(a), OK);
    assert_int_equal(audit_add(a, "refused", "op=%s", "grant"), OK);
    assert_int_equal(audit_sync(a), OK);
    assert_int_equal(verify(a), OK);
    end = audit_end(a);
    size = file_size(segment(s, 1, path));
    for (size_t at = 0; at < size; at++) {
        static const uint8_t with[] = {0x01, 0x20, 0x80};

        for (size_t i = 0; i < sizeof with; i++) {
            flip(path, at, with[i]);
            assert_int_equal(verify(a), ERR_AUTH);
            assert_int_equal(open_log(s, 0, &end, NULL, NULL, &again), ERR_AUTH);
            flip(path, at, with[i]);
        }
    }
    assert_int_equal(file_size(path), size); /* looking mended nothing */
    assert_int_equal(verify(a), OK);
    audit_free(a);
}

static void a_line_taken_out_doubled_or_moved_is_found(void **state)
{
    static const char *const edits[] = {"sed -i 2d %s", "sed -i 2p %s", "sed -i '2{h;d};3{G}' %s"};
    struct scratch *s = *state;
    struct audit *again = NULL;
    char path[256], command[400];

    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        struct audit *a = must_open(s);

        for (int n = 0; n < 4; n++)
            assert_int_equal(audit_add(a, "refused", "n=%d", n), OK);
        audit_free(a);
        snprintf(command, sizeof command, "cp -p %s %s/kept", segment(s, 1, path), s->path);
        assert_int_equal(system(command), 0);
        snprintf(command, sizeof command, edits[i], path);
        assert_int_equal(system(command), 0);
        assert_int_equal(open_log(s, 0, NULL, NULL, NULL, &again), ERR_AUTH);
        snprintf(command, sizeof command, "mv %s/kept %s", s->path, path);
        assert_int_equal(system(command), 0);
    }
}

static void a_chain_rehashed_by_who_cannot_sign_fails_at_its_checkpoint(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    struct audit_mark mark = {0};
    char path[256], forged[4 * AUDIT_LINE_MAX] = "", line[AUDIT_LINE_MAX + 1], signature[160];
    uint8_t other_public[KEY_LEN], other_secret[SIGN_SECRET_LEN], bytes[AUDIT_CHECKPOINT_LEN], sig[SIGNATURE_LEN];
    const uint8_t seed[KEY_LEN] = {2};
    size_t len;
    int fd;

    assert_int_equal(audit_add(a, "grant", "person=%s", "alice"), OK);
    assert_int_equal(audit_checkpoint(a), OK);
    assert_int_equal(sign_pair(seed, other_public, other_secret), OK);
    assert_int_equal(audit_chain_write(&mark, 1, "grant", "person=bob", line, &len), OK);
    strcat(forged, line);
    audit_checkpoint_bytes(verify_key_id(site_public), &mark, bytes);
    assert_int_equal(SIGN(LABEL_AUDIT, bytes, sizeof bytes, other_secret, sig), OK);
    strcpy(signature, "signature=");
    hex_write(sig, sizeof sig, signature + strlen(signature));
    assert_int_equal(audit_chain_write(&mark, 2, AUDIT_CHECKPOINT, signature, line, &len), OK);
    strcat(forged, line);
    assert_true((fd = open(segment(s, 1, path), O_WRONLY | O_TRUNC | O_CLOEXEC)) >= 0);
    assert_int_equal(file_write(fd, forged, strlen(forged)), OK);
    close(fd);
    assert_int_equal(verify(a), ERR_AUTH);
    audit_free(a);
}

static void a_log_cut_shorter_than_it_was_is_found(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s), *again = NULL;
    struct audit_mark least;
    char path[256];
    size_t size;

    assert_int_equal(audit_add(a, "grant", "n=%d", 1), OK);
    size = file_size(segment(s, 1, path));
    assert_int_equal(audit_add(a, "close", "n=%d", 2), OK);
    least = audit_end(a);
    audit_free(a);
    assert_int_equal(truncate(path, (off_t)size), 0);
    assert_int_equal(open_log(s, 0, &least, NULL, NULL, &again), ERR_AUTH);
    assert_int_equal(open_log(s, 0, NULL, NULL, NULL, &again), OK); /* without that knowledge it looks whole */
    audit_free(again);
}

static void half_a_line_at_the_end_is_cut_off_and_the_chain_goes_on(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    struct audit_mark before, after;
    char path[256], line[AUDIT_LINE_MAX + 1];
    size_t size, len;

    assert_int_equal(audit_add(a, "grant", "n=%d", 1), OK);
    audit_free(a);
    a = must_open(s);
    before = audit_end(a);
    audit_free(a);
    size = file_size(segment(s, 1, path));
    after = before;
    assert_int_equal(audit_chain_write(&after, 5, "grant", "n=2", line, &len), OK);
    for (size_t cut = 1; cut < len; cut++) {
        int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(file_write(fd, line, cut), OK);
        close(fd);
        a = must_open(s);
        assert_int_equal(audit_end(a).number, before.number);
        assert_int_equal(file_size(path), size);
        assert_int_equal(audit_checkpoint(a), OK);
        assert_int_equal(verify(a), OK);
        audit_free(a);
        assert_int_equal(truncate(path, (off_t)size), 0);
    }
}

static void nothing_that_anybody_says_makes_a_line_or_a_field(void **state)
{
    static const char *const evil[] = {
        "a b", "a\nb", "x=y", "%41", "\x1b[2J", "\x7f", "caf\xc3\xa9", "a\"b'c", "1 2 grant job=1", ""};
    struct scratch *s = *state;
    struct audit *a = must_open(s);

    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        char escaped[64];

        audit_escape(evil[i], escaped, sizeof escaped);
        assert_null(strpbrk(escaped, " \n=\x1b\x7f\""));
        assert_int_equal(audit_add(a, "refused", "owner=%s person=%s", escaped, "alice"), OK);
        assert_int_equal(audit_add(a, "refused", "%s", evil[i]),
                         strpbrk(evil[i], "\n\x1b\x7f\xc3\"") != NULL ? ERR_FORMAT : OK); /* a caller that forgot */
    }
    assert_int_equal(audit_add(a, "Grant", "a=%d", 1), ERR_FORMAT);
    assert_int_equal(audit_add(a, "gr ant", "a=%d", 1), ERR_FORMAT);
    assert_int_equal(verify(a), OK);
    audit_free(a);
}

static void a_line_of_old_still_follows_and_its_fields_are_read(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    struct audit_mark mark = {0};
    struct audit_entry e;
    char line[AUDIT_LINE_MAX + 1], by[8];
    size_t len;

    assert_int_equal(audit_add(a, "scout.sign_in", "detail=%s", "person%3Dalice%20by%3D1%20printer%3Dmono"), OK);
    assert_int_equal(verify(a), OK);
    audit_free(a);
    assert_int_equal(audit_chain_write(&mark, 1, "scout.sign_in", "detail=person%3Dalice%20by%3D1", line, &len), OK);
    assert_int_equal(audit_chain_fields(line, len - 1, &e), OK);
    assert_int_equal(audit_value(&e, "by", by, sizeof by), OK);
    assert_string_equal(by, "1");
}

static void an_escape_is_never_cut_in_half(void **state)
{
    char out[8];

    (void)state;
    for (size_t size = 1; size <= sizeof out; size++) {
        audit_escape("\xc3\xa9\xc3\xa9", out, size);
        assert_int_equal(strlen(out) % 3, 0);
        assert_true(strlen(out) < size);
    }
}

static void old_segments_are_skipped_and_the_chain_still_holds(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    struct audit_mark end;
    uint64_t from;
    size_t all = 0, late = 0;
    char path[256];

    for (int i = 0; i < 10; i++)
        assert_int_equal(audit_add(a, "grant", "n=%d", i), OK);
    assert_int_equal(audit_rotate(a), OK);
    from = audit_end(a).number + 1;
    for (int i = 0; i < 5; i++)
        assert_int_equal(audit_add(a, "grant", "n=%d", i), OK);
    audit_free(a);
    assert_int_equal(open_log(s, 0, NULL, count_entry, &all, &a), OK);
    end = audit_end(a);
    audit_free(a);
    assert_int_equal(open_log(s, from, &end, count_entry, &late, &a), OK);
    assert_int_equal(late, 6); /* five, and the checkpoint of the end */
    assert_int_equal(all, 10 + 1 + 6);
    assert_int_equal(verify(a), OK);
    audit_free(a);
    /* The last line of what is skipped is what the next segment follows. */
    segment(s, 1, path);
    flip(path, file_size(path) - 5, 1);
    assert_int_equal(open_log(s, from, &end, count_entry, &late, &a), ERR_AUTH);
}

static void a_missing_segment_is_found(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    uint64_t second;
    char path[256];

    for (int i = 0; i < 3; i++) {
        assert_int_equal(audit_add(a, "grant", "n=%d", i), OK);
        if (i == 0)
            second = audit_end(a).number + 2; /* behind the checkpoint of the end of this one */
        assert_int_equal(audit_rotate(a), OK);
    }
    audit_free(a);
    assert_int_equal(unlink(segment(s, second, path)), 0);
    assert_int_equal(open_log(s, 0, NULL, NULL, NULL, &a), ERR_AUTH);
}

static void pages_give_every_line_once_across_segments(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    uint64_t from = 1, next = 0;
    size_t lines = 0;

    for (int i = 0; i < 300; i++) {
        assert_int_equal(audit_add(a, "refused", "n=%d", i), OK);
        if (i % 70 == 0)
            assert_int_equal(audit_rotate(a), OK);
    }
    for (;;) {
        uint8_t page[2 * AUDIT_LINE_MAX];
        struct wbuf out = wbuf_of(page, sizeof page);

        assert_int_equal(audit_read(a, from, &out, &next), OK);
        for (size_t i = 0; i < out.len; i++)
            lines += page[i] == '\n';
        assert_int_equal(lines, next - 1);
        if (next == from)
            break;
        from = next;
    }
    assert_int_equal(lines, audit_end(a).number);
    audit_free(a);
}

static void a_log_that_failed_once_is_not_written_again(void **state)
{
    struct scratch *s = *state;
    struct audit *a = must_open(s);
    char path[256], target[256];
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_int_equal(audit_add(a, "grant", "n=%d", 1), OK);
    segment(s, 1, path);
    for (int fd = 3; fd < 64; fd++) {
        char link[64];
        ssize_t n;

        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        n = readlink(link, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strcmp(target, path) == 0)
            assert_int_equal(dup2(full, fd), fd); /* takes no byte, cannot be cut, cannot be synced */
    }
    close(full);
    assert_int_not_equal(audit_add(a, "grant", "n=%d", 2), OK);
    assert_int_equal(audit_sync(a), ERR_IO);
    assert_int_equal(audit_add(a, "grant", "n=%d", 3), ERR_IO);
    audit_free(a);
    a = must_open(s);
    assert_int_equal(audit_end(a).number, 1);
    audit_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_changed_byte_is_found_while_it_runs_and_at_the_next_start, set_up,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(a_line_taken_out_doubled_or_moved_is_found, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(a_chain_rehashed_by_who_cannot_sign_fails_at_its_checkpoint, set_up,
                                        scratch_free),
        cmocka_unit_test_setup_teardown(a_log_cut_shorter_than_it_was_is_found, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(half_a_line_at_the_end_is_cut_off_and_the_chain_goes_on, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(nothing_that_anybody_says_makes_a_line_or_a_field, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(a_line_of_old_still_follows_and_its_fields_are_read, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(an_escape_is_never_cut_in_half, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(old_segments_are_skipped_and_the_chain_still_holds, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(a_missing_segment_is_found, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(pages_give_every_line_once_across_segments, set_up, scratch_free),
        cmocka_unit_test_setup_teardown(a_log_that_failed_once_is_not_written_again, set_up, scratch_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
