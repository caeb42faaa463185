// SPDX-License-Identifier: GPL-2.0-or-later
/* layout_table.c, table_types.c, table_make.c: what vgpu asks of types, in a file. */
#define _GNU_SOURCE
#include "test.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_btf.h"
#include "readers/core/table_make.h"
#include "scratch.h"

#define BANNER "Linux version 5.10.0-32-arm64 (builder) #1 SMP Debian"

struct given {
	struct arena a;
	struct error why;
	struct layout_table *t;
};

static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	*state = &g;
	return 0;
}

static int end(void **state)
{
	struct given *g = *state;

	arena_free(&g->a);
	return 0;
}

static const char *at(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

/* ---- a table ------------------------------------------------------------------ */

static void row(struct given *g, struct table_part *part, enum layout_kind kind,
		const char *name, long offset, long size)
{
	*vec_push(&g->a, &part->rows) = (struct table_row){kind, name, offset, size};
}

static void symbol(struct given *g, struct table_part *part, kaddr_t addr, char type,
		   const char *name, const char *section)
{
	*vec_push(&g->a, &part->symbols.all) =
		(struct symtab_symbol){{addr, name, type}, section};
}

static struct layout_table *some_table(struct given *g)
{
	static const struct build_id id = {{0x7b, 0x04, 0xff}, 3};
	struct layout_table *t = table_create(&g->a, BANNER, &id);
	struct table_part *part = &t->parts.v[0];

	row(g, part, LAYOUT_TYPE, "task_struct", 0, 3904);
	row(g, part, LAYOUT_MEMBER, "task_struct.stack", 32, 8);
	row(g, part, LAYOUT_MEMBER, "list_head.next", 0, 8);
	row(g, part, LAYOUT_ENUMERATOR, "MINUS", -7, 0);
	row(g, part, LAYOUT_VARIABLE, "cached_stacks", 0, 16);
	symbol(g, part, 0xffffffff81000000, 'T', "_stext", NULL);
	symbol(g, part, 0x1f000, 'D', "runqueues", NULL);
	symbol(g, part, 0xffffffff82000040, 'b', "mask.12", NULL);
	part = table_part(&g->a, t, "virtio_gpu");
	part->build_id = id;
	row(g, part, LAYOUT_TYPE, "virtio_gpu_device", 0, 512);
	symbol(g, part, 8, 'd', "virtio_gpu_driver", ".data");
	table_part(&g->a, t, "plain");
	return t;
}

static size_t written(struct given *g, const struct layout_table *t, unsigned char *bytes,
		      size_t size)
{
	FILE *f;

	assert_true(layout_table_write(&g->a, t, at("t.layout"), &g->why));
	f = fopen(at("t.layout"), "r");
	assert_non_null(f);
	size = fread(bytes, 1, size, f);
	fclose(f);
	return size;
}

static struct layout_table *again(struct given *g, const struct layout_table *t)
{
	assert_true(layout_table_write(&g->a, t, at("t.layout"), &g->why));
	g->t = layout_table_read(&g->a, at("t.layout"), &g->why);
	if (!g->t)
		fail_msg("%s", g->why.text);
	return g->t;
}

static void expect(const struct table_part *part, enum layout_kind kind, const char *name,
		   long offset, long size)
{
	const struct table_row *r = layout_table_row(part, kind, name);

	assert_non_null(r);
	assert_int_equal(r->offset, offset);
	assert_int_equal(r->size, size);
}

static void what_is_written_is_read(void **state)
{
	struct given *g = *state;
	const struct layout_table *t = again(g, some_table(g));
	const struct table_part *part = &t->parts.v[0];

	assert_string_equal(t->release, "5.10.0-32-arm64");
	assert_string_equal(t->banner, BANNER);
	assert_int_equal(t->spellings, layout_table_spellings());
	assert_int_equal(part->build_id.n, 3);
	expect(part, LAYOUT_TYPE, "task_struct", 0, 3904);
	expect(part, LAYOUT_MEMBER, "task_struct.stack", 32, 8);
	expect(part, LAYOUT_ENUMERATOR, "MINUS", -7, 0);
	expect(part, LAYOUT_VARIABLE, "cached_stacks", 0, 16);
	assert_null(layout_table_row(part, LAYOUT_TYPE, "cached_stacks"));
	assert_null(layout_table_row(part, LAYOUT_TYPE, "absent"));
	part = layout_table_module(t, "virtio_gpu");
	assert_non_null(part);
	assert_int_equal(part->build_id.n, 3);
	expect(part, LAYOUT_TYPE, "virtio_gpu_device", 0, 512);
	assert_string_equal(part->symbols.all.v[0].section, ".data");
	assert_int_equal(part->symbols.all.v[0].it.addr, 8);
	assert_int_equal(layout_table_module(t, "plain")->build_id.n, 0);
	assert_null(layout_table_module(t, "drm"));
}

/* As far from each other as they were; those of each CPU where they were. */
static void symbols_keep_their_distances(void **state)
{
	struct given *g = *state;
	const struct symtab *s = &again(g, some_table(g))->parts.v[0].symbols;

	assert_int_equal(s->all.n, 3);
	assert_string_equal(s->all.v[0].it.name, "runqueues");
	assert_int_equal(s->all.v[0].it.addr, 0x1f000);
	assert_string_equal(s->all.v[1].it.name, "_stext");
	assert_string_equal(s->all.v[2].it.name, "mask.12");
	assert_int_equal(s->all.v[2].it.type, 'b');
	assert_int_equal(s->all.v[2].it.addr - s->all.v[1].it.addr, 0x1000040);
	assert_int_equal(s->all.v[1].it.addr >> 63, 1);
}

static void its_name_among_others(void **state)
{
	struct given *g = *state;
	const struct build_id none = {.n = 0};
	const struct table_place place = {.path = scratch};
	const char *path;
	char expected[64];

	assert_string_equal(layout_table_name(&g->a, some_table(g)),
			    "5.10.0-32-arm64.7b04ff.layout");
	assert_string_equal(layout_table_name(&g->a, table_create(&g->a, BANNER, &none)),
			    "5.10.0-32-arm64.layout");
	assert_true(table_put(&g->a, some_table(g), &place, &path, &g->why));
	snprintf(expected, sizeof(expected), "%s/5.10.0-32-arm64.7b04ff.layout", scratch);
	assert_string_equal(path, expected);
	assert_false(access(path, R_OK));
	unlink(path);
}

/* A core, a vmlinux: there may be no other of it. */
static void what_it_is_made_of_is_not_written_over(void **state)
{
	struct given *g = *state;
	const char *own = arena_printf(&g->a, "%s/%s", scratch,
				       layout_table_name(&g->a, some_table(g)));
	const char *inputs[] = {at("absent"), own};
	struct table_place place = {inputs[1], inputs, ARRAY_SIZE(inputs)};
	const char *path;
	struct stat st;

	fclose(fopen(own, "we"));
	assert_false(table_put(&g->a, some_table(g), &place, &path, &g->why));
	assert_non_null(strstr(g->why.text, "it is not written over"));
	place.path = scratch; /* in which it would have that name */
	assert_false(table_put(&g->a, some_table(g), &place, &path, &g->why));
	assert_int_equal(stat(own, &st), 0);
	assert_int_equal(st.st_size, 0);
	unlink(own);
}

static void a_banner_that_is_none(void **state)
{
	static const char *const banners[] = {"", "Linux", "Linux version ",
					      "Linux version ../x (y)",
					      "Linux version .x (y)"};
	struct given *g = *state;
	const struct build_id none = {.n = 0};
	size_t i;

	assert_null(table_create(&g->a, NULL, &none));
	for (i = 0; i < ARRAY_SIZE(banners); i++)
		assert_null(table_create(&g->a, banners[i], &none));
}

/* ---- hostile files ---------------------------------------------------------------- */

static bool is_same(const struct layout_table *x, const struct layout_table *y)
{
	size_t i;

	if (strcmp(x->release, y->release) || strcmp(x->banner, y->banner) ||
	    x->parts.n != y->parts.n)
		return false;
	for (i = 0; i < x->parts.n; i++)
		if (x->parts.v[i].rows.n != y->parts.v[i].rows.n ||
		    x->parts.v[i].symbols.all.n != y->parts.v[i].symbols.all.n ||
		    (x->parts.v[i].rows.n &&
		     x->parts.v[i].rows.v[0].size != y->parts.v[i].rows.v[0].size))
			return false;
	return true;
}

/* Of gzip's own head some bytes say nothing of what is in it. */
static void each_byte_damaged_is_refused_or_harmless(void **state)
{
	struct given *g = *state;
	static unsigned char bytes[1 << 16];
	const struct layout_table *whole, *t;
	size_t size = written(g, some_table(g), bytes, sizeof(bytes)), i, harmless = 0;
	unsigned int by;

	whole = layout_table_parse(&g->a, bytes, size, NULL);
	for (i = 0; i < size; i++)
		for (by = 1; by < 256; by++) {
			bytes[i] = (unsigned char)(bytes[i] ^ by);
			t = layout_table_parse(&g->a, bytes, size, &g->why);
			bytes[i] = (unsigned char)(bytes[i] ^ by);
			assert_true(!t || is_same(t, whole));
			harmless += t && by == 1;
		}
	assert_in_range(harmless, 0, 8);
	for (i = 0; i < size; i++)
		assert_null(layout_table_parse(&g->a, bytes, i, &g->why));
	bytes[size] = 0;
	assert_null(layout_table_parse(&g->a, bytes, size + 1, &g->why));
	assert_string_equal(g->why.text, "it is no layout table, or is damaged");
}

static const struct layout_table *parse(struct given *g, const char *text, size_t size)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	static unsigned char packed[1 << 16];
	size_t n = libdeflate_gzip_compress(c, text, size, packed, sizeof(packed));

	libdeflate_free_compressor(c);
	return layout_table_parse(&g->a, packed, n, &g->why);
}

