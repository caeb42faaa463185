/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct dump over crash.  Only this folder sees crash's defs.h. */
#ifndef VGPU_CRASH_DUMP_H
#define VGPU_CRASH_DUMP_H

#include "readers/reader.h"

/* The dump and its layout live as long as the extension is loaded; the arena is the command's. */
extern struct reader crash_reader;

/*
 * Around a whole command: Ctrl-C only sets a flag that dump_interrupted() shows, and every
 * read fails from then on.  crash's own handler jumps to the main loop from wherever we are
 * (restart() in main.c): out of malloc() or free(), whose lock nobody would ever give back.
 */
void crash_dump_catch_sigint(void);
void crash_dump_give_sigint_back(void);

/* The extension is being loaded, and unloaded. */
void crash_dump_open(void);
void crash_dump_close(void);

#endif
