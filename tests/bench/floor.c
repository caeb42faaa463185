// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `floor`: read every page of memory that the dump has, once, and look at nothing.
 *
 * What any command that looks at all of a dump must at least take in this crash.
 */
#include "defs.h"

static void cmd_floor(void)
{
	ulong page = (ulong)PAGESIZE(), pfn, last = 0, read = 0;
	char *buf = GETBUF(page);
	int i;

	for (i = 0; i < vt->numnodes; i++)
		if (vt->node_table[i].start_paddr / page + vt->node_table[i].size > last)
			last = vt->node_table[i].start_paddr / page +
			       vt->node_table[i].size;
	for (pfn = 0; pfn < last; pfn++)
		read += !!readmem(pfn * page, PHYSADDR, buf, (long)page, "floor",
				  RETURN_ON_ERROR | QUIET);
	fprintf(fp, "floor: %lu pages\n", read);
	FREEBUF(buf);
}

static char *help_floor[] = {"floor", "read all memory in the dump, once", " ", "", NULL};

static struct command_table_entry command_table[] = {{"floor", cmd_floor, help_floor, 0},
						     {NULL, NULL, NULL, 0}};

static void __attribute__((constructor)) floor_init(void)
{
	register_extension(command_table);
}
