// SPDX-License-Identifier: GPL-2.0-or-later
/* What user space asked: the call, its file, and where in which program. */
#include "test.h"

#include "facts/asked.h"
#include "report/asked_words.h"

#define PC 0x7f0000012345ull
#define LIBRARY 0x7f0000000000ull

static struct fake *f;
static struct dump *d;
static struct tasks tasks;
static struct asked asked;
static kaddr_t xorg;
static struct frame frames[4];
static struct stack stack;

static kaddr_t text(const char *s)
{
	kaddr_t at = fake_alloc(f, 256);

	fake_string(f, at, s);
	return at;
}

static kaddr_t root_mount;

static kaddr_t named(kaddr_t parent, const char *name)
{
	kaddr_t at = fake_alloc(f, 256);

	fake_id_set(f, at, DENTRY_PARENT, parent ? parent : at);
	fake_id_set(f, at, DENTRY_NAME, text(name));
	fake_id_set(f, at, DENTRY_HASH, 1);
	return at;
}

/* A file of the first file system: "dri", "card0" is /dri/card0. */
static kaddr_t file(const char *folder, const char *name)
{
	kaddr_t at = fake_alloc(f, 256), root, mnt;

	if (!root_mount) {
		root_mount = fake_alloc(f, 512);
		mnt = member_addr(d, root_mount, MOUNT_MNT);
		fake_id_set(f, mnt, VFSMOUNT_ROOT, named(0, "/"));
		fake_id_set(f, root_mount, MOUNT_PARENT, root_mount);
	}
	mnt = member_addr(d, root_mount, MOUNT_MNT);
	member_ptr(d, mnt, VFSMOUNT_ROOT, &root);
	fake_id_set(f, at, FILE_MNT, mnt);
	fake_id_set(f, at, FILE_DENTRY, named(named(root, folder), name));
	return at;
}

static void opens(int fd, kaddr_t of)
{
	kaddr_t files = fake_alloc(f, 1024), fdt = fake_alloc(f, 128);
	kaddr_t fds = fake_alloc(f, 64 * 8);

	fake_id_set(f, xorg, TASK_FILES, files);
	fake_id_set(f, files, FILES_FDT, fdt);
	fake_id_set(f, fdt, FDTABLE_MAX, 64);
	fake_id_set(f, fdt, FDTABLE_FD, fds);
	fake_u64(f, fds + (kaddr_t)fd * 8, of);
}

static kaddr_t area(kaddr_t start, kaddr_t end, kaddr_t of, uint64_t offset)
{
	kaddr_t at = fake_new(f, "vm_area_struct");

	fake_id_set(f, at, VMA_START, start);
	fake_id_set(f, at, VMA_END, end);
	fake_id_set(f, at, VMA_FILE, of);
	fake_id_set(f, at, VMA_PGOFF, offset / FAKE_PAGE);
	return at;
}

/* Of the library two segments are mapped: the second is where the call came from. */
static kaddr_t maps(kaddr_t program, kaddr_t library)
{
	kaddr_t mm = fake_new(f, "mm_struct"), first, second;

	first = member_addr(d, area(LIBRARY, LIBRARY + 0x10000, library, 0), VMA_RB);
	second = member_addr(d,
			     area(LIBRARY + 0x10000, LIBRARY + 0x20000, library, 0x8000),
			     VMA_RB);
	fake_id_set(f, second, RB_LEFT, first);
	fake_id_set(f, member_addr(d, mm, MM_RB), RB_ROOT_NODE, second);
	fake_id_set(f, mm, MM_EXE_FILE, program);
	fake_id_set(f, xorg, TASK_MM, mm);
	return mm;
}

static kaddr_t registers(void)
{
	return fake_stack_top(f, xorg) - (kaddr_t)layout_size(d, PT_REGS);
}

/* x86_64: as entry_SYSCALL_64 leaves them. */
static void calls(int number, uint64_t first, uint64_t second, uint64_t third)
{
	kaddr_t regs = registers();

	fake_id_set(f, regs, PT_REGS_ORIG_AX, (uint64_t)number);
	fake_id_set(f, regs, PT_REGS_DI, first);
	fake_id_set(f, regs, PT_REGS_SI, second);
	fake_id_set(f, regs, PT_REGS_DX, third);
	fake_id_set(f, regs, PT_REGS_IP, PC);
	fake_id_set(f, regs, PT_REGS_CS, 0x33);
	fake_id_set(f, regs, PT_REGS_SS, 0x2b);
}

