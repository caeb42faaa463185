// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded before QEMU's libraries: a renderer that takes commands and finishes none.
 * Once the file that LAB_RENDERER_STOP names is there, QEMU's requests to be told when a
 * command is done get lost, so that it waits for ever and never answers the guest.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int virgl_renderer_create_fence(int id, uint32_t context);

int virgl_renderer_create_fence(int id, uint32_t context)
{
	static int (*real)(int, uint32_t);
	const char *stop = getenv("LAB_RENDERER_STOP");
	void *library;

	if (stop && !access(stop, F_OK))
		return 0;
	if (!real) {
		/* QEMU's module has loaded it, for itself: no other name leads to it. */
		library = dlopen("libvirglrenderer.so.1", RTLD_LAZY | RTLD_NOLOAD);
		if (!library)
			abort();
		*(void **)&real = dlsym(library, "virgl_renderer_create_fence");
	}
	return real(id, context);
}
