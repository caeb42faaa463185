/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process has mapped: its areas of memory, as /proc/PID/maps lists them. */
#ifndef VGPU_VMA_H
#define VGPU_VMA_H

#include "dump/dump.h"

struct vma {
	kaddr_t start, end; /* addresses of the process */
	kaddr_t file;	    /* struct file; 0: memory of no file */
	uint64_t offset;    /* of start into the file, bytes */
};

/* The area of a struct mm_struct that the address is in. */
bool vma_find(struct dump *d, kaddr_t mm, kaddr_t addr, struct vma *vma);

/*
 * Where the file of this area is mapped from its first byte on, by the areas below it;
 * false: it is not, or other things lie in between.
 */
bool vma_file_start(struct dump *d, kaddr_t mm, const struct vma *vma, kaddr_t *start);

#endif
