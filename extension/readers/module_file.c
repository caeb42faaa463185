// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "module_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/build_id.h"
#include "base/path.h"
#include "elf_sections.h"

#define NOTES_MAX 65536
#define MODINFO_MAX 65536
#define RODATA_MAX (64u << 20)
#define ENTRIES_MAX 50000 /* files and folders of one tree */
#define DEPTH_MAX 12
#define UNPACKED_MAX (1ull << 30) /* bytes of a module */

/* ---- is it the one? ------------------------------------------------------- */

static char *contents(const struct elf_sections *e, const char *name, size_t max,
		      size_t *size)
{
	return elf_section_bytes(e, elf_section_named(e, name), max, size);
}

enum answer { NO, YES, UNKNOWN };

/* A vmlinux has all its notes in one section. */
static enum answer by_build_id(const struct elf_sections *e,
			       const struct module_search *s)
{
	const unsigned char *id = NULL;
	size_t size, n = 0;
	char *notes;
	bool same;

	if (!s->nbuild_id)
		return UNKNOWN;
	notes = contents(e, ".note.gnu.build-id", NOTES_MAX, &size);
	if (!notes)
		notes = contents(e, ".notes", NOTES_MAX, &size);
	if (notes)
		id = build_id_in((const unsigned char *)notes, size, &n);
	same = id && n == s->nbuild_id && !memcmp(id, s->build_id, n);
	free(notes);
	return same ? YES : id ? NO : UNKNOWN;
}

/* vermagic=RELEASE SMP mod_unload ...; what was split off from a module has none. */
static enum answer by_vermagic(const struct elf_sections *e,
			       const struct module_search *s)
{
	static const char vermagic[] = "vermagic=";
	size_t size, length = strlen(s->release);
	enum answer answer = UNKNOWN;
	char *info = contents(e, ".modinfo", MODINFO_MAX, &size), *p;

	for (p = info; p && p < info + size; p += strlen(p) + 1) {
		if (strncmp(p, vermagic, sizeof(vermagic) - 1))
			continue;
		p += sizeof(vermagic) - 1;
		answer = !strncmp(p, s->release, length) &&
			 (p[length] == ' ' || !p[length]);
	}
	free(info);
	return answer;
}

/* "Linux version RELEASE (...": a vmlinux's; what was split off from it has none. */
static enum answer by_banner(const struct elf_sections *e, const struct module_search *s)
{
	static const char banner[] = "Linux version ";
	size_t size, length = strlen(s->release);
	enum answer answer = UNKNOWN;
	char *data = contents(e, ".rodata", RODATA_MAX, &size), *p = data;

	/* Printed by format elsewhere: "Linux version %s". */
	while (p && answer != YES &&
	       (p = memmem(p, (size_t)(data + size - p), banner, sizeof(banner) - 1))) {
		p += sizeof(banner) - 1;
		if (*p != '%')
			answer = !strncmp(p, s->release, length) && p[length] == ' ';
	}
	free(data);
	return answer;
}

/* trusted: its place alone says that it is this kernel's. */
static bool is_it(const struct module_search *s, const char *path, bool trusted)
{
	enum answer answer;
	struct elf_sections e;

	if (!elf_sections_open(&e, path, NULL))
		return false;
	answer = elf_section_named(&e, ".debug_info") ||
				 elf_section_named(&e, ".zdebug_info")
			 ? UNKNOWN
			 : NO;
	if (answer == UNKNOWN)
		answer = by_build_id(&e, s);
	if (answer == UNKNOWN)
		answer = by_vermagic(&e, s);
	if (answer == UNKNOWN)
		answer = by_banner(&e, s);
	elf_sections_close(&e);
	return answer == YES || (answer == UNKNOWN && trusted);
}

/* ---- compressed files ----------------------------------------------------- */

static const struct packer {
	const char *suffix, *program;
} packers[] = {{".xz", "xz"}, {".zst", "zstd"}, {".gz", "gzip"}};

static char unpack_folder[PATH_MAX]; /* "": not made */