#define HEAD "vgpu-layout 1\nrelease r\nbanner Linux version r\n"

static void wrong_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"X a 1",
		"T",
		"T a",
		"T a b",
		"T a -1",
		"T a 1073741825",
		"T a 99999999999999999999",
		"T a 1 2",
		"T  1",
		"T a\x1b[m 1",
		"M a 1 2",
		"M a.b 1",
		"M a.b 1 x",
		"E a",
		"E a x",
		"E a 0x1",
		"V a",
		"A 8000000000000000 d a",
		"S ffffffffffffffff d a",
		"S 0 d",
		"S 0 dd a",
		"S 0 1 a",
		"D .data 0 d a",
		"module",
		"module m xyz",
		"module m\nS 0 d a",
		"module m\nD .data 80000000 d a",
		"module m\nD .data 0 d",
		"module m\nbuild-id 00",
		"build-id 0",
		"spellings x",
		"release",
		"release a b",
		"banner",
		"",
		"\n",
	};
	struct given *g = *state;
	const char *text;
	size_t i;

	assert_non_null(parse(g, HEAD, strlen(HEAD)));
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		text = arena_printf(&g->a, HEAD "%s\nT b 1\n", lines[i]);
		if (parse(g, text, strlen(text)))
			fail_msg("taken: %s", lines[i]);
	}
	assert_null(parse(g, HEAD "T\n", strlen(HEAD) + 2));
	assert_string_equal(g->why.text, "its line 4 is wrong");
	assert_null(parse(g, "vgpu-layout 2\n", 14));
	assert_string_equal(g->why.text,
			    "it is no layout table of format 1, which this vgpu reads");
	assert_null(parse(g, "vgpu-layout 1\nrelease r\n", 24));
	assert_string_equal(g->why.text, "it does not say of which kernel it is");
	assert_null(parse(g, HEAD "T a\0b 1\n", strlen(HEAD) + 8));
	assert_null(parse(g, "", 0));
}

