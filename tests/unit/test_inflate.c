// SPDX-License-Identifier: GPL-2.0-or-later
/* inflate.c, snappy.c: a page is made whole again, or it is damaged. */
#include "test.h"

#include "base/base.h"
#include "made_core.h"
#include "readers/core/snappy.h"

/* ---- snappy, byte by byte --------------------------------------------------- */

static void snappy_is(const char *packed, size_t n, const char *text)
{
	unsigned char out[512];
	size_t size = strlen(text), cut;
	/* So that a read behind its end is seen. */
	unsigned char *in = malloc(n);

	memcpy(in, packed, n);
	assert_true(snappy_inflate(in, n, out, size));
	assert_memory_equal(out, text, size);
	assert_false(snappy_inflate(in, n, out, size + 1));
	assert_false(snappy_inflate(in, n, out, size - 1));
	free(in);
	for (cut = 0; cut < n; cut++) {
		in = malloc(cut ? cut : 1);
		memcpy(in, packed, cut);
		assert_false(snappy_inflate(in, cut, out, size));
		free(in);
	}
}

static void snappy_wrong(const char *packed, size_t n, size_t size)
{
	unsigned char out[512];

	assert_false(snappy_inflate((const unsigned char *)packed, n, out, size));
}

#define SNAPPY(bytes) bytes, sizeof(bytes) - 1

static void snappy_bytes_that_follow(void **state)
{
	(void)state;
	snappy_is(SNAPPY("\x05\x10hello"), "hello");
	/* Their number stands behind the tag when it is larger than 60. */
	snappy_is(SNAPPY("\x3d\xf0\x3c"
			 "0123456789012345678901234567890123456789012345678901234567890"),
		  "0123456789012345678901234567890123456789012345678901234567890");
	snappy_is(SNAPPY("\x03\xf4\x02\x00"
			 "abc"),
		  "abc");
	snappy_is(SNAPPY("\x03\xf8\x02\x00\x00"
			 "abc"),
		  "abc");
	snappy_is(SNAPPY("\x03\xfc\x02\x00\x00\x00"
			 "abc"),
		  "abc");
}

static void snappy_copies_of_what_was_before(void **state)
{
	(void)state;
	/* 4 to 11 bytes, an offset of 11 bits. */
	snappy_is(SNAPPY("\x08\x0c"
			 "abcd\x01\x04"),
		  "abcdabcd");
	/* 1 to 64 bytes, an offset of 16 bits, of 32 bits. */
	snappy_is(SNAPPY("\x06\x0c"
			 "abcd\x06\x04\x00"),
		  "abcdab");
	snappy_is(SNAPPY("\x06\x0c"
			 "abcd\x07\x02\x00\x00\x00"),
		  "abcdcd");
	/* It repeats what it makes itself. */
	snappy_is(SNAPPY("\x09\x00"
			 "a\x1e\x01\x00"),
		  "aaaaaaaaa");
	snappy_is(SNAPPY("\x0a\x04"
			 "ab\x1e\x02\x00"),
		  "ababababab");
}

static void snappy_offset_has_its_high_bits_in_the_tag(void **state)
{
	char packed[400] = "\x87\x02\xf4\x02\x01", text[264];
	size_t i;

	(void)state;
	for (i = 0; i < 259; i++)
		packed[5 + i] = text[i] = (char)('a' + i % 26);
	packed[5 + 259] = 0x21;
	packed[5 + 260] = 3;
	memcpy(text + 259, text, 4);
	text[263] = '\0';
	snappy_is(packed, 5 + 259 + 2, text);
}

