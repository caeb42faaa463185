// SPDX-License-Identifier: GPL-2.0-or-later
/* module_file.c: a module's types are found where people keep them, and no other's. */
#define _GNU_SOURCE
#include "test.h"

#include <elf.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/module_file.h"
#include "scratch.h"

#define RELEASE "5.10.0-9-test"

static char found[PATH_MAX];

/* ---- files ---------------------------------------------------------------- */

struct file {
	const char *vermagic; /* NULL: no .modinfo */
	unsigned char id;     /* of a build-id of this byte 20 times; 0: no note */
	bool stripped;	      /* no .debug_info */
	const char *banner;   /* of a vmlinux; NULL: no .rodata */
};

static const struct file fits = {.vermagic = RELEASE};

static const char *at(const char *path)
{
	static char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", scratch, path);
	return whole;
}

static void make_folders(const char *path)
{
	char whole[PATH_MAX];
	char *p;

	snprintf(whole, sizeof(whole), "%s", at(path));
	for (p = strchr(whole + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(whole, 0755);
		*p = '/';
	}
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f;

	make_folders(path);
	f = fopen(at(path), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	fclose(f);
}

static void put(const char *path, const struct file *file)
{
	static const char names[] =
		"\0.shstrtab\0.debug_info\0.modinfo\0.note.gnu.build-id\0.rodata\0.notes";
	struct {
		Elf64_Ehdr h;
		Elf64_Shdr s[6];
		char names[80], modinfo[128], rodata[128];
		Elf64_Nhdr note;
		char gnu[4];
		unsigned char id[20];
	} elf = {.h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
		       .e_shoff = sizeof(Elf64_Ehdr),
		       .e_shentsize = sizeof(Elf64_Shdr),
		       .e_shnum = 6,
		       .e_shstrndx = 1},
		 .note = {4, 20, NT_GNU_BUILD_ID},
		 .gnu = "GNU"};
#define HOLDS(member) .sh_offset = offsetof(__typeof__(elf), member)
	Elf64_Shdr sections[6] = {
		{0},
		{.sh_name = 1, HOLDS(names), .sh_size = sizeof(elf.names)},
		{.sh_name = file->stripped ? 0 : 11},
		{.sh_name = file->vermagic ? 23 : 0, HOLDS(modinfo), .sh_size = 128},
		/* A vmlinux has it among others. */
		{.sh_name = !file->id	   ? 0
			    : file->banner ? 59
					   : 32,
		 HOLDS(note),
		 .sh_size = 36},
		{.sh_name = file->banner ? 51 : 0, HOLDS(rodata), .sh_size = 128},
	};

	memcpy(elf.s, sections, sizeof(sections));
	memcpy(elf.names, names, sizeof(names));
	memset(elf.id, file->id, sizeof(elf.id));
	snprintf(elf.modinfo, sizeof(elf.modinfo), "license=GPL%cvermagic=%s SMP", 0,
		 file->vermagic ? file->vermagic : "");
	snprintf(elf.rodata, sizeof(elf.rodata), "Linux version %%s%cLinux version %s (",
		 0, file->banner ? file->banner : "");
	write_file(path, &elf, sizeof(elf));
}

static bool find(const struct module_search *s)
{
	*found = '\0';
	return module_file_find(s, "virtio_gpu", found, sizeof(found));
}

/* Beside or around this vmlinux. */
static bool find_from(const char *vmlinux)
{
	struct module_search s = {.release = RELEASE};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", at(vmlinux));
	s.vmlinux = path;
	return find(&s);
}

static bool find_in(const char *folder)
{
	struct module_search s = {.release = RELEASE};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", at(folder));
	s.folders = path;
	return find(&s);
}

#define assert_found(path) assert_string_equal(found, at(path))
#define TREE "dbg/usr/lib/debug/"
#define MODULES "lib/modules/" RELEASE "/"

static bool find_kernel(const char *folder, unsigned char id)
{
	struct module_search s = {.release = RELEASE, .nbuild_id = id ? 20 : 0};
	char path[PATH_MAX];

	memset(s.build_id, id, 20);
	snprintf(path, sizeof(path), "%s", at(folder));
	s.folders = path;
	*found = '\0';
	return kernel_file_find(&s, found, sizeof(found));
}

/* ---- where they lie ------------------------------------------------------- */

static void beside_the_vmlinux(void **state)
{
	(void)state;
	put("flat/virtio-gpu.ko", &fits);
	write_file("flat/vmlinux", "", 0);
	assert_true(find_from("flat/vmlinux"));
	assert_found("flat/virtio-gpu.ko");
}

static void an_unpacked_debug_package(void **state)
{
	const char *ko = TREE MODULES "kernel/drivers/gpu/drm/virtio/virtio-gpu.ko";

	(void)state;
	put(ko, &fits);
	write_file(TREE "boot/vmlinux-" RELEASE, "", 0);
	assert_true(find_from(TREE "boot/vmlinux-" RELEASE));
	assert_found(TREE MODULES "kernel/drivers/gpu/drm/virtio/virtio-gpu.ko");
	write_file(TREE MODULES "vmlinux", "", 0);
	assert_true(find_from(TREE MODULES "vmlinux"));
}

/* On a machine whose disk may hang: nowhere else than where the user says. */
static void only_named_folders_are_looked_at(void **state)
{
	struct module_search s = {.release = RELEASE, .named_only = true};
	char folder[PATH_MAX], vmlinux[PATH_MAX];

	(void)state;
	put(TREE MODULES "kernel/drivers/gpu/drm/virtio/virtio-gpu.ko", &fits);
	write_file(TREE "boot/vmlinux-" RELEASE, "", 0);
	snprintf(vmlinux, sizeof(vmlinux), "%s", at(TREE "boot/vmlinux-" RELEASE));
	s.vmlinux = vmlinux;
	assert_false(find(&s));
	snprintf(folder, sizeof(folder), "%s", at(TREE));
	s.folders = folder;
	assert_true(find(&s));
}

static void links_are_followed(void **state)
{
	(void)state;
	put("real/deep/virtio-gpu.ko", &fits);
	assert_return_code(symlink("real", at("link")), 0);
	assert_return_code(symlink("..", at("real/loop")), 0);
	assert_true(find_in("link"));
	assert_found("link/deep/virtio-gpu.ko");
	/* A vmlinux that is a link, with the modules where it leads to. */
	write_file("real/deep/vmlinux", "", 0);
	assert_return_code(symlink("real/deep/vmlinux", at("vmlinux")), 0);
	assert_true(find_from("vmlinux"));
}

static void split_off_by_red_hat(void **state)
{
	static const struct file split = {.vermagic = NULL};

	(void)state;
	put(TREE "usr/" MODULES "kernel/drivers/gpu/drm/virtio/virtio-gpu.ko.debug",
	    &split);
	write_file(TREE "usr/" MODULES "vmlinux", "", 0);
	assert_true(find_from(TREE "usr/" MODULES "vmlinux"));
}

static void by_build_id(void **state)
{
	static const struct file split = {.id = 0xab};
	struct module_search s = {.release = RELEASE, .build_id = "", .nbuild_id = 20};
	char path[PATH_MAX];

	(void)state;
	memset(s.build_id, 0xab, 20);
	put("ids/.build-id/ab/ababababababababababababababababababab.debug", &split);
	snprintf(path, sizeof(path), "%s", at("ids"));
	s.folders = path;
	assert_true(find(&s));
	s.build_id[3] = 0;
	assert_false(find(&s));
}

static void compressed(void **state)
{
	char command[2 * PATH_MAX];

	(void)state;
	put("packed/virtio-gpu.ko", &fits);
	snprintf(command, sizeof(command), "xz %s", at("packed/virtio-gpu.ko"));
	assert_int_equal(system(command), 0);
	assert_true(find_in("packed"));
	assert_non_null(strstr(found, "/virtio-gpu.ko"));
	assert_return_code(access(found, R_OK), 0);
	module_files_remove();
	assert_int_equal(access(found, F_OK), -1);
}

/* As in a child of a program that ignores SIGCHLD: there is no status to wait for. */
static void the_kernel_itself(void **state)
{
	static const struct file kernel = {.banner = RELEASE, .id = 0xab};
	static const char *const places[] = {
		"k1/usr/lib/debug/boot/vmlinux-" RELEASE,
		"k2/usr/lib/debug/" MODULES "vmlinux",
		"k3/boot/vmlinux-" RELEASE,
		"k4/vmlinux-" RELEASE,
		"k5/vmlinux",
		"k6/.build-id/ab/ababababababababababababababababababab.debug",
		"k7/usr/lib/debug/vmlinux-" RELEASE,
		"k8/lib/debug/vmlinux-" RELEASE,
		"k9/lib/debug/vmlinux-" RELEASE "-tyy-5312",
	};
	char folder[] = "k1";
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		put(places[i], &kernel);
		folder[1] = places[i][1];
		assert_true(find_kernel(folder, 0xab));
		assert_found(places[i]);
		assert_false(find_kernel(folder, 0xcd));
	}
	assert_true(find_kernel("k1", 0));
	assert_false(find_kernel("absent", 0));
}

