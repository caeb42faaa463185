// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* nftw() */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "XXXXXX"

char scratch[] = "/tmp/vgpu-test." LETTERS;

int scratch_make(void **state)
{
	(void)state;
	memcpy(scratch + sizeof(scratch) - sizeof(LETTERS), LETTERS, sizeof(LETTERS));
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

int scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
