/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that has the types of a kernel or its module, where people keep such files.
 *
 * Debug packages are installed below /usr/lib/debug, unpacked below any folder, copied
 * flat beside a vmlinux, linked from elsewhere, kept by build-id, or compressed.  A file
 * is taken when it has debugging information and is this kernel's: by build-id where
 * both are known, else by its vermagic or banner, else because its folder is named after the
 * release, or is one that the user named.
 *
 * Knows no dump and no reader: each of them says what it knows, and loads the file in
 * its own way.
 */
#ifndef VGPU_MODULE_FILE_H
#define VGPU_MODULE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define MODULE_BUILD_ID_MAX 64

struct module_search {
	const char *release; /* uname -r of the dump */
	const char *
		vmlinux; /* its folder, and the trees that it is in, are looked at; or NULL */
	const char *
		folders; /* the user's, with ':' between them; looked at first; or NULL */
	unsigned char build_id[MODULE_BUILD_ID_MAX]; /* of it in the dump */
	size_t nbuild_id;			     /* 0: not known */
	bool (*interrupted)(void);		     /* the user wants to stop; or NULL */
	bool named_only; /* in the user's folders, and nothing is unpacked: disks may hang */
};

/*
 * The path of the module's file, in a buffer of size bytes; false: there is none.  A
 * compressed one is unpacked below $TMPDIR, by the program for its kind.
 */
bool module_file_find(const struct module_search *s, const char *module, char *path,
		      size_t size);
/* The same of the kernel's own vmlinux, by the build-id of the kernel; search.vmlinux is NULL. */
bool kernel_file_find(const struct module_search *s, char *path, size_t size);
/* Removes what was unpacked; at the end, since whoever reads it may open it again. */
void module_files_remove(void);

#endif
