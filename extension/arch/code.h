/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of one function: what it calls, and which addresses stand in it.
 *
 * But for code_reaches() it is gone through in the order of its bytes, not of its flow:
 * what stands before a place need not have run before it.
 */
#ifndef VGPU_CODE_H
#define VGPU_CODE_H

#include "dump/dump.h"

struct code {
	kaddr_t start; /* of the function */
	const unsigned char *bytes;
	size_t n; /* may be past its end, where the next one is not far */
};

/*
 * The function that the address is in, up to there and for so much behind it.  False: no
 * symbol is near, its text is not in the dump, or its machine's instructions are not known.
 */
bool code_read(struct dump *d, kaddr_t in, size_t behind, struct code *c);

struct code_call {
	kaddr_t at, target;
	size_t size; /* of the call: at + size is where it comes back to */
};
/*
 * The next call, or jump out of the function, at or behind *at, which becomes the place
 * behind it.  False: there is none.
 */
bool code_next_call(struct dump *d, const struct code *c, kaddr_t *at,
		    struct code_call *call);
/*
 * Is there a way from here to there, past no call that stops it?  Ways through what the
 * compiler put elsewhere are not seen; *doubt: nor is one that a register leads.
 */
bool code_reaches(struct dump *d, const struct code *c, kaddr_t from, kaddr_t to,
		  bool (*stops)(void *arg, const struct code_call *call), void *arg,
		  bool *doubt);
/* Does an address from low up to high stand in the code before the place end? */
bool code_names(struct dump *d, const struct code *c, kaddr_t end, kaddr_t low,
		kaddr_t high);
/* Is so much added to a pointer before the place end, as for the address of a member? */
bool code_adds(struct dump *d, const struct code *c, kaddr_t end, uint32_t offset);

#endif
