/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an object of a general cache is, told from its bytes.
 *
 * First what can be proved: a virtio-gpu fence by its pointers to the device's fence
 * driver, its GEM object by the device and the driver's functions, other fences by their ops, a sync_file by its file, an indirect table by the
 * ring that uses it.  Then what any object shows: a pointer to a known symbol, links to
 * its own kind, text.  The rest is grouped by shape: which words are pointers, and to
 * what.
 */
#ifndef VGPU_OBJECT_TYPE_H
#define VGPU_OBJECT_TYPE_H

#include "kernel/mm/slab.h"
#include "kernel/gpu/virtio_gpu.h"

enum object_kind {
	KIND_GPU_FENCE,
	KIND_GPU_OBJECT,
	KIND_DMA_FENCE,
	KIND_SYNC_FILE,
	KIND_INDIRECT_TABLE,
	KIND_OBJECT_ARRAY,
	KIND_FENCE_POINTERS,
	KIND_MEM_ENTRIES,
	KIND_SYMBOL, /* has a pointer to a function or to an ops structure */
	KIND_LINKED, /* a list links it to others of its cache, or is empty */
	KIND_TEXT,
	KIND_ZERO,
	KIND_SHAPE,
	KIND_OTHER, /* more shapes than are listed */
	KINDS
};

#define TYPE_HEX_MAX 64

struct object_type {
	enum object_kind kind;
	const char *name;      /* "virtio_gpu_fence", "file_operations at +40" */
	uint64_t key;	       /* of its group, within the kind */
	uint64_t count, bytes; /* bytes: with SLUB's own */
	uint64_t live;	       /* indirect tables that a descriptor refers to */
	kaddr_t example;       /* the first that was seen */
	unsigned char hex[TYPE_HEX_MAX]; /* its first bytes */
	size_t nhex;
};

struct typer;

/* In the dump's arena.  gpus: whose fences, commands and objects are known by name. */
struct typer *typer_create(struct dump *d, struct slabs *s, const struct gpus *gpus);
/*
 * The type of the object whose c->object_size bytes are given.  Never NULL; good until
 * the typer's arena is freed.  Counts nothing.
 */
struct object_type *typer_of(struct typer *t, const struct slab_cache *c, kaddr_t addr,
			     const unsigned char *bytes);
/* The same, and counts it. */
struct object_type *typer_count(struct typer *t, const struct slab_cache *c, kaddr_t addr,
				const unsigned char *bytes);
/* All types that were counted, the most frequent first. */
struct object_type **typer_all(struct typer *t, size_t *n);

const char *object_kind_word(enum object_kind kind);

#endif
