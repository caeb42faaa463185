// SPDX-License-Identifier: GPL-2.0-or-later
/* kdump_write.c, small_note.c: a small core has the pages it was to have, and says why not others. */
#define _GNU_SOURCE
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/elf_note.h"
#include "made_core.h"
#include "readers/core/kdump_write.h"
#include "readers/small_note.h"

#define PAGE 4096u

static struct arena arena;
static struct error why;
static struct core *core, *made;
static struct kdump_content content;
static struct core_record record;
static uint64_t bytes;

static const struct made_page pages[] = {{.pfn = 0, .packing = PACKED_ZLIB},
					 {.pfn = 1, .left_out = true},
					 {.pfn = 3, .packing = PACKED_LZO},
					 {.pfn = 10, .packing = PACKED_SNAPPY},
					 {.pfn = 11, .packing = PACKED_ZSTD},
					 {.pfn = 12, .left_out = true},
					 {.pfn = 40, .packing = PACKED_NOT},
					 {.pfn = 63, .packing = PACKED_ZLIB}};
static const char info[] = "OSRELEASE=5.10.0-46-amd64\nNUMBER(phys_base)=-4096\n";

static struct core *open_core(const char *path, struct core_record *record)
{
	struct core_request request = {.files = &path, .n = 1, .record = record};
	struct core *c = core_open(&arena, &request, &why);

	if (!c)
		fail_msg("%s", why.text);
	return c;
}

static int begin(void **state)
{
	struct made_core m = {.pages = pages, .n = ARRAY_SIZE(pages), .vmcoreinfo = info};
	struct bytes b;

	(void)state;
	memset(&content, 0, sizeof(content));
	content.pages = &record.given;
	made_note(&m.notes, "CORE", 1, "registers", 9);
	b = made_kdump(&m);
	core = open_core(made_file("core", b), &record);
	bytes_free(&b);
	bytes_free(&m.notes);
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (core)
		core_close(core);
	if (made)
		core_close(made);
	core = made = NULL;
	arena_free(&arena);
	made_core_remove();
	return 0;
}

/* ---- what is written -------------------------------------------------------------- */

static void read_page(uint64_t pfn)
{
	const unsigned char *page;

	core_page(core, pfn, &page);
}

static void add_notes(const struct small_note *note)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, &content.notes_size);
	size_t size;
	const unsigned char *notes = core_notes(core, &size);

	assert_true(small_note_write(out, notes, size, note));
	fclose(out);
	content.notes = arena_alloc(&arena, content.notes_size);
	memcpy((char *)content.notes, text, content.notes_size);
	free(text);
}

static const char *path_of(const char *name)
{
	return arena_printf(&arena, "%s/%s", made_folder(), name);
}

static bool write_it(const char *path, const struct progress *progress)
{
	struct new_file f;
	bool ok;

	assert_true(new_file_open(&arena, &f, path));
	ok = kdump_write(&arena, core, &content, &f, progress, &bytes, &why);
	if (ok)
		assert_true(new_file_keep(&f, 0600));
	else
		new_file_remove(&f);
	return ok;
}

static void write_small(const struct small_note *note)
{
	const char *path = path_of("small");
	struct stat st;

	if (note)
		add_notes(note);
	if (!write_it(path, &(struct progress){0}))
		fail_msg("%s", why.text);
	made = open_core(path, NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, bytes);
	assert_int_equal(st.st_mode & 0777, 0600);
	unlink(path);
}

static void is_page(uint64_t pfn, const unsigned char *expected)
{
	const unsigned char *page;

	assert_int_equal(core_page(made, pfn, &page), DUMP_OK);
	assert_memory_equal(page, expected, PAGE);
}

static void is_none(uint64_t pfn, enum dump_err err)
{
	const unsigned char *page;

	assert_int_equal(core_page(made, pfn, &page), err);
}

static void pages_that_were_read_and_no_others(void **state)
{
	unsigned char expected[PAGE];

	(void)state;
	read_page(3);
	read_page(40);
	read_page(3);
	read_page(63);
	assert_int_equal(record.given.n, 3);
	write_small(NULL);
	made_fill(3, expected, PAGE);
	is_page(3, expected);
	made_fill(40, expected, PAGE);
	is_page(40, expected);
	made_fill(63, expected, PAGE);
	is_page(63, expected);
	is_none(0, DUMP_EXCLUDED);
	is_none(2, DUMP_ABSENT);
}

static void what_the_core_says_of_itself_stays(void **state)
{
	char release[65];
	struct elf_note note;
	size_t size, at = 0;
	const unsigned char *notes;
	uint64_t v;

	(void)state;
	read_page(0);
	write_small(&(struct small_note){.small.pages = 6});
	assert_true(core_info_text(made, "OSRELEASE", NULL, release, sizeof(release)));
	assert_string_equal(release, "5.10.0-46-amd64");
	assert_true(core_info_number(made, "NUMBER", "phys_base", &v));
	assert_string_equal(core_about(made)->machine, core_about(core)->machine);
	assert_int_equal(core_about(made)->max_pfn, core_about(core)->max_pfn);
	assert_int_equal(core_about(made)->dump_level, core_about(core)->dump_level);
	assert_int_equal(core_about(made)->crash_time, core_about(core)->crash_time);
	assert_false(core_about(made)->incomplete);
	notes = core_notes(made, &size);
	assert_true(elf_note_next(notes, size, &at, &note));
	assert_int_equal(note.size, 9);
	assert_memory_equal(note.desc, "registers", 9);
}