/* One without a build-id is known by its banner; one that says nothing, by its place. */
static void another_kernel_itself(void **state)
{
	static const struct file other = {.banner = RELEASE ".1"},
				 same = {.banner = RELEASE}, nameless = {.id = 0};

	(void)state;
	put("other/vmlinux-" RELEASE, &other);
	assert_false(find_kernel("other", 0));
	put("other/vmlinux", &same);
	assert_true(find_kernel("other", 0));
	assert_found("other/vmlinux");
	put("nameless/vmlinux", &nameless);
	assert_true(find_kernel("nameless", 0));
	/* A file may be named itself, whatever its name; others must say what they are of. */
	put("one/kernel.debug", &nameless);
	assert_true(find_kernel("one/kernel.debug", 0));
	put("vendor/vmlinux-" RELEASE "-1", &other);
	put("vendor/vmlinux-" RELEASE "-2", &nameless);
	assert_false(find_kernel("vendor", 0));
	put("vendor/vmlinux-" RELEASE "-3", &same);
	assert_true(find_kernel("vendor", 0));
	assert_found("vendor/vmlinux-" RELEASE "-3");
}

static void nobody_waits_for_children(void **state)
{
	char command[2 * PATH_MAX];

	(void)state;
	put("packed/virtio-gpu.ko", &fits);
	snprintf(command, sizeof(command), "xz %s", at("packed/virtio-gpu.ko"));
	assert_int_equal(system(command), 0);
	signal(SIGCHLD, SIG_IGN);
	alarm(10); /* seconds; it would wait for ever */
	assert_true(find_in("packed"));
	alarm(0);
	signal(SIGCHLD, SIG_DFL);
	module_files_remove();
}

