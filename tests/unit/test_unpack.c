// SPDX-License-Identifier: GPL-2.0-or-later
/* unpack.c, packer.c: a core that was packed as a whole is read as if it were not. */
#define _GNU_SOURCE
#include "test.h"

#include <dirent.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/base.h"
#include "made_core.h"
#include "readers/core/core.h"

#define PAGE 4096u

static struct arena arena;
static struct error why;
static struct core *core;

static int end(void **state)
{
	(void)state;
	if (core)
		core_close(core);
	core = NULL;
	arena_free(&arena);
	made_core_remove();
	unsetenv("TMPDIR");
	return 0;
}

/* ---- pack ------------------------------------------------------------------- */

static struct bytes pack_gzip_at(struct bytes from, int level)
{
	struct bytes to = {0};
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	bytes_add(&to, NULL, deflateBound(&z, from.n));
	z.next_in = from.v;
	z.avail_in = (unsigned int)from.n;
	z.next_out = to.v;
	z.avail_out = (unsigned int)to.n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to.n = z.total_out;
	deflateEnd(&z);
	return to;
}

static struct bytes pack_gzip(struct bytes from)
{
	return pack_gzip_at(from, 1);
}

static struct bytes pack_xz(struct bytes from)
{
	struct bytes to = {0};
	size_t n = 0;

	bytes_add(&to, NULL, lzma_stream_buffer_bound(from.n));
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, from.v,
						 from.n, to.v, &n, to.n),
			 LZMA_OK);
	to.n = n;
	return to;
}

static struct bytes pack_zstd(struct bytes from)
{
	struct bytes to = {0};

	bytes_add(&to, NULL, ZSTD_compressBound(from.n));
	to.n = ZSTD_compress(to.v, to.n, from.v, from.n, 1);
	return to;
}

static const struct {
	const char *name;
	struct bytes (*pack)(struct bytes from);
} packers[] = {{"gzip", pack_gzip}, {"xz", pack_xz}, {"zstd", pack_zstd}};

/* ---- a core ----------------------------------------------------------------- */

static struct made_page pages[400];
static const struct made_core whole = {.pages = pages,
				       .n = ARRAY_SIZE(pages),
				       .max_pfn = 1000,
				       .vmcoreinfo = "LAST=1"};

/* With all its bytes in it 1.6 MB, more than is unpacked in one go. */
static struct bytes made_whole(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = (struct made_page){.pfn = 2 * i};
	return made_kdump(&whole);
}

static struct bytes packed(size_t i)
{
	struct bytes b = made_whole(), to = packers[i].pack(b);

	bytes_free(&b);
	return to;
}

static struct core *open_bytes(struct bytes b, uint64_t max, const struct progress *p)
{
	const char *path = made_file("core", b);
	struct core_request request = {.files = &path, .n = 1, .unpack_max = max};

	bytes_free(&b);
	if (p)
		request.progress = *p;
	if (core)
		core_close(core);
	*why.text = '\0';
	core = core_open(&arena, &request, &why);
	return core;
}

static void opens(struct bytes b)
{
	if (!open_bytes(b, 0, NULL))
		fail_msg("%s", why.text);
}

static void is_refused(struct bytes b, uint64_t max, const char *words)
{
	assert_null(open_bytes(b, max, NULL));
	if (!strstr(why.text, words))
		fail_msg("\"%s\" and not \"%s\"", why.text, words);
}

static void has_pages(size_t from, size_t to)
{
	unsigned char expected[PAGE];
	const unsigned char *page;
	size_t i;

	for (i = from; i < to; i++) {
		made_page(&whole, &pages[i], expected);
		assert_int_equal(core_page(core, pages[i].pfn, &page), DUMP_OK);
		assert_memory_equal(page, expected, PAGE);
	}
}

static size_t files_there(void)
{
	DIR *d = opendir(made_folder());
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d)))
		n += e->d_name[0] != '.' || !strncmp(e->d_name, ".vgpu", 5);
	closedir(d);
	return n;
}

/* ---- tests ------------------------------------------------------------------ */

static void each_packer(void **state)
{
	char format[64];
	struct bytes b;
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		b = packed(i);
		n = b.n;
		opens(b);
		snprintf(format, sizeof(format), "kdump-compressed, packed by %s",
			 packers[i].name);
		assert_string_equal(core_about(core)->format, format);
		assert_int_equal(core_about(core)->file_bytes, n);
		assert_false(core_about(core)->incomplete);
		has_pages(0, whole.n);
		/* What it is unpacked into has no name. */
		assert_int_equal(files_there(), 1);
	}
}