static void snappy_never_leaves_its_page(void **state)
{
	(void)state;
	/* A copy from before the page, from nowhere, beyond its end. */
	snappy_wrong(SNAPPY("\x08\x0c"
			    "abcd\x01\x05"),
		     8);
	snappy_wrong(SNAPPY("\x08\x0c"
			    "abcd\x01\x00"),
		     8);
	snappy_wrong(SNAPPY("\x08\x0c"
			    "abcd\x1d\x04"),
		     8);
	snappy_wrong(SNAPPY("\x08\x0c"
			    "abcd\xff\xff\xff\xff\xff"),
		     8);
	/* More bytes than the page has, and than there are. */
	snappy_wrong(SNAPPY("\x02\x0c"
			    "abcd"),
		     2);
	snappy_wrong(SNAPPY("\x04\xfc\xff\xff\xff\xff"
			    "abcd"),
		     4);
	/* A length that does not end, another length, too little. */
	snappy_wrong(SNAPPY("\xff\xff\xff\xff\xff\xff\x01"), 1);
	snappy_wrong(SNAPPY("\x05\x0c"
			    "abcd"),
		     4);
	snappy_wrong(SNAPPY("\x05\x0c"
			    "abcd"),
		     5);
}

/* ---- all of them ------------------------------------------------------------ */

static const unsigned int packings[] = {PACKED_NOT, PACKED_ZLIB, PACKED_LZO,
					PACKED_SNAPPY, PACKED_ZSTD};

/* As it stands in a core. */
static struct bytes packed_page(unsigned int packing)
{
	struct made_page page = {.pfn = 5, .packing = packing};
	struct made_core m = {.pages = &page, .n = 1};
	struct bytes core = made_kdump(&m), b = {0};
	const struct kdump_page *d = made_descriptor(&m, core, 0);

	bytes_add(&b, core.v + d->at, d->size);
	bytes_free(&core);
	return b;
}

static void each_packing(void **state)
{
	unsigned char page[4096], out[4096];
	struct inflater inflater = {0};
	struct bytes b;
	size_t i, k;

	(void)state;
	made_fill(5, page, sizeof(page));
	for (k = 0; k < 2; k++)
		for (i = 0; i < ARRAY_SIZE(packings); i++) {
			b = packed_page(packings[i]);
			memset(out, 0, sizeof(out));
			assert_true(inflate_page(&inflater, packings[i], b.v, b.n, out,
						 sizeof(out)));
			assert_true(packings[i] == PACKED_NOT || b.n < sizeof(out));
			assert_memory_equal(out, page, sizeof(page));
			bytes_free(&b);
		}
	inflater_close(&inflater);
}

static void cut_and_damaged(void **state)
{
	struct inflater inflater = {0};
	unsigned char *out = malloc(4096);
	struct bytes b;
	size_t i, n;

	(void)state;
	for (i = 1; i < ARRAY_SIZE(packings); i++) {
		b = packed_page(packings[i]);
		for (n = 0; n < b.n; n += n < 32 || n + 32 > b.n ? 1 : 17) {
			unsigned char *cut = malloc(n ? n : 1);

			memcpy(cut, b.v, n);
			assert_false(
				inflate_page(&inflater, packings[i], cut, n, out, 4096));
			free(cut);
		}
		/* It may become something, but within its page. */
		for (n = 0; n < b.n; n++) {
			b.v[n] ^= 0x55;
			inflate_page(&inflater, packings[i], b.v, b.n, out, 4096);
			b.v[n] ^= 0x55;
		}
		bytes_free(&b);
	}
	free(out);
	inflater_close(&inflater);
}

static void not_of_this_size(void **state)
{
	struct inflater inflater = {0};
	unsigned char out[8192];
	struct bytes b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packings); i++) {
		b = packed_page(packings[i]);
		assert_false(inflate_page(&inflater, packings[i], b.v, b.n, out, 8192));
		assert_false(inflate_page(&inflater, packings[i], b.v, b.n, out, 2048));
		bytes_free(&b);
	}
	inflater_close(&inflater);
}

static void packed_twice_is_not_known(void **state)
{
	struct inflater inflater = {0};
	unsigned char out[4096] = {0};

	(void)state;
	assert_false(inflate_page(&inflater, PACKED_ZLIB | PACKED_LZO, out, sizeof(out),
				  out, sizeof(out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snappy_bytes_that_follow),
		cmocka_unit_test(snappy_copies_of_what_was_before),
		cmocka_unit_test(snappy_offset_has_its_high_bits_in_the_tag),
		cmocka_unit_test(snappy_never_leaves_its_page),
		cmocka_unit_test(each_packing),
		cmocka_unit_test(cut_and_damaged),
		cmocka_unit_test(not_of_this_size),
		cmocka_unit_test(packed_twice_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
