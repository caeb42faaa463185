/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address as somebody types it:
 *
 *	ffff888001000000  0xffff888001000000  init_task  init_task+0x10  runqueues:1
 *
 * The last is a variable that each CPU has, of this one.  A word that is both a symbol
 * and a number is the symbol.
 */
#ifndef VGPU_ADDRESS_H
#define VGPU_ADDRESS_H

#include "command.h"

/* RESULT_DONE and *addr, or why it is none, which is the session's error. */
enum result address_wanted(struct session *s, const char *word, kaddr_t *addr);
/*
 * The same of memory that is to be read.  A variable of each CPU has none by its name alone:
 * where that leads to, there is what those of all CPUs began as, if anything.
 */
enum result memory_wanted(struct session *s, const char *word, kaddr_t *addr);
/* A number, in decimal or behind 0x.  False: it is none. */
bool number_wanted(const char *word, uint64_t *n);

#endif