static void flattened_and_packed(void **state)
{
	struct bytes b = made_whole(), flat = made_flattened();

	(void)state;
	made_record(&flat, 0, b.v, b.n);
	made_record_end(&flat);
	bytes_free(&b);
	b = pack_zstd(flat);
	bytes_free(&flat);
	opens(b);
	assert_string_equal(core_about(core)->format,
			    "kdump-compressed, flattened, packed by zstd");
	has_pages(0, whole.n);
}

/* pigz, pixz and `cat` make such. */
static void packed_in_pieces(void **state)
{
	struct bytes b = made_whole(), first, second, to;
	size_t i, half = b.n / 2;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		to = packers[i].pack((struct bytes){b.v, half});
		first = packers[i].pack((struct bytes){b.v, 0});
		second = packers[i].pack((struct bytes){b.v + half, b.n - half});
		bytes_add(&to, first.v, first.n);
		bytes_add(&to, second.v, second.n);
		bytes_free(&first);
		bytes_free(&second);
		opens(to);
		assert_false(core_about(core)->incomplete);
		has_pages(0, whole.n);
	}
	bytes_free(&b);
}

/* One that ends where the bytes that were read at once end. */
static void piece_that_ends_with_what_was_read(void **state)
{
	struct bytes b = made_whole(), to = {0}, first, second;
	size_t n = 128 << 10;

	(void)state;
	/* Kept as it is, so that its length can be chosen. */
	while (n && to.n != 128 << 10) {
		bytes_free(&to);
		to = pack_gzip_at((struct bytes){b.v, --n}, 0);
	}
	assert_int_equal(to.n, 128 << 10);
	first = bytes_copy(to);
	second = pack_gzip((struct bytes){b.v + n, b.n - n});
	bytes_add(&first, second.v, second.n);
	opens(first);
	assert_false(core_about(core)->incomplete);
	has_pages(0, whole.n);
	/* Alone it is a core that was cut before it was packed. */
	opens(to);
	assert_true(core_about(core)->incomplete);
	bytes_free(&second);
	bytes_free(&b);
}

static void zeros_behind_it_are_nothing(void **state)
{
	struct bytes b = packed(0);

	(void)state;
	bytes_add(&b, NULL, 5000);
	opens(b);
	assert_false(core_about(core)->incomplete);
	has_pages(0, whole.n);
}

static void cut_is_taken_as_far_as_it_goes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes b = packed(i);

		b.n -= b.n / 4;
		opens(b);
		assert_true(core_about(core)->incomplete);
		has_pages(0, whole.n / 4);
	}
}

static void damage_is_seen(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes b = packed(i);

		memset(b.v + b.n / 2, 0xff, 64);
		if (open_bytes(b, 0, NULL))
			assert_true(core_about(core)->incomplete);
		b = packed(i);
		memset(b.v + 8, 0xff, 64);
		assert_null(open_bytes(b, 0, NULL));
		b = packed(i);
		b.n = 6;
		is_refused(b, 0, "packed by ");
	}
}

/* Wherever a byte is wrong: it is opened or refused. */
static void any_damage(void **state)
{
	struct bytes b;
	size_t i, at, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		b = packed(i);
		for (k = 0; k < 200; k++) {
			struct bytes wrong = bytes_copy(b);

			at = k < 60 ? k : k < 120 ? b.n - 1 - (k - 60) : k * b.n / 200;
			wrong.v[at] ^= (unsigned char)(1u << k % 8);
			open_bytes(wrong, 64 << 20, NULL);
			assert_int_equal(files_there(), 1);
		}
		bytes_free(&b);
	}
}

static void limit_is_kept(void **state)
{
	size_t i;

	(void)state;
	/* All three say beforehand how much it will be. */
	for (i = 0; i < ARRAY_SIZE(packers); i++)
		is_refused(packed(i), 1 << 20,
			   "core: unpacked it is 1 MB, and the limit is 1");
}

static void limit_is_kept_by_who_lies(void **state)
{
	struct bytes b = packed(0);

	(void)state;
	/* gzip's last four bytes are its length. */
	memset(b.v + b.n - 4, 0, 4);
	is_refused(b, 1 << 20, "core: unpacked it is larger than 1 MB, the limit");
}

static void room_is_looked_at_first(void **state)
{
	/* A frame of zstd that says to be of 2^60 bytes. */
	struct bytes b = {0};

	(void)state;
	bytes_add(&b, "\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10", 13);
	is_refused(b, 1ull << 61, "unpacked it is 1099511627776 MB, and ");
	assert_non_null(strstr(why.text, " has room for "));
}

