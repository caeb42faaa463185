/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that end a command: Ctrl-C, and those that end the program.
 *
 * While a command runs they only set a flag, which dump_interrupted() shows, so that what
 * the command unpacked is removed; at other times they do what they always do.
 */
#ifndef VGPU_INTERRUPT_H
#define VGPU_INTERRUPT_H

#include <stdbool.h>

void interrupt_begin(void);
void interrupt_end(void);
/*
 * A command that is not done this many seconds from now is interrupted too; 0: it may take
 * as long as it does. By the clock, whenever somebody asks: an alarm is of one CPU, which
 * may be deaf.
 */
void interrupt_after(unsigned int seconds);
/* As a signal would: it came to what this one goes on with. */
void interrupt_at_once(void);
/* Since interrupt_begin(). */
bool interrupted(void);
/* By the time that was given. */
bool interrupted_late(void);
/* Which one was to end the program, and has not yet; 0: none. */
int interrupt_pending(void);

#endif