static const struct packer *packer_of(const char *path)
{
	size_t i, n = strlen(path), k;

	for (i = 0; i < ARRAY_SIZE(packers); i++) {
		k = strlen(packers[i].suffix);
		if (n > k && !strcmp(path + n - k, packers[i].suffix))
			return &packers[i];
	}
	return NULL;
}

static void run_packer(const struct packer *p, const char *from, int to)
{
	struct rlimit limit = {UNPACKED_MAX, UNPACKED_MAX};
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0 ||
	    setrlimit(RLIMIT_FSIZE, &limit))
		_exit(127);
	execlp(p->program, p->program, "-dc", "--", from, (char *)NULL);
	_exit(127);
}

static bool unpack_to(const struct packer *p, const char *from, int to)
{
	struct sigaction usual = {.sa_handler = SIG_DFL}, was;
	int status = -1;
	pid_t child;

	/* Where SIGCHLD is ignored, a child leaves no status behind. */
	sigaction(SIGCHLD, &usual, &was);
	child = fork();
	if (child == 0)
		run_packer(p, from, to);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGCHLD, &was, NULL);
	return child > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool make_unpack_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	if (*unpack_folder)
		return true;
	snprintf(unpack_folder, sizeof(unpack_folder), "%s/vgpu.XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(unpack_folder))
		return true;
	*unpack_folder = '\0';
	return false;
}

/* Its last name without the suffix, in our folder. */
static bool unpack(const struct packer *p, const char *from, char *to, size_t size)
{
	const char *slash = strrchr(from, '/');
	const char *name = slash ? slash + 1 : from;
	int fd;
	bool ok;

	if (!make_unpack_folder() ||
	    snprintf(to, size, "%s/%.*s", unpack_folder,
		     (int)(strlen(name) - strlen(p->suffix)), name) >= (int)size)
		return false;
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = unpack_to(p, from, fd);
	ok = !close(fd) && ok;
	if (!ok)
		unlink(to);
	return ok;
}

void module_files_remove(void)
{
	char *const paths[] = {unpack_folder, NULL};
	FTS *tree;
	FTSENT *at;

	if (!*unpack_folder)
		return;
	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (tree && (at = fts_read(tree)))
		if (at->fts_info == FTS_F)
			unlink(at->fts_path);
	if (tree)
		fts_close(tree);
	rmdir(unpack_folder);
	*unpack_folder = '\0';
}

/* ---- where to look -------------------------------------------------------- */

struct find {
	const struct module_search *s;
	const char *module;
	char *path; /* of the file, once it is found */
	size_t size;
};

static bool take(struct find *f, const char *path, bool trusted)
{
	const struct packer *p = packer_of(path);
	char unpacked[PATH_MAX];

	if (p && f->s->named_only)
		return false;
	if (p) {
		if (!unpack(p, path, unpacked, sizeof(unpacked)))
			return false;
		if (!is_it(f->s, unpacked, trusted)) {
			unlink(unpacked);
			return false;
		}
		path = unpacked;
	} else if (!is_it(f->s, path, trusted)) {
		return false;
	}
	return snprintf(f->path, f->size, "%s", path) < (int)f->size;
}

/* "virtio-gpu.ko.debug" is of the module virtio_gpu: '-' and '_' are one. */
static bool is_named(const char *file, const char *module)
{
	for (; *module; file++, module++)
		if (*file != *module && !(*file == '-' && *module == '_'))
			return false;
	if (strncmp(file, ".ko", 3))
		return false;
	file += 3;
	if (!strncmp(file, ".debug", 6))
		file += 6;
	return !*file || (packer_of(file - 3) && !strchr(file + 1, '.'));
}

/* Is a folder of the path named after the release? */
static bool names_release(const char *path, const char *release)
{
	size_t n = strlen(release);
	const char *p;

	for (p = strstr(path, release); n && p; p = strstr(p + 1, release))
		if (p > path && p[-1] == '/' && p[n] == '/')
			return true;
	return false;
}

