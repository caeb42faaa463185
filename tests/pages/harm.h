/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of a core, damaged as they are read (pages.h).  What becomes of a page follows from
 * the seed and its number alone, so that one that is read again is damaged alike; but for
 * harm_moves(), as of a machine that runs on.
 *
 * Most of what is put there is of the kind that was there: another pointer, an absurd number.
 * A page may be another's too, or zeros from some place on, or missing.
 */
#ifndef TESTS_HARM_H
#define TESTS_HARM_H

#include <stdbool.h>

#include "dump/dump.h"

/* From now on.  sparse: fewer pages, for what reads many. */
void harm_begin(uint64_t seed, kaddr_t direct_map, bool sparse);

/* From now on a page that is read again is damaged in another way. */
void harm_moves(void);

/* Words that are to be hit wherever else the damage is: how many, and each one's address / 8. */
size_t harm_aims(void);
void harm_aim(uint64_t physical_word);

/* A number below n, which must not be 0. */
uint64_t harm_chance(uint64_t *state, uint64_t n);

#endif
