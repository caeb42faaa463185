/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct dump over crash.  Only this folder sees crash's defs.h. */
#ifndef VGPU_CRASH_DUMP_H
#define VGPU_CRASH_DUMP_H

#include "readers/reader.h"

/*
 * Between its begin() and end(), Ctrl-C only sets a flag that dump_interrupted()
 * shows, every read fails from then on, and crash's own handler, which would
 * longjmp from wherever we are, is back after the end.  The dump and its layout
 * live as long as the extension is loaded; the arena is the command's.
 */
extern struct reader crash_reader;

/* The extension is being loaded, and unloaded. */
void crash_dump_open(void);
void crash_dump_close(void);

#endif
