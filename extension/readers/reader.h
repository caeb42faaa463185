/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a door has to give: a way to look at one dump.  Everything that the user sees is
 * made in commands/, which knows no door.
 *
 * To add a reader:
 *
 * 1. Make a folder readers/NAME.  Only the files in it include the headers of what it
 *    reads with.
 * 2. Write a struct dump_ops (dump/dump.h): memory, symbols, types.  None of them may
 *    print, or jump to somewhere else; a read that fails says why.
 * 3. Write a struct reader.  begin() fills dump->info, and gives dump->ops, dump->layout
 *    and dump->arch (arch_of()); what it returns, and what dump_keep() keeps in it, stays until the
 *    dump is closed: then call dump_forget_all() and layout_destroy().
 * 4. Write the door: whatever the user starts.  It hands its command line to
 *    commands_run(), whose result may be its exit status.
 * 5. Add NAME to READERS in the Makefile, and say what is linked from it; and a row of
 *    tests/rooms says what its folder may include.
 */
#ifndef VGPU_READER_H
#define VGPU_READER_H

#include "dump/dump.h"

struct reader {
	/* What it reads, as far as that is known before the dump is opened. */
	struct dump_about about;
	const char
		*usage; /* what stands before a command that is about it: "vgpu CORE" */
	/* Why it does not look at this dump, a sentence without its full stop; NULL: it does. */
	const char *(*refusal)(struct reader *r);
	/*
	 * Begin a command, whose memory is in a.  From here to end(), Ctrl-C only makes
	 * dump_interrupted() true.  NULL: there is no memory for it.
	 */
	struct dump *(*begin)(struct reader *r, struct arena *a);
	/*
	 * What is looked at runs on: wait until it may have changed, and read it anew from
	 * here on.  How many seconds that is after the look before; < 0: Ctrl-C.  NULL: it
	 * does not change.
	 */
	double (*again)(struct reader *r);
	/*
	 * Between begin() and end(), of a command that was interrupted: by what, a sentence
	 * without its full stop.  NULL, also as what it gives: by Ctrl-C.
	 */
	const char *(*interrupted_by)(struct reader *r);
	/* After each begin(). */
	void (*end)(struct reader *r);
	/*
	 * A reader of another dump, set up as this one is; NULL: no memory.  The path must
	 * outlive it.  The door has one dump alone: it has neither of these.
	 */
	struct reader *(*other)(struct reader *r, const char *path);
	void (*close)(struct reader *other);
};

/* What to say where memory ends: who hangs is not to be burdened, so that there is a limit. */
static inline const char *reader_no_memory(const struct reader *r)
{
	return r->again
		       ? "a look needs more memory than it may take (--memory-limit=SIZE "
			 "gives it more)"
		       : "not enough memory on this machine for this dump";
}

#endif