/* Whoever makes one on purpose gives it a checksum that is right. */
static void damaged_text_does_no_harm(void **state)
{
	struct given *g = *state;
	static const char text[] = HEAD
		"build-id 7b04\nspellings 1f\nT a 8\nM a.b 0 8\nE X -3\nV v 16\n"
		"A 1f000 D runqueues\nS 0 T _stext\nS 40 d x\n"
		"module m 7b\nT c 4\nD .data 8 d y\n";
	char damaged[sizeof(text)];
	size_t i, by;

	assert_non_null(parse(g, text, sizeof(text) - 1));
	for (i = 0; i < sizeof(text) - 1; i++)
		for (by = 1; by < 256; by++) {
			memcpy(damaged, text, sizeof(text));
			damaged[i] = (char)(damaged[i] ^ (char)by);
			parse(g, damaged, sizeof(text) - 1);
			if (by == 255)
				arena_free(&g->a);
		}
}

static void files_that_cannot_be(void **state)
{
	struct given *g = *state;

	assert_null(layout_table_read(&g->a, at("absent"), &g->why));
	assert_non_null(strstr(g->why.text, "/absent: No such file"));
	assert_null(layout_table_read(&g->a, scratch, &g->why));
	assert_false(layout_table_write(&g->a, some_table(g), "/proc/x", &g->why));
	assert_non_null(strstr(g->why.text, "/proc/x: "));
}

