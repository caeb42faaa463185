/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice: how to get the debuginfo of a module whose types are not known. */
#ifndef VGPU_DEBUGINFO_H
#define VGPU_DEBUGINFO_H

#include "facts/facts.h"

/* "linux-image-5.10.0-46-amd64-dbg", as Debian names it */
const char *debuginfo_package(const struct facts *f);
/* "mod -s virtio_gpu /usr/lib/debug/…/virtio-gpu.ko" */
const char *debuginfo_command(const struct facts *f, const char *module);

#endif
