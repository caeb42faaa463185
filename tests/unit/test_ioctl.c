// SPDX-License-Identifier: GPL-2.0-or-later
/* ioctl()s by name, and the driver's copy of what was asked. */
#include "test.h"

#include "kernel/gpu/ioctl.h"

#define EXECBUFFER 0xc0406442
#define EXECBUFFER_5_10 0xc0286442
#define USER 0x7ffd12340000ull

static struct fake *f;
static struct frame frames[8];
static struct stack stack;
static struct execbuffer e;

/* Innermost first: each 0x100 bytes; returns the lowest address. */
static kaddr_t on_stack(const char *const *functions, const char *module)
{
	kaddr_t at = fake_alloc_pages(f, 2 * FAKE_PAGE);

	memset(frames, 0, sizeof(frames));
	for (stack.n = 0; functions[stack.n]; stack.n++)
		frames[stack.n] = (struct frame){.up = stack.n * 0x100,
						 .function = functions[stack.n],
						 .module = stack.n < 2 ? module : ""};
	stack.v = frames;
	stack.sp = at;
	stack.complete = true;
	return at;
}

static kaddr_t in_execbuffer(void)
{
	static const char *const functions[] = {"virtio_gpu_execbuffer_ioctl",
						"drm_ioctl_kernel",
						"drm_ioctl",
						"__x64_sys_ioctl",
						"do_syscall_64",
						NULL};

	return on_stack(functions, "virtio_gpu");
}

static void copy(kaddr_t at, uint32_t flags, uint32_t size, uint64_t command,
		 uint32_t handles)
{
	fake_u32(f, at, flags);
	fake_u32(f, at + 4, size);
	fake_u64(f, at + 8, command);
	fake_u64(f, at + 16, USER + 0x100);
	fake_u32(f, at + 24, handles);
}

static int set_up(void **state)
{
	f = fake_5_10();
	*state = f;
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

static void names(void **state)
{
	(void)state;
	assert_string_equal(ioctl_name(EXECBUFFER, IOCTL_FILE_DRM, true),
			    "DRM_IOCTL_VIRTGPU_EXECBUFFER");
	assert_string_equal(ioctl_name(EXECBUFFER_5_10, IOCTL_FILE_DRM, true),
			    "DRM_IOCTL_VIRTGPU_EXECBUFFER");
	assert_string_equal(ioctl_name(0xc02064b2, IOCTL_FILE_DRM, false),
			    "DRM_IOCTL_MODE_CREATE_DUMB");
	assert_string_equal(ioctl_name(0xc0303e03, IOCTL_FILE_SYNC, false),
			    "SYNC_IOC_MERGE");
	assert_string_equal(ioctl_name(0x40086200, IOCTL_FILE_DMA_BUF, false),
			    "DMA_BUF_IOCTL_SYNC");
}

/* Another driver's commands have the same numbers, and terminals may have any. */
static void no_names(void **state)
{
	(void)state;
	assert_null(ioctl_name(EXECBUFFER, IOCTL_FILE_DRM, false));
	assert_null(ioctl_name(0xc02064b2, IOCTL_FILE_OTHER, false));
	assert_null(ioctl_name(0xc02064b2, IOCTL_FILE_SYNC, false));
	assert_null(ioctl_name(0x402064b2, IOCTL_FILE_DRM, false));  /* direction */
	assert_null(ioctl_name(0xc0383e03, IOCTL_FILE_SYNC, false)); /* size */
	assert_null(ioctl_name(0xc00464f0, IOCTL_FILE_DRM, true));
	assert_true(ioctl_is_execbuffer(EXECBUFFER_5_10));
	assert_false(ioctl_is_execbuffer(0xc0106443));
}

static void files(void **state)
{
	static const char *const elsewhere[] = {"vfs_write", "ksys_write", NULL};

	(void)state;
	on_stack(elsewhere, "");
	assert_int_equal(ioctl_file_kind("/dev/dri/card0", &stack), IOCTL_FILE_DRM);
	assert_int_equal(ioctl_file_kind("anon_inode:sync_file", &stack),
			 IOCTL_FILE_SYNC);
	assert_int_equal(ioctl_file_kind("/dmabuf:", &stack), IOCTL_FILE_DMA_BUF);
	assert_int_equal(ioctl_file_kind("/dev/tty1", &stack), IOCTL_FILE_OTHER);
	assert_int_equal(ioctl_file_kind(NULL, &stack), IOCTL_FILE_OTHER);
	assert_false(ioctl_is_gpu(&stack));
	in_execbuffer();
	assert_int_equal(ioctl_file_kind(NULL, &stack), IOCTL_FILE_DRM);
	assert_true(ioctl_is_gpu(&stack));
}

static void the_copy(void **state)
{
	kaddr_t at = in_execbuffer(), data = at + 0x240;

	(void)state;
	copy(data, 2, 4096, USER, 3);
	fake_u64(f, at + 0x118, data); /* a register that drm_ioctl_kernel() saved */
	fake_u64(f, at + 0x20, data);
	assert_true(execbuffer_find(fake_dump(f), &stack, &e));
	assert_int_equal(e.at, data);
	assert_int_equal(e.flags, 2);
	assert_int_equal(e.size, 4096);
	assert_int_equal(e.handles, 3);
}

/* Nobody points there; it is no such structure; two may be. */
static void no_copy(void **state)
{
	kaddr_t at = in_execbuffer(), data = at + 0x240;

	(void)state;
	copy(data, 2, 4096, USER, 3);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	fake_u64(f, at + 0x118, data);
	copy(data, 8, 4096, USER, 3);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	copy(data, 0, 0, USER, 3);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	copy(data, 0, 4096, data, 3);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	copy(data, 0, 4096, USER, 3);
	copy(at + 0x280, 0, 8192, USER, 3);
	fake_u64(f, at + 0x128, at + 0x280);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
}

static void stacks_that_lie(void **state)
{
	kaddr_t at = in_execbuffer();

	(void)state;
	copy(at + 0x3e8, 0, 4096, USER, 3); /* its end is beyond */
	fake_u64(f, at + 0x118, at + 0x3e8);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	frames[2].up = (uint64_t)-8;
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	frames[2].up = 0x200;
	frames[4].up = 1ull << 40;
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	frames[4].up = UINT64_MAX - at;
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	in_execbuffer();
	fake_exclude(f, stack.sp, FAKE_PAGE);
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	stack.n = 3;
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
	stack.n = 0;
	assert_false(execbuffer_find(fake_dump(f), &stack, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_names),
		test(files),
		test(the_copy),
		test(no_copy),
		test(stacks_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