/* ---- types of it, and it of types -------------------------------------------------- */

static struct types *types_of(struct given *g, struct made_btf **btf)
{
	struct types *types = types_create(&g->a);
	struct made_btf *m = *btf = made_btf(NULL);
	uint32_t word = made_int(m, "long", 8, MADE_UNSIGNED);
	const unsigned char *bytes;
	size_t size;

	made_struct(m, "module", 640, MEMBER("name", word, 192),
		    MEMBER("list", word, 64));
	made_typedef(m, "xa_node", word);
	bytes = made_btf_bytes(m, &size);
	assert_true(types_add_btf(types, NULL, bytes, size, &g->why));
	return types;
}

static void made_of_what_types_say(void **state)
{
	struct given *g = *state;
	const struct build_id none = {.n = 0};
	struct made_btf *btf;
	struct types *types = types_of(g, &btf), *mine;
	struct layout_table *t = table_create(&g->a, BANNER, &none);
	long offset, size;

	table_take_types(&g->a, t, types);
	assert_int_equal(t->parts.v[0].rows.n, 3);
	mine = types_create(&g->a);
	types_add_table(mine, NULL, &again(g, t)->parts.v[0]);
	assert_true(types_have(mine, NULL));
	assert_true(types_member(mine, "module", "name", &offset, &size));
	assert_int_equal(offset, 24);
	assert_int_equal(size, 8);
	assert_true(types_size(mine, "xa_node", &size));
	assert_int_equal(size, 8);
	assert_false(types_member(mine, "module", "arch", &offset, &size));
	assert_false(types_size(mine, "module", &size));
	assert_false(types_enumerator(mine, "MOD_TEXT", &offset));
	assert_false(types_variable_size(mine, "cached_stacks", &size));
	types_destroy(types);
	made_btf_free(btf);
}

static void whoever_knows_types_comes_first(void **state)
{
	struct given *g = *state;
	struct table_part part = {.module = NULL};
	struct made_btf *btf;
	struct types *types = types_create(&g->a), *known = types_of(g, &btf);
	const unsigned char *bytes;
	size_t n;
	long offset, size;

	row(g, &part, LAYOUT_MEMBER, "module.list", 16, 8);
	row(g, &part, LAYOUT_MEMBER, "module.more", 48, 8);
	layout_table_sort(&part);
	types_add_table(types, NULL, &part);
	bytes = made_btf_bytes(btf, &n);
	assert_true(types_add_btf(types, NULL, bytes, n, &g->why));
	assert_true(types_member(types, "module", "list", &offset, &size));
	assert_int_equal(offset, 8);
	assert_true(types_member(types, "module", "more", &offset, &size));
	assert_false(table_agrees(&part, types_next(known, NULL)));
	part.rows.v[0].offset = 8;
	assert_true(table_agrees(&part, types_next(known, NULL)));
	types_destroy(types);
	types_destroy(known);
	made_btf_free(btf);
}

/* ---- what a table's types look like ----------------------------------------------- */

static struct types *types_of_rows(struct given *g)
{
	struct table_part *part = arena_alloc(&g->a, sizeof(*part));
	struct types *types = types_create(&g->a);

	row(g, part, LAYOUT_TYPE, "task", 0, 3904);
	row(g, part, LAYOUT_TYPE, "bare", 0, 8);
	row(g, part, LAYOUT_MEMBER, "task.se", 64, 200);
	row(g, part, LAYOUT_MEMBER, "task.se", 64, 200);
	row(g, part, LAYOUT_MEMBER, "task.se.on_rq", 96, 4);
	row(g, part, LAYOUT_MEMBER, "task.se_name", 300, 16);
	row(g, part, LAYOUT_MEMBER, "task.info.late", 520, 8);
	row(g, part, LAYOUT_MEMBER, "task.info.early", 512, 2);
	row(g, part, LAYOUT_MEMBER, "task.tail", 600, 0);
	row(g, part, LAYOUT_MEMBER, "task.wrong", -8, 8);
	row(g, part, LAYOUT_MEMBER, "task.large", 8, 0x7fffffffffffffff);
	layout_table_sort(part);
	types_add_table(types, NULL, part);
	return types;
}

