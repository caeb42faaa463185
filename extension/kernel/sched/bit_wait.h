/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleep for one bit: a page's lock, the end of its writeback, a buffer's I/O, a flag of an
 * inode.  The queue that such a sleeper is in is shared by many bits that have nothing to do
 * with each other: what tells is the record around his entry in it.
 */
#ifndef VGPU_BIT_WAIT_H
#define VGPU_BIT_WAIT_H

#include "unwind.h"

/* Who frees an inode waits himself until it has been written back. */
#define BIT_WAIT_EVICTS "evict"

enum bit_of {
	BIT_OF_NOTHING,
	BIT_OF_WORD,   /* .addr is the word */
	BIT_OF_PAGE,   /* struct page, of a folio the first */
	BIT_OF_BUFFER, /* struct buffer_head */
	BIT_OF_INODE,  /* struct inode: its i_state */
};

struct bit_wait {
	enum bit_of of;
	kaddr_t addr;
	int bit;     /* < 0: for any change of the word */
	bool locked; /* of a page: for who has its lock, be it I/O or a task */
	bool writeback;
	/* Of an inode: the function that who is to end it is in; NULL: it may be any. */
	const char *keeper;
};

/* entry: the wait_queue_entry on his stack.  BIT_OF_NOTHING: it is for no bit. */
void bit_wait_find(struct dump *d, kaddr_t entry, const struct stack *stack,
		   struct bit_wait *b);
/* The inode that a page is of; 0: of none, or it cannot be read. */
kaddr_t bit_wait_inode_of_page(struct dump *d, kaddr_t page);
/* "lock of the page 0x...", "buffer 0x...": what it is, for a sentence. */
const char *bit_wait_words(struct dump *d, const struct bit_wait *b);

#endif
