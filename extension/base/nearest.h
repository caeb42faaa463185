/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean ...?": of many names, the one most like a word that is none of them.
 *
 *	struct nearest n = {.word = "hugn"};
 *
 *	nearest_try(&n, "hung");	// and all the others
 *	if (n.name) ...
 */
#ifndef VGPU_NEAREST_H
#define VGPU_NEAREST_H

struct nearest {
	const char *word;
	const char *name; /* the best so far; NULL: none could have been meant */
	unsigned int far; /* how far it is */
};

/* The name must outlive the search. */
void nearest_try(struct nearest *n, const char *name);

#endif
