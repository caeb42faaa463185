// SPDX-License-Identifier: GPL-2.0-or-later
#include "debuginfo.h"

#include <string.h>

static const struct {
	const char *module, *file;
} modules[] = {
	{"virtio_gpu", "drivers/gpu/drm/virtio/virtio-gpu.ko"},
	{"virtio_ring", "drivers/virtio/virtio_ring.ko"},
};

const char *debuginfo_package(const struct facts *f)
{
	return arena_printf(f->arena, "linux-image-%s-dbg", f->info->release);
}

const char *debuginfo_command(const struct facts *f, const char *module)
{
	size_t i;

	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (!strcmp(modules[i].module, module))
			return arena_printf(
				f->arena,
				"mod -s %s /usr/lib/debug/lib/modules/%s/kernel/%s",
				module, f->info->release, modules[i].file);
	return arena_printf(f->arena, "mod -s %s", module);
}
