// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded before QEMU's libraries: a renderer that needs seconds for each command.  Once
 * the file that LAB_RENDERER_STOP names is there, of QEMU's requests to be told when a
 * command is done one is let through every so often, and the others wait their turn.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_EACH 3
#define WAITING_MAX 4096

int virgl_renderer_create_fence(int id, uint32_t context);
void virgl_renderer_poll(void);

static struct request {
	int id;
	uint32_t context;
} waiting[WAITING_MAX];
static unsigned int first, last; /* QEMU's main loop alone comes here */

/* QEMU's module has loaded it, for itself: no other name leads to it. */
static void *real(const char *name)
{
	void *library = dlopen("libvirglrenderer.so.1", RTLD_LAZY | RTLD_NOLOAD);
	void *function = library ? dlsym(library, name) : NULL;

	if (!function)
		abort();
	return function;
}

static int create(int id, uint32_t context)
{
	static int (*function)(int, uint32_t);

	if (!function)
		*(void **)&function = real("virgl_renderer_create_fence");
	return function(id, context);
}

int virgl_renderer_create_fence(int id, uint32_t context)
{
	const char *stop = getenv("LAB_RENDERER_STOP");

	if (!stop || access(stop, F_OK))
		return create(id, context);
	if (last - first == WAITING_MAX)
		abort();
	waiting[last++ % WAITING_MAX] = (struct request){id, context};
	return 0;
}

/* QEMU asks every few milliseconds, as long as it waits for anything. */
void virgl_renderer_poll(void)
{
	static void (*function)(void);
	static time_t next;
	struct request *r;

	if (!function)
		*(void **)&function = real("virgl_renderer_poll");
	if (first != last && time(NULL) >= next) {
		r = &waiting[first++ % WAITING_MAX];
		create(r->id, r->context);
		next = time(NULL) + SECONDS_EACH;
	}
	function();
}
