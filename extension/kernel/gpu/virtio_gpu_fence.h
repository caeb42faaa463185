/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-gpu's fences: on the device's list, and off it but still referred to. */
#ifndef VGPU_VIRTIO_GPU_FENCE_H
#define VGPU_VIRTIO_GPU_FENCE_H

#include "dma_fence.h"
#include "drm_gem.h"
#include "dump/dump.h"
#include "kernel/sched/files.h"
#include "virtio_gpu_cmd.h"

/* Kept by what, and in which form: each is a reference on the fence. */
enum holder_kind {
	HOLDER_SYNC_FILE,   /* an open file descriptor */
	HOLDER_RESV,	    /* a GEM object's reservation */
	HOLDER_SYNCOBJ,	    /* a DRM file's synchronisation object */
	HOLDER_FRAMEBUFFER, /* virtio_gpu_framebuffer.fence */
	HOLDER_PLANE,	    /* virtio_gpu_plane_state.fence, 6.13 */
	HOLDER_STACK,	    /* a function that a task is in: .addr is on its stack */
};

struct fence_holder {
	kaddr_t fence;
	enum holder_kind kind;
	kaddr_t addr;	       /* sync_file, drm_gem_object, drm_syncobj, ... */
	const char *container; /* "fence array", "fence chain" between them; or NULL */
	int pid, fd;	  /* of a sync_file, a stack; fd is a syncobj's handle; or -1 */
	const char *comm; /* NULL when not known */
};

enum fence_state {
	FENCE_IN_FLIGHT, /* on the list: the device has not signalled it */
	FENCE_HELD,	 /* signalled, off the list, and found in a holder */
	FENCE_LEAKED,	 /* signalled, off the list, a reference that nobody has */
	FENCE_FREEING,	 /* no reference left: waits for RCU */
	FENCE_UNEMITTED, /* allocated, and never given to the device */
	FENCE_LIES,	 /* on the list and signalled, or off it and neither */
};

struct gpu_fence {
	struct fence f;	   /* f.addr is the virtio_gpu_fence too */
	uint64_t fence_id; /* what the device is told; 0: it was not emitted */
	int ring;	   /* < 0: none */
	bool on_list;
	bool freed; /* its memory waits for RCU in a sheaf */
	enum fence_state state;
	/* Of all holders: those of this fence. */
	size_t first_holder, nholders;
	const struct gpu_command *command; /* that carries it; NULL: none in flight */
	double waited_s;		   /* at least; < 0: nobody waits */
};

struct fence_context {
	uint64_t context;
	uint64_t emitted;   /* the newest fence_id that is still allocated */
	uint64_t signalled; /* the newest that was found signalled; 0: none was */
	size_t waiting;	    /* in flight */
	size_t held;
};

struct gpu_fences {
	VEC(struct gpu_fence) all;	    /* by fence_id */
	VEC(struct fence_holder) holders;   /* by fence */
	VEC(struct fence_context) contexts; /* by context */
	size_t on_list, counts[FENCE_LIES + 1];
	bool list_complete; /* the list could be followed to its end */
	/* Whatever holds fences was looked at: a leaked one is leaked as far as that goes. */
	bool holders_complete;
	size_t unsure;	 /* in slabs whose freelist is damaged: may be free */
	bool slabs_read; /* fences that nobody refers to were looked for */
};

/* What is found first, and what is looked through for holders. */
struct fence_sources {
	kaddr_t vgdev;
	const struct drm *drm;
	const struct open_files *files;
	kaddr_t sync_file_ops;
	const struct gem_refs *objects; /* every GEM object that is known */
	bool slabs;			/* look for those that nothing leads to */
	struct gpu_commands *commands;	/* .fence and .waited_s are filled in */
};

/*
 * A device's fences are known by where they point, whether they have been signalled or
 * not: to its fence driver and, where the kernel keeps a pointer, to the driver's lock and
 * the driver's ops (cleared by the signal since 7.2).  That alone is not enough: where
 * small objects share the fences' cache (arm64 until 6.4) they leave most of a freed fence
 * as it was.  So the count of references must be one, and who is given to RCU has none.
 */
struct gpu_fence_signature {
	kaddr_t drv, lock, ops;
	/* In a virtio_gpu_fence; < 0: this kernel has none, or keeps no pointer. */
	long drv_at, lock_at, ops_at, refcount_at, rcu_func_at;
	bool ops_cleared;
	size_t size;
};

/* False: its types are not known. */
bool gpu_fence_signature(struct dump *d, kaddr_t vgdev, struct gpu_fence_signature *sig);
/* Do so many bytes begin with one of the device's fences? */
bool gpu_fence_fits(const struct gpu_fence_signature *sig, const unsigned char *bytes,
		    size_t n);

/* In the GEM object since 5.2; before, in the TTM object that virtio-gpu's has. */
bool gpu_reservation_of(struct dump *d, kaddr_t gem, kaddr_t *resv);

void gpu_fences_read(struct dump *d, struct tasks *tasks, const struct fence_sources *s,
		     struct gpu_fences *fences);
const char *fence_state_name(enum fence_state state);
const char *holder_kind_name(enum holder_kind kind);

#endif
