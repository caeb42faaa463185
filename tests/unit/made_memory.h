/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical memory, written down in a test, as an ELF core that core_open() reads. */
#ifndef VGPU_MADE_MEMORY_H
#define VGPU_MADE_MEMORY_H

#include "readers/core/core.h"

struct made;

/* Of "x86_64", "aarch64", or "": it does not say.  No page is there yet. */
struct made *made_memory(const char *machine, unsigned int page_size);
void made_destroy(struct made *m);

/* A line of vmcoreinfo, without its end. */
void made_info(struct made *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* All of its lines until now, as text. */
const char *made_info_text(struct made *m);
/* They are in no note: who writes the core does not know of them. */
void made_no_info(struct made *m);
/* Where a CPU was, as QEMU writes down its registers (x86_64). */
void made_cpu(struct made *m, uint64_t ip);

/* The pages that they lie in are there from then on, zero but for what was put. */
void made_put(struct made *m, uint64_t pa, const void *bytes, size_t size);
void made_u64(struct made *m, uint64_t pa, uint64_t value);
/* 0: nothing was put there. */
uint64_t made_get(struct made *m, uint64_t pa);
void made_remove(struct made *m, uint64_t pa);

/* A file with what was put until now, until the next one or made_destroy(). */
const char *made_memory_file(struct made *m);
/* What was put until now; closed by made_destroy(), or when it is opened again. */
struct core *made_open(struct made *m);

#endif