static bool stopped(const struct find *f)
{
	return f->s->interrupted && f->s->interrupted();
}

/* Below top, as deep as depth; links are followed, circles noticed by fts. */
static bool look_below(struct find *f, const char *top, int depth, bool trusted)
{
	char *const paths[] = {(char *)(uintptr_t)top, NULL};
	FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	size_t left = ENTRIES_MAX;
	bool found = false;
	FTSENT *at;

	/* fts_close() leaks what was never read, so ask for Ctrl-C behind fts_read(). */
	while (tree && !found && left-- && (at = fts_read(tree)) && !stopped(f)) {
		if (at->fts_info == FTS_D && at->fts_level >= depth)
			fts_set(tree, at, FTS_SKIP);
		/* No FIFO: a packer would wait for whoever writes into it. */
		if (at->fts_info == FTS_F && is_named(at->fts_name, f->module))
			found = take(f, at->fts_path,
				     trusted ||
					     names_release(at->fts_path, f->s->release));
	}
	if (tree)
		fts_close(tree);
	return found;
}

/* It comes from the dump, and shall lead nowhere else. */
static bool is_folder_name(const char *release)
{
	return *release && *release != '.' && !strchr(release, '/');
}

static bool look_in_release(struct find *f, const char *root)
{
	static const char *const trees[] = {"usr/lib/debug/lib/modules",
					    "usr/lib/debug/usr/lib/modules",
					    "lib/debug/lib/modules", "lib/modules",
					    "usr/lib/modules"};
	const char *release = f->s->release;
	char top[PATH_MAX];
	size_t i;

	if (!is_folder_name(release))
		return false;
	for (i = 0; i < ARRAY_SIZE(trees); i++)
		if (snprintf(top, sizeof(top), "%s/%s/%s", root, trees[i], release) <
			    (int)sizeof(top) &&
		    !access(top, X_OK) && look_below(f, top, DEPTH_MAX, true))
			return true;
	return false;
}

/* ROOT/.build-id/ab/cdef….debug */
static bool look_by_id(struct find *f, const char *root)
{
	static const char *const trees[] = {"usr/lib/debug/", "lib/debug/", ""};
	char id[2 * MODULE_BUILD_ID_MAX + 1] = "", path[PATH_MAX];
	size_t i;

	for (i = 0; i < f->s->nbuild_id; i++)
		snprintf(id + 2 * i, 3, "%02x", f->s->build_id[i]);
	for (i = 0; *id && i < ARRAY_SIZE(trees); i++)
		if (snprintf(path, sizeof(path), "%s/%s.build-id/%.2s/%s.debug", root,
			     trees[i], id, id + 2) < (int)sizeof(path) &&
		    take(f, path, false))
			return true;
	return false;
}

static bool look_in_root(struct find *f, const char *root)
{
	return look_by_id(f, root) || look_in_release(f, root);
}

static bool look_for_module(struct find *f, const char *folder)
{
	return look_in_root(f, folder) || look_below(f, folder, DEPTH_MAX, true);
}

/*
 * Where distributions have a vmlinux, below a root; and where a user may have put it, whose
 * word is enough for one that nothing is known of.
 */
static bool look_for_kernel(struct find *f, const char *root)
{
	static const struct place {
		const char *folder, *behind; /* of the release's name; NULL: without it */
	} places[] = {
		{"usr/lib/debug/boot/vmlinux-", ""},
		{"usr/lib/debug/lib/modules/", "/vmlinux"},
		{"usr/lib/debug/usr/lib/modules/", "/vmlinux"},
		{"usr/lib/debug/vmlinux-", ""},
		{"lib/debug/vmlinux-", ""},
		{"lib/debug/lib/modules/", "/vmlinux"},
		{"lib/modules/", "/build/vmlinux"},
		{"boot/vmlinux-", ""},
		{"vmlinux-", ""},
		{"vmlinux", NULL},
	};
	const char *release = f->s->release, *behind;
	char path[PATH_MAX];
	size_t i;

	if (look_by_id(f, root))
		return true;
	for (i = 0; i < ARRAY_SIZE(places) && is_folder_name(release); i++) {
		behind = places[i].behind;
		if (snprintf(path, sizeof(path), "%s/%s%s%s", root, places[i].folder,
			     behind ? release : "",
			     behind ? behind : "") < (int)sizeof(path) &&
		    take(f, path, true))
			return true;
	}
	return false;
}