static struct dump_type_about about_of(struct types *t, struct dump_type type)
{
	struct dump_type_about about;

	assert_true(types_about(t, type, &about));
	return about;
}

/* Its type's class; at and size in bytes. */
static struct dump_type expect_part(struct types *t, struct dump_type of, size_t i,
				    const char *name, enum dump_type_class class,
				    uint64_t at, uint64_t size)
{
	struct dump_type_member m;

	assert_true(types_part(t, of, i, &m));
	assert_string_equal(m.name, name);
	assert_int_equal(m.bit_offset, at * 8);
	assert_int_equal(about_of(t, m.type).class, class);
	assert_int_equal(about_of(t, m.type).size, size);
	return m.type;
}

static void rows_are_shown_as_members(void **state)
{
	struct types *t = types_of_rows(*state);
	struct dump_type task, more, se, info;

	assert_true(types_find(t, "task", &task));
	assert_true(types_find(t, "task", &more));
	assert_int_equal(task.id, more.id);
	assert_string_equal(about_of(t, task).name, "task");
	assert_int_equal(about_of(t, task).size, 3904);
	assert_int_equal(about_of(t, task).count, 4);
	assert_true(about_of(t, task).is_in_part);
	info = expect_part(t, task, 0, "info", TYPE_STRUCT, 512, 16);
	expect_part(t, info, 0, "early", TYPE_WORD, 0, 2);
	expect_part(t, info, 1, "late", TYPE_WORD, 8, 8);
	se = expect_part(t, task, 1, "se", TYPE_STRUCT, 64, 200);
	assert_int_equal(about_of(t, se).count, 1);
	expect_part(t, se, 0, "on_rq", TYPE_WORD, 32, 4);
	assert_true(about_of(t, se).is_in_part);
	more = expect_part(t, task, 2, "se_name", TYPE_ARRAY, 300, 16);
	assert_int_equal(about_of(t, more).count, 2);
	assert_int_equal(about_of(t, about_of(t, more).of).size, 8);
	more = expect_part(t, task, 3, "tail", TYPE_ARRAY, 600, 0);
	assert_int_equal(about_of(t, more).count, 0);
}

static void of_what_has_no_members_there_is_nothing_to_show(void **state)
{
	struct types *t = types_of_rows(*state);
	struct dump_type_about about;
	struct dump_type_member m;
	struct dump_type type;

	assert_false(types_find(t, "bare", &type));
	assert_false(types_find(t, "tas", &type));
	assert_false(types_find(t, "", &type));
	assert_false(types_find(t, "task.info", &type));
	assert_true(types_find(t, "task", &type));
	assert_false(types_part(t, type, 4, &m));
	type.id = 1000;
	assert_false(types_about(t, type, &about));
	assert_false(types_part(t, type, 0, &m));
}

static void each_spelling_once(void **state)
{
	struct layout_spelling s = {0};
	size_t n = 0;

	(void)state;
	while (layout_next_spelling(&s)) {
		assert_true(s.name[0]);
		assert_null(strpbrk(s.name, "|~ "));
		assert_int_equal(s.kind == LAYOUT_MEMBER, strchr(s.name, '.') != NULL);
		n++;
	}
	assert_true(n > LAYOUT_COUNT);
}

/* ---- of files ------------------------------------------------------------------------ */

static void compile(const char *file, const char *source, const char *how)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "cd %s && printf '%%s' '%s' | gcc -g -O1 -fno-pic -x c - -nostdlib %s "
		 "-Wl,--build-id=0x7b04 -o %s",
		 scratch, source, how, file);
	if (system(command)) /* NOLINT(cert-env33-c): a test may use the compiler */
		fail_msg("%s", command);
}

static const char kernel[] =
	"const char linux_banner[] = \"" BANNER "\\n\"; int data = 1;"
	"const unsigned kallsyms_num_syms = %u;"
	"struct module { long a, b; char name[8]; } module;"
	"struct xa_node { char shift; } node; int _stext(void); int _stext(void) { return data; }";

static void make_files(unsigned int symbols)
{
	char source[sizeof(kernel) + 16];

	snprintf(source, sizeof(source), kernel, symbols);
	compile("vmlinux", source, "-no-pie -Wl,-e,0");
	compile("virtio-gpu.ko",
		"struct module { long other; } m; struct virtio_gpu_device { int x; } g;",
		"-r");
}

