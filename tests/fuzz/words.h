/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a fake dump that somebody reads, changed as an input says, and put back.
 *
 * Random bytes as memory would be refused at the first pointer.  So an input is a list of
 * changes to words that a reader really reads, and most of what is put there leads
 * somewhere: to another such word, to a function, next to where the word led before.
 */
#ifndef VGPU_FUZZ_WORDS_H
#define VGPU_FUZZ_WORDS_H

#include "../unit/fake_dump.h"

/* Which words run() reads.  It runs twice: what is resolved once is no matter. */
void words_learn(struct fake *f, void (*run)(void));
/* As the input says. */
void words_change(struct fake *f, const uint8_t *data, size_t size);
/* As they were. */
void words_put_back(struct fake *f);

#endif
