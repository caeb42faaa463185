/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snappy's raw format, as kdump-compressed cores have it. */
#ifndef VGPU_CORE_SNAPPY_H
#define VGPU_CORE_SNAPPY_H

#include <stdbool.h>
#include <stddef.h>

/* Exactly size bytes from exactly n; false: these bytes do not say that. */
bool snappy_inflate(const unsigned char *from, size_t n, unsigned char *to, size_t size);

#endif