static void what_the_user_names_comes_first(void **state)
{
	struct module_search s = {.release = RELEASE};
	char folders[PATH_MAX + 16], vmlinux[PATH_MAX];

	(void)state;
	put("beside/virtio-gpu.ko", &fits);
	put("named/virtio_gpu.ko", &fits);
	write_file("beside/vmlinux", "", 0);
	snprintf(folders, sizeof(folders), "/nowhere::%s", at("named"));
	snprintf(vmlinux, sizeof(vmlinux), "%s", at("beside/vmlinux"));
	s.folders = folders;
	s.vmlinux = vmlinux;
	assert_true(find(&s));
	assert_found("named/virtio_gpu.ko");
}

/* ---- what is not taken ---------------------------------------------------- */

static void another_kernels(void **state)
{
	static const struct file other = {.vermagic = RELEASE "1"};
	static const struct file same_release = {.vermagic = RELEASE, .id = 0x11};
	struct module_search s = {.release = RELEASE, .nbuild_id = 20};
	char path[PATH_MAX];

	(void)state;
	put("other/virtio-gpu.ko", &other);
	assert_false(find_in("other"));
	put("rebuilt/virtio-gpu.ko", &same_release);
	assert_true(find_in("rebuilt"));
	/* The same release, built again: the build-id knows. */
	snprintf(path, sizeof(path), "%s", at("rebuilt"));
	s.folders = path;
	memset(s.build_id, 0x22, 20);
	assert_false(find(&s));
}

