/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slabs: every page that SLUB holds, of which cache, and which of its objects are free.
 *
 * Full slabs are on no list, so one pass over the page array finds them all and makes an
 * index of them: 40 bytes for each slab, a bit for each page of memory that has slabs
 * near it, a bit for each object.  Freelists are decoded when somebody asks for the first
 * object of a slab.  All of it is kept from one command to the next, because a dump does
 * not change; slabs_get() makes it the first time.
 *
 *	struct slabs *s = slabs_get(d);
 *	if (s && slab_object_at(s, addr, &o))
 *		... o.cache->name, o.addr, o.index, slab_object_state(s, &o)
 *
 *	slab_walk_cache(&w, s, cache);
 *	while (slab_walk_next(&w))
 *		if (w.bytes && slab_walk_state(&w) == OBJECT_ALLOCATED)
 *			... w.addr, w.bytes
 *
 * Objects are numbered through: slab->first + k, below slabs->nobjects; a caller's own
 * table or bit map can use that number.
 */
#ifndef VGPU_SLAB_H
#define VGPU_SLAB_H

#include "page.h"
#include "slab_cache.h"

enum slab_place {
	SLAB_FULL,	   /* on no list; every object in use */
	SLAB_CPU,	   /* the one that a CPU allocates from */
	SLAB_CPU_PARTIAL,  /* on a CPU's list */
	SLAB_NODE_PARTIAL, /* on a node's list */
	SLAB_LOOSE,	   /* has free objects, and no list that was read has it */
	SLAB_PLACES
};

enum object_state {
	OBJECT_ALLOCATED,
	OBJECT_FREE,	/* on a freelist, or in a sheaf */
	OBJECT_PENDING, /* freed by its user, and waiting for RCU's grace period */
	OBJECT_UNKNOWN, /* its slab's freelist is damaged or was not in the dump */
	OBJECT_STATES
};

/* What is wrong with a slab.  It costs that slab and no other. */
enum slab_flaw {
	FLAW_NO_CACHE, /* slab_cache is no cache */
	FLAW_COUNT,    /* objects fits no size of slab, or inuse is more than objects */
	FLAW_UNREAD,   /* its freelist cannot be read */
	FLAW_LOOP,     /* the freelist comes to an object twice */
	FLAW_OUTSIDE,  /* the freelist points to what is no object of the slab */
	FLAW_FREELIST, /* the freelist's length contradicts inuse */
	FLAW_LIST,     /* a list has what is no slab of the cache */
	FLAW_RED_ZONE, /* bytes beside the object were overwritten */
	FLAW_POISON,   /* a free object was written to */
	FLAWS
};

struct slab_damage {
	enum slab_flaw flaw;
	uint32_t cache; /* SLAB_NO_CACHE: of none */
	kaddr_t slab;	/* struct page or struct slab */
	kaddr_t at;	/* what is wrong: an address in the slab, or a pointer's value */
	const char *text;
};

struct slab {
	pfn_t pfn;
	kaddr_t freelist; /* of the slab itself: plain, not disguised */
	uint64_t first;	  /* the number of its first object */
	uint32_t cache;	  /* index into caches.all */
	uint16_t objects, inuse;
	uint8_t order;
	uint8_t place; /* enum slab_place */
	uint8_t frozen;
	uint8_t walked : 1;  /* the bits of its free objects are set */
	uint8_t damaged : 1; /* so that what is not known free is not known at all */
};

struct slab_count {
	uint64_t slabs, objects, inuse; /* inuse as the slab counts, as slabinfo shows */
};

/* What the pass over the page array found of a cache; no object was looked at. */
struct slab_totals {
	struct slab_count all, at[SLAB_PLACES];
	uint64_t pages;
	uint64_t lost;	  /* slabs that contradict themselves: in no other number */
	uint64_t sheaved; /* objects in sheaves, which inuse counts as in use */
	uint32_t first_slab, nslabs; /* see slab_of_cache() */
};

/* Free pointers are disguised in one of these ways; see slab_freelist.c. */
enum freeptr { FREEPTR_PLAIN, FREEPTR_XOR_SWAB, FREEPTR_XOR, FREEPTRS };

/* The slabs of a memory section: bits of their first pages, and how many before. */
struct slab_rank {
	uint64_t *heads;
	uint32_t *before; /* for each word of heads */
};

struct slabs {
	struct dump *d;
	struct arena *arena; /* that it is in: it outlives the command */
	struct slab_caches caches;
	struct pages pages;
	struct slab_totals *totals; /* for each cache */
	VEC(struct slab) all;	    /* by page frame */
	uint64_t nobjects;
	uint64_t excluded; /* page frames whose struct page is not in the dump */
	uint64_t foreign;  /* pages marked as a slab's that are KFENCE's */
	VEC(struct slab_damage) damage;
	uint64_t damages; /* all, listed above or not */