static void a_table_of_files(void **state)
{
	struct given *g = *state;
	char vmlinux[64], module[64];
	const char *files[] = {vmlinux, module};
	const struct table_part *part;

	make_files(100);
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", scratch);
	snprintf(module, sizeof(module), "%s/virtio-gpu.ko", scratch);
	g->t = table_of_files(&g->a, files, 2, &g->why);
	if (!g->t)
		fail_msg("%s", g->why.text);
	again(g, g->t);
	assert_string_equal(g->t->banner, BANNER);
	part = &g->t->parts.v[0];
	assert_int_equal(part->build_id.n, 2);
	expect(part, LAYOUT_MEMBER, "module.name", 16, 8);
	expect(part, LAYOUT_TYPE, "xa_node", 0, 1);
	assert_int_equal(part->symbols.all.n, 0);
	/* What the kernel's own part has is not in a module's. */
	part = layout_table_module(g->t, "virtio_gpu");
	assert_non_null(part);
	assert_null(layout_table_row(part, LAYOUT_MEMBER, "module.name"));
	assert_int_equal(part->build_id.n, 2);
}

/* What a core says of itself is written down in lines, and is no line of its own. */
static void names_that_are_no_words(void **state)
{
	struct given *g = *state;
	struct symtab symbols = {0};
	struct symtab_symbol some[] = {
		{{0xffffffff82000000, "data", 'D'}, NULL},
		{{0xffffffff82000000, "a b", 'D'}, NULL},
		{{0xffffffff82000000, "a\nT list_head 1", 'D'}, NULL},
		{{0xffffffff82000000, "letter", '\n'}, NULL},
		{{0xffffffff82000000, "none", '\0'}, NULL},
		{{8, "ops", 'd'}, ".da ta"},
	};
	size_t i;

	g->t = some_table(g);
	for (i = 0; i < ARRAY_SIZE(some); i++)
		*vec_push(&g->a, &symbols.all) = some[i];
	table_take_symbols(&g->a, &g->t->parts.v[0], &symbols);
	assert_int_equal(g->t->parts.v[0].symbols.all.n, 4);
	assert_null(table_part(&g->a, g->t, "a b"));
	assert_null(table_part(&g->a, g->t, ""));
	again(g, g->t);
}

/* Its kallsyms has functions only: then data symbols are in the table. */
static void symbols_where_the_kernel_has_functions_only(void **state)
{
	struct given *g = *state;
	char vmlinux[64], module[64];
	const char *files[] = {vmlinux, module};

	make_files(1);
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", scratch);
	snprintf(module, sizeof(module), "%s/virtio-gpu.ko", scratch);
	g->t = table_of_files(&g->a, files, 2, &g->why);
	assert_non_null(g->t);
	assert_true(g->t->parts.v[0].symbols.all.n >= 5);
	assert_int_equal(layout_table_module(g->t, "virtio_gpu")->symbols.all.n, 2);
}

static void files_that_make_none(void **state)
{
	struct given *g = *state;
	char vmlinux[64], module[64], other[64];
	const char *files[] = {vmlinux, other};

	make_files(100);
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", scratch);
	snprintf(module, sizeof(module), "%s/virtio-gpu.ko", scratch);
	snprintf(other, sizeof(other), "%s/absent.ko", scratch);
	assert_null(table_of_files(&g->a, files, 2, &g->why));
	assert_non_null(strstr(g->why.text, "/absent.ko: "));
	files[1] = vmlinux;
	assert_null(table_of_files(&g->a, files, 2, &g->why));
	assert_non_null(strstr(g->why.text, "a module's file is named NAME.ko"));
	files[0] = module;
	assert_null(table_of_files(&g->a, files, 1, &g->why));
	assert_non_null(strstr(g->why.text, "it is no vmlinux"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_read),
		T(symbols_keep_their_distances),
		T(its_name_among_others),
		T(what_it_is_made_of_is_not_written_over),
		T(a_banner_that_is_none),
		T(each_byte_damaged_is_refused_or_harmless),
		T(wrong_lines_are_refused),
		T(damaged_text_does_no_harm),
		T(files_that_cannot_be),
		T(made_of_what_types_say),
		T(whoever_knows_types_comes_first),
		T(rows_are_shown_as_members),
		T(of_what_has_no_members_there_is_nothing_to_show),
		T(each_spelling_once),
		T(a_table_of_files),
		T(symbols_where_the_kernel_has_functions_only),
		T(names_that_are_no_words),
		T(files_that_make_none),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