static void one_without_types_does_not_hide_another(void **state)
{
	static const struct file stripped = {.vermagic = RELEASE, .stripped = true};

	(void)state;
	put("both/a/virtio-gpu.ko", &stripped);
	assert_false(find_in("both"));
	put("both/b/virtio-gpu.ko", &fits);
	assert_true(find_in("both"));
	assert_found("both/b/virtio-gpu.ko");
}

static void other_names(void **state)
{
	(void)state;
	put("names/virtio-gpu-dma.ko", &fits);
	put("names/virtio-gpu.o", &fits);
	put("names/virtio-gpu.ko.bak", &fits);
	put("names/xvirtio-gpu.ko", &fits);
	assert_false(find_in("names"));
}

static void damaged_files(void **state)
{
	unsigned char bytes[512];
	size_t size;
	FILE *f;

	(void)state;
	put("good/virtio-gpu.ko", &fits);
	f = fopen(at("good/virtio-gpu.ko"), "r");
	assert_non_null(f);
	size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	/* Cut anywhere in its heads, and each byte of them turned round. */
	for (size_t i = 0; i < size; i++) {
		write_file("bad/virtio-gpu.ko", bytes, i);
		find_in("bad");
		bytes[i] ^= 0xff;
		write_file("bad/virtio-gpu.ko", bytes, size);
		find_in("bad");
		bytes[i] ^= 0xff;
	}
	mkfifo(at("bad/virtio_gpu.ko"), 0600);
	/* A packer would wait for whoever writes into it. */
	mkfifo(at("bad/virtio-gpu.ko.xz"), 0600);
	alarm(10); /* seconds */
	write_file("bad/virtio-gpu.ko", bytes, 100);
	assert_false(find_in("bad"));
	alarm(0);
}

static void a_release_leads_nowhere_else(void **state)
{
	static const char *const names[] = {"../../elsewhere", "..", ".", ""};
	struct module_search s = {0};
	char vmlinux[PATH_MAX];

	(void)state;
	put("elsewhere/virtio-gpu.ko", &(struct file){0});
	write_file("lib/modules/x", "", 0);
	write_file("vmlinux-x", "", 0);
	snprintf(vmlinux, sizeof(vmlinux), "%s", at("vmlinux-x"));
	s.vmlinux = vmlinux;
	for (size_t i = 0; i < 4; i++) {
		s.release = names[i];
		assert_false(find(&s));
	}
}

static bool stop(void)
{
	return true;
}

static void ctrl_c_ends_the_search(void **state)
{
	struct module_search s = {.release = RELEASE, .interrupted = stop};
	char path[PATH_MAX];

	(void)state;
	put("large/virtio-gpu.ko", &fits);
	snprintf(path, sizeof(path), "%s", at("large"));
	s.folders = path;
	assert_false(find(&s));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(beside_the_vmlinux),
		T(an_unpacked_debug_package),
		T(only_named_folders_are_looked_at),
		T(links_are_followed),
		T(split_off_by_red_hat),
		T(by_build_id),
		T(compressed),
		T(the_kernel_itself),
		T(another_kernel_itself),
		T(nobody_waits_for_children),
		T(what_the_user_names_comes_first),
		T(another_kernels),
		T(one_without_types_does_not_hide_another),
		T(other_names),
		T(damaged_files),
		T(a_release_leads_nowhere_else),
		T(ctrl_c_ends_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