/*
 * A vendor may name the file after its package, and all his builds' releases be the same:
 * what the file says of itself must fit.
 */
static bool look_by_what_it_says(struct find *f, const char *folder)
{
	struct dirent **entries;
	char path[PATH_MAX];
	bool found = false;
	int n, i;

	n = scandir(folder, &entries, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (!found && !stopped(f) &&
		    !strncmp(entries[i]->d_name, "vmlinux-", strlen("vmlinux-")) &&
		    snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) <
			    (int)sizeof(path))
			found = take(f, path, false);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static bool look_for_kernel_in(struct find *f, const char *folder)
{
	static const char *const trees[] = {"", "/usr/lib/debug", "/usr/lib/debug/boot",
					    "/lib/debug", "/boot"};
	char path[PATH_MAX];
	struct path_about about;
	size_t i;

	/* It may be the file itself. */
	if (path_look(folder, &about) && about.regular)
		return take(f, folder, true);
	if (look_for_kernel(f, folder))
		return true;
	for (i = 0; i < ARRAY_SIZE(trees); i++)
		if (snprintf(path, sizeof(path), "%s%s", folder, trees[i]) <
			    (int)sizeof(path) &&
		    look_by_what_it_says(f, path))
			return true;
	return false;
}

/* A user's folder may be a tree of modules, a root, or hold them flat. */
static bool look_in_folders(struct find *f,
			    bool (*look)(struct find *f, const char *folder))
{
	char *list = f->s->folders ? strdup(f->s->folders) : NULL, *rest = NULL, *folder;
	bool found = false;

	for (folder = list ? strtok_r(list, ":", &rest) : NULL; folder && !found;
	     folder = strtok_r(NULL, ":", &rest))
		found = look(f, folder);
	free(list);
	return found;
}

/* The vmlinux lies beside them, or in a tree that has them: TREE/usr/lib/debug/boot. */
static bool look_around(struct find *f, const char *vmlinux)
{
	char root[PATH_MAX];
	char *slash;

	snprintf(root, sizeof(root), "%s", vmlinux);
	slash = strrchr(root, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (look_below(f, *root ? root : "/", 1, true))
		return true;
	/* Not the root: module_file_find() comes to it last. */
	for (; *root; slash = strrchr(root, '/')) {
		*slash = '\0';
		if (*root && look_in_root(f, root))
			return true;
	}
	return false;
}

/* As it was named, and where a link of that name leads to. */
static bool look_around_vmlinux(struct find *f)
{
	const char *vmlinux = f->s->vmlinux;
	char named[2 * PATH_MAX], here[PATH_MAX];
	char *real = vmlinux ? realpath(vmlinux, NULL) : NULL;
	bool found;

	if (!real)
		return false;
	if (*vmlinux == '/' || !getcwd(here, sizeof(here)))
		*here = '\0';
	snprintf(named, sizeof(named), "%s%s%s", here, *here ? "/" : "", vmlinux);
	found = look_around(f, named) || (strcmp(named, real) && look_around(f, real));
	free(real);
	return found;
}

bool module_file_find(const struct module_search *s, const char *module, char *path,
		      size_t size)
{
	struct find f = {.s = s, .module = module, .size = size};

	f.path = path;
	return look_in_folders(&f, look_for_module) ||
	       (!s->named_only && (look_around_vmlinux(&f) || look_in_root(&f, "")));
}

bool kernel_file_find(const struct module_search *s, char *path, size_t size)
{
	struct find f = {.s = s, .size = size};

	f.path = path;
	return look_in_folders(&f, look_for_kernel_in) ||
	       (!s->named_only && look_for_kernel(&f, ""));
}