static void pages_of_zeros_are_kept_once(void **state)
{
	static const unsigned char zeros[PAGE];
	uint64_t with;

	(void)state;
	read_page(3);
	read_page(10);
	read_page(11);
	*vec_push(&arena, &content.erased.all) = (struct erasure){3 * PAGE, PAGE, 0};
	*vec_push(&arena, &content.erased.all) = (struct erasure){10 * PAGE, PAGE, 0};
	write_small(NULL);
	is_page(3, zeros);
	is_page(10, zeros);
	with = bytes;
	core_close(made);
	*vec_push(&arena, &content.erased.all) = (struct erasure){11 * PAGE, PAGE, 0};
	write_small(NULL);
	is_page(11, zeros);
	assert_true(bytes < with);
}

static void what_is_erased_is_not_in_it(void **state)
{
	unsigned char expected[PAGE];

	(void)state;
	read_page(10);
	read_page(11);
	*vec_push(&arena, &content.erased.all) = (struct erasure){3 * PAGE, 5, 'a'};
	*vec_push(&arena, &content.erased.all) = (struct erasure){10 * PAGE + 8, 0, 'a'};
	*vec_push(&arena, &content.erased.all) = (struct erasure){10 * PAGE + 8, 5, 'x'};
	*vec_push(&arena, &content.erased.all) =
		(struct erasure){11 * PAGE - 4, 8, 'y'}; /* into the next one */
	write_small(NULL);
	made_fill(10, expected, PAGE);
	memset(expected + 8, 'x', 5);
	memset(expected + PAGE - 4, 'y', 4);
	is_page(10, expected);
	made_fill(11, expected, PAGE);
	memset(expected, 'y', 4);
	is_page(11, expected);
}

/* ---- why a page is not in it -------------------------------------------------------- */

static void each_page_says_why_it_is_not_there(void **state)
{
	struct small_note note = {.small = {SMALL_COMMANDS, true, 6, false}};

	(void)state;
	read_page(0);
	read_page(12);
	assert_true(page_set_has(&record.excluded, 12));
	pfn_ranges_add(&arena, &note.excluded, 12);
	pfn_ranges_add(&arena, &note.damaged, 40);
	write_small(&note);
	assert_non_null(core_about(made)->small);
	assert_int_equal(core_about(made)->small->level, SMALL_COMMANDS);
	assert_true(core_about(made)->small->blank);
	assert_int_equal(core_about(made)->small->pages, 6);
	is_none(12, DUMP_EXCLUDED);
	is_none(40, DUMP_DAMAGED);
	is_none(1, DUMP_CUT);
	is_none(3, DUMP_CUT);
	is_none(2, DUMP_ABSENT);
}

static void a_note_is_found_in_the_file_too(void **state)
{
	struct small_note note = {.small = {SMALL_LEAK, false, 12, false}}, found;
	const char *path = path_of("noted");
	uint64_t pfn;

	(void)state;
	for (pfn = 5; pfn < 9; pfn++)
		pfn_ranges_add(&arena, &note.excluded, pfn);
	pfn_ranges_add(&arena, &note.excluded, 20);
	read_page(0);
	add_notes(&note);
	assert_true(write_it(path, &(struct progress){0}));
	assert_true(small_note_of_file(&arena, path, &found));
	unlink(path);
	assert_int_equal(found.small.level, SMALL_LEAK);
	assert_false(found.small.blank);
	assert_int_equal(found.excluded.all.n, 2);
	assert_int_equal(small_note_why(&found, 4), DUMP_CUT);
	assert_int_equal(small_note_why(&found, 5), DUMP_EXCLUDED);
	assert_int_equal(small_note_why(&found, 8), DUMP_EXCLUDED);
	assert_int_equal(small_note_why(&found, 9), DUMP_CUT);
	assert_int_equal(small_note_why(&found, 20), DUMP_EXCLUDED);
	assert_false(small_note_of_file(&arena, "/dev/null", &found));
	assert_false(small_note_of_file(&arena, "/nonexistent", &found));
}

static void a_table_goes_along(void **state)
{
	struct small_note note = {.small = {SMALL_TRIAGE, .no_types = true}}, found;
	const unsigned char table[] = "five!";
	const char *path = path_of("table");

	(void)state;
	note.table = (struct file_bytes){table, 5};
	read_page(0);
	add_notes(&note);
	assert_true(write_it(path, &(struct progress){0}));
	assert_true(small_note_of_file(&arena, path, &found));
	unlink(path);
	assert_true(found.small.no_types);
	assert_int_equal(found.table.size, 5);
	assert_memory_equal(found.table.bytes, table, 5);
	write_small(&(struct small_note){.small.pages = 6});
	assert_null(core_about(made)->table.bytes);
	assert_false(core_about(made)->small->no_types);
}

