// SPDX-License-Identifier: GPL-2.0-or-later
#include "ioctl.h"

#include <string.h>

#include "arch/arch.h"
#include "base/text.h"

/* include/uapi/asm-generic/ioctl.h, the same on x86 and arm64 */
#define NR(number) ((number)&0xff)
#define TYPE(number) ((number) >> 8 & 0xff)
#define DIRECTION(number) ((number) >> 30)
#define SIZE(number) ((number) >> 16 & 0x3fff)

/* include/uapi/drm/drm.h: from here on they are the driver's own */
#define DRM_COMMAND_BASE 0x40
#define DRM_COMMAND_END 0xa0
#define VIRTGPU_EXECBUFFER 0x42

static const struct {
	uint32_t number;
	const char *name;
} ioctls[] = {
#define IOCTL(number, name) {(number), (name)},
#include "ioctl.def"
};

enum ioctl_file ioctl_file_kind(const char *path, const struct stack *stack)
{
	if (stack_find(stack, "drm_ioctl") || (path && text_starts(path, "/dev/dri/")))
		return IOCTL_FILE_DRM;
	if (path && !strcmp(path, "anon_inode:sync_file"))
		return IOCTL_FILE_SYNC;
	return path && text_starts(path, "/dmabuf:") ? IOCTL_FILE_DMA_BUF
						     : IOCTL_FILE_OTHER;
}

bool ioctl_is_gpu(const struct stack *stack)
{
	size_t i;

	for (i = 0; i < stack->n; i++)
		if (!strcmp(stack->v[i].module, "virtio_gpu") ||
		    text_starts(stack->v[i].function, "virtio_gpu_"))
			return true;
	return false;
}

/* DRM's structures grow at their end, and it goes by the command's number alone. */
static bool is_number(uint32_t number, uint32_t of_table)
{
	bool grows = TYPE(number) == 'd';

	return TYPE(number) == TYPE(of_table) && NR(number) == NR(of_table) &&
	       DIRECTION(number) == DIRECTION(of_table) &&
	       (grows || SIZE(number) == SIZE(of_table));
}

const char *ioctl_name(uint32_t number, enum ioctl_file file, bool gpu)
{
	static const char types[] = {[IOCTL_FILE_DRM] = 'd',
				     [IOCTL_FILE_SYNC] = '>',
				     [IOCTL_FILE_DMA_BUF] = 'b'};
	bool own = NR(number) >= DRM_COMMAND_BASE && NR(number) < DRM_COMMAND_END;
	size_t i;

	if (file == IOCTL_FILE_OTHER || TYPE(number) != (unsigned char)types[file] ||
	    (file == IOCTL_FILE_DRM && own && !gpu))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (is_number(number, ioctls[i].number))
			return ioctls[i].name;
	return NULL;
}

bool ioctl_is_execbuffer(uint32_t number)
{
	return TYPE(number) == 'd' && NR(number) == VIRTGPU_EXECBUFFER;
}

/* ---- the driver's copy of what was asked ------------------------------------------- */

/* struct drm_virtgpu_execbuffer: include/uapi/drm/virtgpu_drm.h, the ABI */
#define EXEC_SIZE 32 /* of the oldest; 4.19's ends with a padding */
#define EXEC_FLAGS_MAX 0x7
#define EXEC_BYTES_MAX (64u << 20)
#define EXEC_HANDLES_MAX (1u << 20)
#define ZONE_MAX 4096 /* bytes of two functions' frames */
#define STACK_BYTES_MAX 65536

/* The stack from the innermost frame to where drm_ioctl()'s and its caller's end. */
struct zone {
	struct dump *d;
	const unsigned char *bytes;
	kaddr_t from, copy, end; /* copy: from here on the copy may be */
};

static bool is_user_address(const struct zone *z, uint64_t v)
{
	return v >= z->d->info.page_size && v < z->d->arch->kernel_low && !(v >> 56);
}

static bool take_execbuffer(const struct zone *z, kaddr_t at, struct execbuffer *e)
{
	const unsigned char *p = z->bytes + (at - z->from);
	uint64_t command = load_u64(p + 8), handles = load_u64(p + 16);

	e->at = at;
	e->flags = (uint32_t)load_le(p, 4);
	e->size = (uint32_t)load_le(p + 4, 4);
	e->handles = (uint32_t)load_le(p + 24, 4);
	return e->flags <= EXEC_FLAGS_MAX && e->size && e->size <= EXEC_BYTES_MAX &&
	       e->handles <= EXEC_HANDLES_MAX && is_user_address(z, command) &&
	       (e->handles ? is_user_address(z, handles) : true);
}

static bool find_in_zone(const struct zone *z, struct execbuffer *e)
{
	struct execbuffer one;
	bool found = false;
	kaddr_t at, word;

	for (at = z->from; at < z->copy; at += sizeof(word)) {
		word = load_u64(z->bytes + (at - z->from));
		if (word % sizeof(uint64_t) || word < z->copy ||
		    word > z->end - EXEC_SIZE || (found && word == e->at) ||
		    !take_execbuffer(z, word, &one))
			continue;
		if (found)
			return false;
		*e = one;
		found = true;
	}
	return found;
}

/*
 * drm_ioctl() hands the copy to the driver's function, so that somebody further in has
 * its address.  A frame's own memory is at and above its stack pointer on x86_64, above
 * its caller's on arm64.
 */
bool execbuffer_find(struct dump *d, const struct stack *stack, struct execbuffer *e)
{
	const struct frame *f = stack_find(stack, "drm_ioctl");
	size_t i = f ? (size_t)(f - stack->v) : 0, size;
	struct zone z = {.d = d};
	unsigned char *bytes;

	if (!i || i + 2 >= stack->n)
		return false;
	z.from = stack->sp;
	z.copy = stack->sp + f->up;
	z.end = stack->sp + stack->v[i + 2].up;
	if (z.from % sizeof(uint64_t) || z.copy <= z.from || z.end < z.copy + EXEC_SIZE ||
	    z.end - z.copy > ZONE_MAX || z.end - z.from > STACK_BYTES_MAX)
		return false;
	size = (size_t)(z.end - z.from);
	bytes = arena_alloc(d->arena, size);
	z.bytes = bytes;
	return dump_read(d, z.from, bytes, size) == DUMP_OK && find_in_zone(&z, e);
}