	/* ---- of slab*.c alone ---- */
	uint32_t *by_cache; /* indexes into all, cache by cache */
	struct slab_rank *ranks;
	uint64_t nranks;
	uint64_t *free, *pending; /* a bit for each object; pending may be NULL */
	VEC(struct cpu_freelist {
		uint32_t slab;
		kaddr_t freelist;
	})
	cpu_freelists;	       /* by slab */
	enum freeptr *freeptr; /* what has worked for each cache */
	VEC(char *) notes;
	unsigned char *scratch; /* a slab is read into it */
	size_t scratch_size;
};

/*
 * The index, made by the first command that asks.  NULL when there is no SLUB or no page
 * array to be read (the notes say why), or after Ctrl-C.  What could not be read is in
 * the notes again of each command that asks.
 */
struct slabs *slabs_get(struct dump *d);

static inline struct slab_cache *slab_cache_of(const struct slabs *s,
					       const struct slab *slab)
{
	return &s->caches.all.v[slab->cache];
}
/* The cache's slab number i below slab_totals_of(s, c)->nslabs, by address. */
struct slab_totals *slab_totals_of(const struct slabs *s, const struct slab_cache *c);
struct slab *slab_of_cache(const struct slabs *s, const struct slab_cache *c, uint32_t i);

/* Address and bytes of its memory. */
kaddr_t slab_address(const struct slabs *s, const struct slab *slab);
size_t slab_bytes(const struct slabs *s, const struct slab *slab);
kaddr_t slab_struct(const struct slabs *s, const struct slab *slab);
/* Bytes from the start of the slab to its object k. */
static inline size_t slab_offset(const struct slab_cache *c, unsigned int k)
{
	return c->red_left_pad + (size_t)k * c->size;
}

/* All of its memory, in a buffer that is good until the next call; NULL: not read. */
const unsigned char *slab_read(struct slabs *s, const struct slab *slab);

/* Decodes the slab's freelist, if that has not been done. */
enum object_state slab_state(struct slabs *s, struct slab *slab, unsigned int k);
/* The same for all objects of a slab whose memory the caller has read. */
void slab_decode(struct slabs *s, struct slab *slab, const unsigned char *bytes);

/* The slab whose memory has this address, in constant time; NULL: none. */
struct slab *slab_at(const struct slabs *s, kaddr_t addr);

struct slab_object {
	struct slab *slab;
	struct slab_cache *cache;
	unsigned int index; /* in its slab */
	uint64_t number;    /* among all objects */
	kaddr_t addr;	    /* where the object begins */
	size_t offset;	    /* of the address asked for, from there */
};

/*
 * The object that an address lies in, SLUB's own bytes behind it included.  Constant
 * time.  False: no slab has it, or it lies before the first or behind the last object.
 */
bool slab_object_at(const struct slabs *s, kaddr_t addr, struct slab_object *o);
enum object_state slab_object_state(struct slabs *s, const struct slab_object *o);

/*
 * Every object of a cache or of one slab, whatever its state; the memory of each slab is
 * read once.  Ends after Ctrl-C.
 */
struct slab_walk {
	struct slabs *s;
	const struct slab_cache *cache;
	struct slab *slab;
	/* The object, its place in the slab, its c->size bytes; NULL: not in the dump. */
	kaddr_t addr;
	unsigned int index;
	const unsigned char *bytes;

	/* ---- of slab*.c alone ---- */
	const unsigned char *memory; /* of the slab */
	uint32_t slabs;		     /* of the cache: how many were begun */
	unsigned int objects;	     /* of the slab: the same */
};

void slab_walk_cache(struct slab_walk *w, struct slabs *s, const struct slab_cache *c);
void slab_walk_slab(struct slab_walk *w, struct slabs *s, struct slab *slab);
bool slab_walk_next(struct slab_walk *w);
/* Of the object; decodes the slab's freelist, if that has not been done. */
enum object_state slab_walk_state(struct slab_walk *w);

/* Objects by place and state; decodes every freelist of the cache. */
struct slab_states {
	uint64_t n[SLAB_PLACES][OBJECT_STATES];
};
void slab_count_states(struct slabs *s, const struct slab_cache *c,
		       struct slab_states *states);

/* Found by those who look at objects: red zones, poison. */
void slab_add_damage(struct slabs *s, enum slab_flaw flaw, const struct slab *slab,
		     kaddr_t at, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

const char *slab_place_word(enum slab_place place);
const char *object_state_word(enum object_state state);
const char *slab_flaw_word(enum slab_flaw flaw);

#endif
