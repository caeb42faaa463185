// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of files: across mounts, of what is in no directory, and of what lies. */
#include "test.h"

#include "kernel/sched/path.h"

static struct fake *f;
static struct dump *d;
static kaddr_t root_mount; /* struct mount of the first file system */
static const char *why;

static kaddr_t text(const char *s)
{
	kaddr_t at = fake_alloc(f, 300);

	fake_string(f, at, s);
	return at;
}

/* parent 0: its own. */
static kaddr_t dentry(kaddr_t parent, const char *name)
{
	kaddr_t at = fake_alloc(f, 256);

	fake_id_set(f, at, DENTRY_PARENT, parent ? parent : at);
	fake_id_set(f, at, DENTRY_NAME, text(name));
	fake_id_set(f, at, DENTRY_HASH, 1);
	return at;
}

/* A file system: mounted on a dentry of another, or (0) the first of all. */
static kaddr_t mount(kaddr_t root, kaddr_t parent, kaddr_t on)
{
	kaddr_t at = fake_alloc(f, 512);

	fake_id_set(f, member_addr(d, at, MOUNT_MNT), VFSMOUNT_ROOT, root);
	fake_id_set(f, at, MOUNT_PARENT, parent ? parent : at);
	fake_id_set(f, at, MOUNT_POINT, on ? on : root);
	return at;
}

static kaddr_t file(kaddr_t of_mount, kaddr_t of_dentry)
{
	kaddr_t at = fake_alloc(f, 256);

	fake_id_set(f, at, FILE_MNT, member_addr(d, of_mount, MOUNT_MNT));
	fake_id_set(f, at, FILE_DENTRY, of_dentry);
	return at;
}

static const char *path_said(kaddr_t of)
{
	return file_path(d, of, &why);
}

static kaddr_t root(void)
{
	kaddr_t at;

	member_ptr(d, member_addr(d, root_mount, MOUNT_MNT), VFSMOUNT_ROOT, &at);
	return at;
}

static void begin(struct fake *of)
{
	f = of;
	d = fake_dump(f);
	root_mount = mount(dentry(0, "/"), 0, 0);
}

static int set_up(void **state)
{
	begin(fake_5_10());
	*state = f;
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

/* /dev is a file system of its own, /dev/pts one on it. */
static void across_mounts(void **state)
{
	struct fake *kernels[] = {fake_5_10(), fake_6_1(), fake_4_19_arm64()};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kernels); i++) {
		begin(kernels[i]);
		kaddr_t dev = mount(dentry(0, "/"), root_mount, dentry(root(), "dev"));
		kaddr_t dri, at;

		member_ptr(d, member_addr(d, dev, MOUNT_MNT), VFSMOUNT_ROOT, &at);
		dri = dentry(at, "dri");
		assert_string_equal(path_said(file(dev, dentry(dri, "card0"))),
				    "/dev/dri/card0");
		assert_string_equal(path_said(file(dev, at)), "/dev");
		assert_string_equal(path_said(file(root_mount, root())), "/");
		fake_destroy(f);
	}
}

static void removed_since(void **state)
{
	kaddr_t lib = dentry(root(), "libdrm.so.2");

	(void)state;
	fake_id_set(f, lib, DENTRY_HASH, 0);
	assert_string_equal(path_said(file(root_mount, lib)), "/libdrm.so.2 (deleted)");
	/* The root of what is mounted is in no folder, and so in no hash. */
	fake_id_set(f, root(), DENTRY_HASH, 0);
	assert_string_equal(path_said(file(root_mount, root())), "/");
}

static kaddr_t of_type(const char *type, const char *name)
{
	kaddr_t sb = fake_new(f, "super_block"), at = dentry(0, name);
	kaddr_t fs = fake_alloc(f, 128), inode = fake_alloc(f, 512);

	fake_id_set(f, fs, FS_TYPE_NAME, text(type));
	fake_id_set(f, sb, SB_TYPE, fs);
	fake_id_set(f, at, DENTRY_SB, sb);
	fake_id_set(f, inode, INODE_INO, 4711);
	fake_id_set(f, at, DENTRY_INODE, inode);
	return file(mount(dentry(0, "/"), 0, 0), at);
}

static void in_no_directory(void **state)
{
	(void)state;
	assert_string_equal(path_said(of_type("pipefs", "")), "pipe:[4711]");
	assert_string_equal(path_said(of_type("sockfs", "")), "socket:[4711]");
	assert_string_equal(path_said(of_type("anon_inodefs", "sync_file")),
			    "anon_inode:sync_file");
	assert_string_equal(path_said(of_type("dmabuf", "")), "/dmabuf");
	assert_string_equal(path_said(of_type("tmpfs", "memfd:x")), "/tmpfs:memfd:x");
}

static void a_name_with_escapes(void **state)
{
	(void)state;
	assert_string_equal(path_said(file(root_mount, dentry(root(), "a\033[31mb"))),
			    "/a\\x1b[31mb");
}

/* ---- what lies -------------------------------------------------------------- */

static void a_directory_in_itself(void **state)
{
	kaddr_t a = dentry(root(), "a"), b = dentry(a, "b");

	(void)state;
	fake_id_set(f, a, DENTRY_PARENT, b);
	assert_null(path_said(file(root_mount, b)));
	assert_contains(why, "longer than any");
}

static void a_mount_on_itself(void **state)
{
	kaddr_t a = mount(root(), root_mount, root()), b = mount(root(), a, root());

	(void)state;
	fake_id_set(f, a, MOUNT_PARENT, b);
	assert_null(path_said(file(b, dentry(root(), "x"))));
	assert_contains(why, "does not end");
}

static void a_long_way_up(void **state)
{
	char name[256] = "";
	kaddr_t at = root();
	int i;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (i = 0; i < 20; i++)
		at = dentry(at, name);
	assert_null(path_said(file(root_mount, at)));
	assert_contains(why, "longer than any");
}

static void names_that_are_none(void **state)
{
	(void)state;
	assert_null(path_said(file(root_mount, dentry(root(), ""))));
	assert_contains(why, "is none");
	assert_null(path_said(file(root_mount, dentry(root(), "a/b"))));
	assert_contains(why, "is none");
}

static void pages_left_out(void **state)
{
	kaddr_t at = fake_alloc_pages(f, FAKE_PAGE), of = dentry(root(), "x");

	(void)state;
	fake_id_set(f, of, DENTRY_NAME, at);
	fake_exclude(f, at, FAKE_PAGE);
	assert_null(path_said(file(root_mount, of)));
	assert_contains(why, "excluded");
	assert_null(path_said(FAKE_NOWHERE));
	assert_contains(why, "cannot be read");
	fake_absent(f, "vfsmount.mnt_root");
	assert_null(path_said(file(root_mount, of)));
	assert_contains(why, "no types");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(across_mounts),
		test(removed_since),
		test(in_no_directory),
		test(a_name_with_escapes),
		test(a_directory_in_itself),
		test(a_mount_on_itself),
		test(a_long_way_up),
		test(names_that_are_none),
		test(pages_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