static bool parses(const char *text, struct small_note *note)
{
	struct bytes b = {0};
	bool ok;

	made_note(&b, SMALL_NOTE, SMALL_NOTE_TYPE, text, strlen(text));
	ok = small_note_find(&arena, b.v, b.n, note);
	bytes_free(&b);
	return ok;
}

static void notes_that_lie(void **state)
{
	struct small_note note;

	(void)state;
	assert_false(parses("", &note));
	assert_false(parses("vgpu-small 2\nlevel triage\n", &note));
	assert_false(parses("vgpu-small 1\n", &note));
	assert_false(parses("vgpu-small 1\nlevel", &note));
	assert_false(parses("vgpu-small 1\nlevel all\n", &note));
	assert_true(
		parses("vgpu-small 1\nnew words\nlevel leak\nexcluded 5-2 7\n", &note));
	assert_int_equal(note.excluded.all.n, 0);
	assert_true(parses("vgpu-small 1\nlevel leak\nexcluded 1-2 x\nblanket\n", &note));
	assert_int_equal(note.excluded.all.n, 1);
	assert_false(note.small.blank);
	assert_true(
		parses("vgpu-small 1\nlevel leak\nexcluded ffffffffffffffff 3\n", &note));
	assert_int_equal(note.excluded.all.n, 0);
	assert_true(parses("vgpu-small 1\nlevel leak\nexcluded 9 3\n", &note));
	assert_int_equal(note.excluded.all.n, 1);
}

static void a_note_is_of_the_last_who_cut_it(void **state)
{
	struct small_note note = {.small = {SMALL_LEAK, false, 12, false}}, found;
	size_t size;

	(void)state;
	read_page(0);
	add_notes(&note);
	size = content.notes_size;
	note.small.level = SMALL_TRIAGE;
	write_small(&note);
	core_close(core);
	core = made;
	made = NULL;
	add_notes(&note);
	assert_in_range(content.notes_size, size - 8, size + 8);
	assert_true(small_note_find(&arena, (const unsigned char *)content.notes,
				    content.notes_size, &found));
	assert_int_equal(found.small.level, SMALL_TRIAGE);
}

/* ---- what may go wrong ---------------------------------------------------------------- */

static void a_full_disk_is_told(void **state)
{
	struct new_file f = {"small", NULL, open("/dev/full", O_RDWR)};

	(void)state;
	read_page(0);
	assert_false(kdump_write(&arena, core, &content, &f, &(struct progress){0},
				 &bytes, &why));
	assert_string_equal(why.text, "small: No space left on device");
	close(f.fd);
}

static bool at_once(void)
{
	return true;
}

static void nothing_is_left_of_what_is_not_whole(void **state)
{
	const char *path = path_of("gone");

	(void)state;
	read_page(0);
	assert_false(write_it(path, &(struct progress){.interrupted = at_once}));
	assert_contains(why.text, "interrupted while");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rmdir(made_folder()), -1); /* the core itself is in it */
}

static void a_page_that_is_gone_is_told(void **state)
{
	(void)state;
	page_set_add(&record.given, 2);
	assert_false(write_it(path_of("small"), &(struct progress){0}));
	assert_string_equal(why.text, "page 0x2 can no more be read");
}

/* ---- sets of pages ---------------------------------------------------------------------- */

static void a_set_has_each_once_and_in_order(void **state)
{
	static const uint64_t all[] = {0, 1, 63, 64, 32767, 32768, 200000, 1ull << 30};
	struct page_set s = {.arena = &arena};
	uint64_t pfn = 0;
	size_t i;

	(void)state;
	assert_false(page_set_next(&s, &pfn));
	assert_false(page_set_has(&s, 1ull << 35));
	for (i = ARRAY_SIZE(all); i--;) {
		page_set_add(&s, all[i]);
		page_set_add(&s, all[i]);
	}
	assert_int_equal(s.n, ARRAY_SIZE(all));
	for (i = 0, pfn = 0; page_set_next(&s, &pfn); i++, pfn++)
		assert_int_equal(pfn, all[i]);
	assert_int_equal(i, ARRAY_SIZE(all));
	assert_true(page_set_has(&s, 32768));
	assert_false(page_set_has(&s, 32769));
}

#define write_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		write_test(pages_that_were_read_and_no_others),
		write_test(what_the_core_says_of_itself_stays),
		write_test(pages_of_zeros_are_kept_once),
		write_test(what_is_erased_is_not_in_it),
		write_test(each_page_says_why_it_is_not_there),
		write_test(a_note_is_found_in_the_file_too),
		write_test(a_table_goes_along),
		write_test(notes_that_lie),
		write_test(a_note_is_of_the_last_who_cut_it),
		write_test(a_full_disk_is_told),
		write_test(nothing_is_left_of_what_is_not_whole),
		write_test(a_page_that_is_gone_is_told),
		write_test(a_set_has_each_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
