// SPDX-License-Identifier: GPL-2.0-or-later
/* What objects are, told from their bytes. */
#include "test.h"

#include "fake_slab.h"
#include "facts/slab_whatis.h"

static const struct gpus no_gpus;
static kaddr_t cache, slab;
static unsigned char bytes[128];

static int set_up(void **state)
{
	struct fake *f = fake_5_10();

	*state = f;
	fake_pages(f);
	cache = fake_cache(f, "kmalloc-128", 128, 128);
	slab = fake_slab(f, cache);
	memset(bytes, 0, sizeof(bytes));
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

static void word(size_t at, uint64_t v)
{
	memcpy(bytes + at, &v, sizeof(v));
}

/* The type of an object with these bytes, at the slab's object 0. */
static const struct object_type *type_of(struct fake *f)
{
	struct slabs *s = slabs_get(fake_dump(f));
	struct typer *t;

	assert_non_null(s);
	t = typer_create(fake_dump(f), s, &no_gpus);
	return typer_of(t, &s->caches.all.v[0], slab, bytes);
}

static void assert_type(struct fake *f, enum object_kind kind, const char *name)
{
	const struct object_type *type = type_of(f);

	assert_int_equal(type->kind, kind);
	assert_string_equal(type->name, name);
}

static void fences_by_ops(void **state)
{
	struct fake *f = *state;
	size_t at = (size_t)layout_offset(fake_dump(f), DMA_FENCE_OPS);

	word(at, fake_variable(f, "dma_fence_array_ops", 64));
	assert_type(f, KIND_DMA_FENCE, "dma_fence_array");
	word(at, fake_variable(f, "drm_sched_fence_ops_finished", 64));
	assert_int_equal(type_of(f)->kind, KIND_SYMBOL);
	word(at, fake_variable(f, "nouveau_fence_ops", 64));
	assert_type(f, KIND_DMA_FENCE, "dma_fence (nouveau_fence_ops)");
	/* Inside of the symbol is not the symbol. */
	word(at, fake_value(f, "nouveau_fence_ops") + 8);
	assert_int_not_equal(type_of(f)->kind, KIND_DMA_FENCE);
}

static void sync_files(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	kaddr_t files = fake_cache(f, "filp", 256, 256), file = fake_slab(f, files);

	fake_variable(f, "sync_file_fops", 256);
	fake_id_set(f, file, FILE_OP, fake_value(f, "sync_file_fops"));
	word((size_t)layout_offset(d, SYNC_FILE_FILE), file);
	assert_type(f, KIND_SYNC_FILE, "sync_file");
	fake_id_set(f, file, FILE_OP, fake_value(f, "sync_file_fops") + 8);
	assert_int_not_equal(type_of(f)->kind, KIND_SYNC_FILE);
	/* Not in the dump: nothing is proved. */
	fake_exclude(f, file, FAKE_PAGE);
	assert_int_not_equal(type_of(f)->kind, KIND_SYNC_FILE);
}

static void descriptor(size_t i, uint64_t addr, uint32_t len, uint32_t flags,
		       uint32_t next)
{
	word(i * 16, addr);
	word(i * 16 + 8, len | (uint64_t)flags << 32 | (uint64_t)next << 48);
}

static void indirect_tables(void **state)
{
	struct fake *f = *state;

	descriptor(0, 0x1000040, 24, 1, 1);
	descriptor(1, 0x1002000, 4096, 1, 2);
	descriptor(2, 0x1003000, 24, 2, 0);
	word(64, 0x6b6b6b6b6b6b6b6b); /* what was there before */
	assert_type(f, KIND_INDIRECT_TABLE, "vring_desc[] (indirect table)");
	descriptor(1, 0x1002000, 4096, 1, 3); /* not the next one */
	assert_int_not_equal(type_of(f)->kind, KIND_INDIRECT_TABLE);
	descriptor(1, 1ull << 50, 4096, 1, 2); /* no such memory */
	assert_int_not_equal(type_of(f)->kind, KIND_INDIRECT_TABLE);
	descriptor(0, 0x1000040, 24, 0, 0); /* a chain of one could be anything */
	assert_int_not_equal(type_of(f)->kind, KIND_INDIRECT_TABLE);
}

static void mem_entries(void **state)
{
	struct fake *f = *state;
	size_t i;

	for (i = 0; i < 7; i++)
		descriptor(i, 0x1000000 + i * 0x3000, 4096 << i % 2, 0, 0);
	assert_type(f, KIND_MEM_ENTRIES, "virtio_gpu_mem_entry[]");
	descriptor(3, 0x1000010, 4096, 0, 0);
	assert_int_not_equal(type_of(f)->kind, KIND_MEM_ENTRIES);
}

static void fence_pointers(void **state)
{
	struct fake *f = *state;
	kaddr_t fences = fake_cache(f, "kmalloc-64", 64, 64), a = fake_slab(f, fences);
	size_t at = (size_t)layout_offset(fake_dump(f), DMA_FENCE_OPS);
	kaddr_t ops = fake_variable(f, "virtio_fence_ops", 64);
	size_t i;

	for (i = 0; i < 4; i++) {
		fake_ptr(f, a + i * 64 + at, ops);
		word(i * 8, a + i * 64);
	}
	assert_type(f, KIND_FENCE_POINTERS, "dma_fence *[]");
	fake_ptr(f, a + 2 * 64 + at, ops + 8);
	assert_int_not_equal(type_of(f)->kind, KIND_FENCE_POINTERS);
}

static void symbols(void **state)
{
	struct fake *f = *state;

	word(24, fake_function(f, "delayed_work_timer_fn", NULL, 0, 64));
	assert_type(f, KIND_SYMBOL, "delayed_work_timer_fn at +24");
	/* A structure of operations says more, wherever it is. */
	word(40, fake_variable(f, "ext4_file_operations", 64));
	assert_type(f, KIND_SYMBOL, "ext4_file_operations at +40");
}

static void lists(void **state)
{
	struct fake *f = *state;

	word(16, slab + 5 * 128 + 16);
	assert_type(f, KIND_LINKED, "list_head at +16");
	word(16, slab + 5 * 128 + 24); /* to another place of it */
	assert_int_not_equal(type_of(f)->kind, KIND_LINKED);
}

/* Of one type some are linked to each other and some to themselves: it has one name. */
static void empty_lists(void **state)
{
	struct fake *f = *state;
	struct slabs *s = slabs_get(fake_dump(f));
	struct typer *t = typer_create(fake_dump(f), s, &no_gpus);
	const struct slab_cache *c = &s->caches.all.v[0];
	const struct object_type *type;

	word(16, slab + 16);
	type = typer_of(t, c, slab, bytes);
	assert_int_equal(type->kind, KIND_LINKED);
	assert_string_equal(type->name, "list_head at +16");
	word(16, slab + 5 * 128 + 16);
	assert_ptr_equal(typer_of(t, c, slab, bytes), type);
	assert_string_equal(type->name, "list_head at +16");
}

static void texts(void **state)
{
	struct fake *f = *state;

	memcpy(bytes, "usb-storage", sizeof("usb-storage"));
	assert_type(f, KIND_TEXT, "text");
	bytes[11] = 0x80;
	assert_int_not_equal(type_of(f)->kind, KIND_TEXT);
}

static void shapes(void **state)
{
	struct fake *f = *state;

	assert_type(f, KIND_ZERO, "all zero");
	word(0, slab + 128 + 8); /* not the same place of it */
	word(8, 7);
	word(16, 0xdead000000000122);
	word(24, 0x6b6b6b6b6b6b6b6b);
	word(32, 0x123456789abc);
	assert_type(f, KIND_SHAPE, "words onL6x0");
}

/* A GEM object is the driver's by its device and by the functions that it has. */
static void gpu_objects(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	kaddr_t drm = fake_alloc(f, 64), vgdev = fake_alloc(f, 4096), big;
	struct gpu gpu = {.read = true, .drm = drm, .vgdev = vgdev};
	struct gpus gpus = {.state = GPUS_FOUND};
	struct slab_cache c = {.object_size = 512, .size = 512};
	static unsigned char object[512];
	struct typer *t;
	size_t dev;
	uint64_t funcs;

	*vec_push(d->arena, &gpus.all) = gpu;
	dump_load_module(d, "virtio_gpu", NULL);
	assert_in_range(layout_size(d, GPU_OBJECT), 8, 512);
	dev = (size_t)(layout_offset(d, GPU_OBJECT_GEM) + layout_offset(d, GEM_DEV));
	funcs = fake_variable(f, "virtio_gpu_shmem_funcs", 64);
	big = fake_alloc(f, 512);
	memset(object, 0, sizeof(object));
	memcpy(object + dev, &drm, 8);
	memcpy(object + 320, &funcs, 8);
	t = typer_create(d, slabs_get(d), &gpus);
	assert_string_equal(typer_of(t, &c, big, object)->name, "virtio_gpu_object");
	/* Another driver's, and one of its other structures. */
	memset(object + dev, 0, 8);
	assert_string_equal(typer_of(t, &c, big, object)->name,
			    "virtio_gpu_shmem_funcs at +320");
	memcpy(object + dev, &drm, 8);
	memset(object + 320, 0, 8);
	assert_int_not_equal(typer_of(t, &c, big, object)->kind, KIND_GPU_OBJECT);
}

static void too_many_shapes(void **state)
{
	struct fake *f = *state;
	struct slabs *s = slabs_get(fake_dump(f));
	struct typer *t = typer_create(fake_dump(f), s, &no_gpus);
	static const uint64_t letters[] = {0, 7, 0xdead000000000100, 0x6b6b6b6b6b6b6b6b,
					   0x123456789abc};
	struct object_type **all;
	size_t i, k, n, v, total = 0;

	for (i = 1; i < 625; i++) {
		for (k = 0, v = i; k < 4; k++, v /= 5)
			word(8 + k * 8, letters[v % 5]);
		typer_count(t, &s->caches.all.v[0], slab, bytes);
	}
	all = typer_all(t, &n);
	assert_in_range(n, 200, 300);
	for (i = 0; i < n; i++) {
		total += all[i]->count;
		assert_true(i == 0 || all[i]->count <= all[i - 1]->count);
	}
	assert_int_equal(total, 624);
	assert_int_equal(all[0]->kind, KIND_OTHER);
}

/* As ::whatis: the object, its state, who points to it. */
static void whatis(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	kaddr_t data = fake_variable(f, "_sdata", 64);
	struct slabs *s = slabs_get(d);
	struct tasks tasks = {0};
	struct slab_whatis w;

	fake_symbol(f, "_edata", data + 64);
	fake_ptr(f, data + 8, slab + 5 * 128 + 32);
	fake_ptr(f, slab + 9 * 128 + 16, slab + 5 * 128);
	fake_ptr(f, slab + 5 * 128 + 64, slab + 5 * 128); /* itself: nobody else */
	slab_whatis_read(d, s, &no_gpus, &tasks, slab + 5 * 128 + 3, &w);
	assert_true(w.in_object);
	assert_int_equal(w.object.addr, slab + 5 * 128);
	assert_int_equal(w.object.offset, 3);
	assert_int_equal(w.state, OBJECT_ALLOCATED);
	assert_int_equal(w.found, 2);
	assert_string_equal(w.references.v[0].place, "_sdata+0x8");
	assert_int_equal(w.references.v[1].at, slab + 9 * 128 + 16);
	assert_int_equal(w.references.v[1].object.offset, 16);
	slab_whatis_read(d, s, &no_gpus, &tasks, FAKE_NOWHERE, &w);
	assert_false(w.in_slab);
	assert_null(w.symbol);
	assert_false(w.has_page);
}

/* 2 MB of bss are slabs by now, which are there under their own addresses too. */
static void whatis_leaves_out_bss_that_was_freed(void **state)
{
	struct fake *f = *state;
	kaddr_t bss = fake_variable(f, "__bss_start", 64);
	struct slabs *s = slabs_get(fake_dump(f));
	struct tasks tasks = {0};
	struct slab_whatis w;

	fake_symbol(f, "__start_bss_decrypted_unused", bss + 16);
	fake_symbol(f, "__end_bss_decrypted", bss + 48);
	fake_symbol(f, "__bss_stop", bss + 64);
	fake_ptr(f, bss + 8, slab + 5 * 128);
	fake_ptr(f, bss + 16, slab + 5 * 128);
	fake_ptr(f, bss + 40, slab + 5 * 128);
	fake_ptr(f, bss + 56, slab + 5 * 128);
	slab_whatis_read(fake_dump(f), s, &no_gpus, &tasks, slab + 5 * 128, &w);
	assert_int_equal(w.found, 2);
	assert_int_equal(w.references.v[0].at, bss + 8);
	assert_int_equal(w.references.v[1].at, bss + 56);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(fences_by_ops),   test(sync_files),
		test(indirect_tables), test(mem_entries),
		test(symbols),	       test(lists),
		test(empty_lists),     test(fence_pointers),
		test(texts),	       test(shapes),
		test(too_many_shapes), test(whatis),
		test(gpu_objects),     test(whatis_leaves_out_bss_that_was_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