/* What went around there, or is of the last piece alone, is less than it is packed. */
static void gzip_counts_modulo_4_gb(void **state)
{
	struct bytes junk = {0}, b;
	uint64_t seed = 1;
	size_t i;

	(void)state;
	bytes_add(&junk, NULL, 3 << 20);
	for (i = 0; i < junk.n; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		junk.v[i] = (unsigned char)(seed >> 56);
	}
	b = pack_gzip(junk);
	bytes_free(&junk);
	memset(b.v + b.n - 4, 0, 4);
	is_refused(b, 2 << 20, "unpacked it is 3 MB, and the limit is 2");
}

static void other_places_where_there_is_none_beside(void **state)
{
	struct bytes b = packed(1);
	char path[64];
	FILE *f = tmpfile();
	const char *file = path;
	struct core_request request = {.files = &file, .n = 1};

	(void)state;
	assert_int_equal(fwrite(b.v, 1, b.n, f), b.n);
	fflush(f);
	bytes_free(&b);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	setenv("TMPDIR", made_folder(), 1);
	*why.text = '\0';
	core = core_open(&arena, &request, &why);
	assert_non_null(core);
	assert_string_equal(why.text, "");
	has_pages(0, whole.n);
	core_close(core);
	setenv("TMPDIR", "/nonexistent", 1);
	core = core_open(&arena, &request, &why);
	assert_non_null(core);
	has_pages(0, whole.n);
	fclose(f);
}

static void core_in_this_folder(void **state)
{
	struct bytes b = packed(2);
	const char *name = "core";
	struct core_request request = {.files = &name, .n = 1};
	char *was = getcwd(NULL, 0);

	(void)state;
	made_file("core", b);
	bytes_free(&b);
	assert_int_equal(chdir(made_folder()), 0);
	core = core_open(&arena, &request, &why);
	assert_int_equal(chdir(was), 0);
	free(was);
	assert_non_null(core);
	has_pages(0, whole.n);
}

static uint64_t told, told_of;

static void tell(const char *what, uint64_t done, uint64_t of)
{
	if (strcmp(what, "unpacking") != 0)
		return;
	told = done;
	told_of = of;
}

static bool soon(void)
{
	return told > 0;
}

static void it_is_told_and_ends(void **state)
{
	struct progress progress = {.tell = tell};
	struct bytes b = packed(0);
	size_t n = b.n;

	(void)state;
	assert_non_null(open_bytes(b, 0, &progress));
	assert_int_equal(told, n);
	assert_int_equal(told_of, n);
	told = 0;
	progress.interrupted = soon;
	assert_null(open_bytes(packed(0), 0, &progress));
	assert_non_null(strstr(why.text, "interrupted while unpacking"));
	assert_int_equal(files_there(), 1);
}

static void packed_twice_is_named(void **state)
{
	struct bytes b = packed(0), twice = pack_xz(b);

	(void)state;
	bytes_free(&b);
	is_refused(twice, 0, "packed twice: unpack it first");
}

/* Most of a machine's memory may be zeros: they take no room. */
static void zeros_take_no_room(void **state)
{
	static const struct made_segment segment = {.filesz = 4 * PAGE,
						    .memsz = 4 * PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};
	struct bytes b = made_elf(&m), to;
	const unsigned char *page;

	(void)state;
	bytes_add(&b, NULL, 3 << 20);
	to = pack_zstd(b);
	bytes_free(&b);
	opens(to);
	assert_false(core_about(core)->incomplete);
	assert_int_equal(core_page(core, 3, &page), DUMP_OK);
	assert_int_equal(page[4], 4);
}

#define unpack_test(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unpack_test(each_packer),
		unpack_test(flattened_and_packed),
		unpack_test(packed_in_pieces),
		unpack_test(piece_that_ends_with_what_was_read),
		unpack_test(zeros_behind_it_are_nothing),
		unpack_test(cut_is_taken_as_far_as_it_goes),
		unpack_test(damage_is_seen),
		unpack_test(any_damage),
		unpack_test(limit_is_kept),
		unpack_test(limit_is_kept_by_who_lies),
		unpack_test(room_is_looked_at_first),
		unpack_test(gzip_counts_modulo_4_gb),
		unpack_test(other_places_where_there_is_none_beside),
		unpack_test(core_in_this_folder),
		unpack_test(it_is_told_and_ends),
		unpack_test(packed_twice_is_named),
		unpack_test(zeros_take_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