static void call_table(const char *name, int number, const char *function)
{
	kaddr_t table;

	if (!dump_symbol(d, name, &table))
		table = fake_variable(f, name, 8192);
	fake_u64(f, table + (kaddr_t)number * 8, fake_function(f, function, "", 0, 16));
}

static void begin(struct fake *of)
{
	f = of;
	d = fake_dump(f);
	root_mount = 0;
	memset(&stack, 0, sizeof(stack));
	fake_kernel(f);
	xorg = fake_task(f, 700, "Xorg");
}

static void look(void)
{
	struct asked_reader *r = calloc(1, sizeof(*r));

	assert_true(tasks_read(d, &tasks));
	r->d = d;
	asked_read(r, task_by_pid(&tasks, 700), &stack, &asked);
	free(r);
}

static int set_up(void **state)
{
	begin(fake_5_10());
	*state = f;
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

static const char *call(void)
{
	return asked_call(d->arena, &asked);
}

/* ---- x86_64 ------------------------------------------------------------------- */

static void an_ioctl(void **state)
{
	kaddr_t card = file("dri", "card0");

	(void)state;
	frames[0] = (struct frame){.function = "drm_ioctl", .module = "drm"};
	stack.v = frames;
	stack.n = 1;
	call_table("sys_call_table", 16, "__x64_sys_ioctl");
	calls(16, 13, 0xc02064b2, 0x7ffd1000);
	opens(13, card);
	maps(file("bin", "Xorg"), file("lib", "libc.so.6"));
	look();
	assert_string_equal(call(), "ioctl(13</dri/card0>, DRM_IOCTL_MODE_CREATE_DUMB, "
				    "0x7ffd1000)");
	assert_string_equal(asked_short(d->arena, &asked),
			    "ioctl DRM_IOCTL_MODE_CREATE_DUMB on /dri/card0");
	assert_string_equal(asked.program, "/bin/Xorg");
	assert_string_equal(asked_code(d->arena, &asked), "/lib/libc.so.6+0xa345");
	assert_string_equal(asked_addr2line(d->arena, &asked),
			    "addr2line -fe /lib/libc.so.6 0x12345");
	assert_int_equal(d->notes.n, 0);
}

/* Mapped where its symbols say: they are what addr2line wants. */
static void of_a_fixed_program(void **state)
{
	kaddr_t mm, at, program = file("bin", "Xorg");

	(void)state;
	call_table("sys_call_table", 16, "__x64_sys_ioctl");
	calls(16, 13, 1, 2);
	fake_id_set(f, registers(), PT_REGS_IP, 0x401234);
	mm = maps(program, program);
	at = area(0x400000, 0x500000, program, 0);
	fake_id_set(f, member_addr(d, mm, MM_RB), RB_ROOT_NODE,
		    member_addr(d, at, VMA_RB));
	look();
	assert_string_equal(asked_code(d->arena, &asked), "/bin/Xorg+0x1234");
	assert_string_equal(asked_addr2line(d->arena, &asked),
			    "addr2line -fe /bin/Xorg 0x401234");
	assert_contains(asked.file_why, "not found");
}

static void arguments(void **state)
{
	(void)state;
	call_table("sys_call_table", 257, "__x64_sys_openat");
	calls(257, 0xffffff9c, 0x7ffd1000, 0x80000);
	fake_id_set(f, registers(), PT_REGS_R10, 0666);
	look();
	assert_string_equal(call(), "openat(AT_FDCWD, 0x7ffd1000, 0x80000, 0x1b6)");
	assert_int_equal(asked.fd, -1);
}

/* A signal has ended it in the midst of a call: it is in that no longer. */
static void of_who_exits(void **state)
{
	(void)state;
	frames[0] = (struct frame){.function = "fuse_flush", .module = "fuse"};
	frames[1] = (struct frame){.function = "do_exit", .module = ""};
	stack = (struct stack){.v = frames, .n = 2};
	call_table("sys_call_table", 34, "__x64_sys_pause");
	calls(34, 1, 2, 3);
	look();
	assert_string_equal(call(), "pause()");
	assert_string_equal(asked_short(d->arena, &asked), "exit");
	stack.n = 1;
	look();
	assert_string_equal(asked_short(d->arena, &asked), "pause");
	/* It asked for that itself. */
	stack.n = 2;
	call_table("sys_call_table", 231, "__x64_sys_exit_group");
	calls(231, 0, 0, 0);
	look();
	assert_string_equal(asked_short(d->arena, &asked), "exit_group");
}

/* Where no table is known, as where the names of functions are alone. */
static void by_the_stack(void **state)
{
	(void)state;
	frames[0] = (struct frame){.function = "vfs_write", .module = ""};
	frames[1] = (struct frame){.function = "ksys_write", .module = ""};
	frames[2] = (struct frame){.function = "do_syscall_64", .module = ""};
	stack = (struct stack){.v = frames, .n = 3, .complete = true};
	calls(1, 1, 0x1000, 5);
	look();
	assert_string_equal(call(), "write(1, 0x1000, 5)");
	stack.n = 0;
	look();
	assert_string_equal(call(), "system call 1 of x86_64");
	assert_string_equal(asked_short(d->arena, &asked), "system call 1");
}

static void calls_without_a_form(void **state)
{
	(void)state;
	call_table("sys_call_table", 300, "__x64_sys_vendor_thing");
	calls(300, 1, 2, 3);
	look();
	assert_string_equal(call(), "vendor_thing(...)");
}

/* int 0x80: other numbers, other registers, and offsets in two of them. */
static void of_32_bits(void **state)
{
	kaddr_t regs = registers();

	(void)state;
	call_table("ia32_sys_call_table", 4, "__ia32_sys_write");
	calls(4, 99, 99, 17);
	fake_id_set(f, regs, PT_REGS_CS, 0x23);
	fake_id_set(f, regs, PT_REGS_BX, 0xffffffff00000001);
	fake_id_set(f, regs, PT_REGS_CX, 0x8000);
	look();
	assert_string_equal(call(), "write(1, 0x8000, 17)");
	assert_string_equal(abi_name(asked.call.regs.abi), "i386");
	call_table("ia32_sys_call_table", 93, "__ia32_sys_ftruncate");
	fake_id_set(f, regs, PT_REGS_ORIG_AX, 93);
	look();
	assert_string_equal(call(), "ftruncate(...)");
	/* From a program of 64 bits. */
	fake_id_set(f, regs, PT_REGS_CS, 0x33);
	fake_id_set(f, xorg, TASK_TI_STATUS, 2);
	look();
	assert_int_equal(asked.call.regs.abi, ABI_I386);
}

static void of_x32(void **state)
{
	(void)state;
	call_table("x32_sys_call_table", 74, "__x64_sys_fsync");
	calls(74 | 1 << 30, 5, 0, 0);
	look();
	assert_string_equal(call(), "fsync(5)");
	assert_int_equal(asked.call.regs.abi, ABI_X32);
}

static void not_by_a_call(void **state)
{
	(void)state;
	calls(-1, 1, 2, 3);
	look();
	assert_true(asked.from_user);
	assert_null(call());
	assert_null(asked_short(d->arena, &asked));
}

/* A kernel thread; io_uring's, which has never been in user mode; no registers. */
static void not_from_user_space(void **state)
{
	(void)state;
	calls(1, 1, 2, 3);
	fake_id_set(f, registers(), PT_REGS_IP, 0);
	look();
	assert_false(asked.from_user);
	calls(1, 1, 2, 3);
	fake_id_set(f, registers(), PT_REGS_CS, 0x10);
	look();
	assert_false(asked.from_user);
	calls(1, 1, 2, 3);
	fake_id_set(f, xorg, TASK_FLAGS, 0x00200000);
	look();
	assert_false(asked.from_user);
	fake_id_set(f, xorg, TASK_FLAGS, 0);
	fake_exclude(f, registers(), 8);
	look();
	assert_false(asked.from_user);
}

/* Since 6.9 there may be two words above. */
static void below_fred(void **state)
{
	kaddr_t regs;

	(void)state;
	call_table("sys_call_table", 162, "__x64_sys_sync");
	regs = registers() - 16;
	fake_id_set(f, regs, PT_REGS_ORIG_AX, 162);
	fake_id_set(f, regs, PT_REGS_IP, PC);
	fake_id_set(f, regs, PT_REGS_CS, 0x33);
	fake_id_set(f, regs, PT_REGS_SS, 0x2b);
	look();
	assert_string_equal(call(), "sync()");
	assert_int_equal(asked.call.regs.at, regs);
}

/* ---- arm64 -------------------------------------------------------------------- */

static void of_arm64(void **state)
{
	kaddr_t regs;

	(void)state;
	begin(fake_4_19_arm64());
	regs = registers();
	call_table("sys_call_table", 29, "__arm64_sys_ioctl");
	fake_id_set(f, regs, PT_REGS_ORIG_X0, 13);
	fake_u64(f, regs, (uint64_t)-38);
	fake_u64(f, regs + 8, 0xc02064b2);
	fake_u64(f, regs + 16, 0xffffd1000);
	fake_u64(f, regs + 32 * 8, PC);
	fake_id_set(f, regs, PT_REGS_SYSCALLNO, 29);
	opens(13, file("dri", "card0"));
	maps(file("bin", "Xorg"), file("lib", "libc-2.28.so"));
	look();
	assert_string_equal(call(), "ioctl(13</dri/card0>, 0xc02064b2, 0xffffd1000)");
	assert_string_equal(asked_code(d->arena, &asked), "/lib/libc-2.28.so+0xa345");
	fake_u64(f, regs + 33 * 8, 0x10); /* 32 bits */
	call_table("compat_sys_call_table", 29, "__arm64_sys_pause");
	look();
	assert_string_equal(call(), "pause()");
	assert_int_equal(asked.call.regs.abi, ABI_ARM);
	fake_u64(f, regs + 33 * 8, 5); /* the kernel's own */
	look();
	assert_false(asked.from_user);
	fake_destroy(f);
}

/* ---- what lies ---------------------------------------------------------------- */

static void numbers_that_are_none(void **state)
{
	(void)state;
	call_table("sys_call_table", 16, "__x64_sys_ni_syscall");
	calls(16, 1, 2, 3);
	look();
	assert_string_equal(call(), "system call 16 of x86_64");
	calls(0x3fffffff, 1, 2, 3);
	look();
	assert_contains(call(), "system call 1073741823");
	call_table("sys_call_table", 17, "schedule");
	calls(17, 1, 2, 3);
	look();
	assert_contains(call(), "system call 17");
}

static void files_that_are_none(void **state)
{
	kaddr_t files;

	(void)state;
	call_table("sys_call_table", 3, "__x64_sys_close");
	calls(3, 63, 0, 0);
	opens(13, file("dri", "card0"));
	look();
	assert_string_equal(call(), "close(63)");
	assert_non_null(asked.file_why);
	calls(3, 0x7fffffff, 0, 0);
	look();
	assert_null(asked.file);
	calls(3, 13, 0, 0);
	opens(13, FAKE_NOWHERE);
	look();
	assert_contains(asked.file_why, "cannot be read");
	files = FAKE_NOWHERE;
	fake_id_set(f, xorg, TASK_FILES, files);
	look();
	assert_contains(asked.file_why, "not found");
}

static void code_that_is_nowhere(void **state)
{
	kaddr_t mm;

	(void)state;
	calls(3, 1, 0, 0);
	look(); /* its mm is none */
	assert_null(asked.object);
	assert_non_null(asked.code_why);
	mm = maps(file("bin", "Xorg"), 0);
	look();
	assert_null(asked.object);
	assert_contains(asked.code_why, "no file");
	fake_id_set(f, mm, MM_VDSO, LIBRARY + 0x10000);
	look();
	assert_string_equal(asked_code(d->arena, &asked), "[vdso]+0x2345");
	assert_null(asked_addr2line(d->arena, &asked));
	fake_id_set(f, xorg, TASK_MM, 0);
	look();
	assert_contains(asked.code_why, "no memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_ioctl),
		test(of_a_fixed_program),
		test(arguments),
		test(of_who_exits),
		test(by_the_stack),
		test(calls_without_a_form),
		test(of_32_bits),
		test(of_x32),
		test(not_by_a_call),
		test(not_from_user_space),
		test(below_fred),
		cmocka_unit_test(of_arm64),
		test(numbers_that_are_none),
		test(files_that_are_none),
		test(code_that_is_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
