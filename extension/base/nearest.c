// SPDX-License-Identifier: GPL-2.0-or-later
#include "nearest.h"

#include <string.h>

#define LONGEST 40 /* of names that are compared letter by letter */

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * Letters to change, add, drop or swap with their neighbour: Damerau and Levenshtein's,
 * where no letter is touched twice.
 */
static unsigned int edits(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int rows[3][LONGEST + 1];
	unsigned int *before, *last, *row;
	size_t i, k;

	for (k = 0; k <= nb; k++)
		rows[0][k] = (unsigned int)k;
	for (i = 1; i <= na; i++) {
		before = rows[(i + 1) % 3];
		last = rows[(i + 2) % 3];
		row = rows[i % 3];
		row[0] = (unsigned int)i;
		for (k = 1; k <= nb; k++) {
			row[k] = least(least(last[k], row[k - 1]) + 1,
				       last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	return rows[na % 3][nb];
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t nword = strlen(n->word), nname = strlen(name);
	unsigned int far;

	if (nword > LONGEST || nname > LONGEST || !nword)
		return;
	/* The beginning of a name is nearer than one letter that is wrong. */
	if (nword > 1 && !strncmp(name, n->word, nword))
		far = 1;
	else
		far = 2 * edits(n->word, nword, name, nname);
	/* Of a word of three letters one may be wrong, of six two. */
	if (far > 2 * nword / 3 || (n->name && far >= n->far))
		return;
	n->name = name;
	n->far = far;
}
