// SPDX-License-Identifier: GPL-2.0-or-later
#include "arch.h"

#include <string.h>

#include "base/base.h"

const struct arch *arch_of(const char *machine)
{
	static const struct arch *const known[] = {&arch_x86_64, &arch_arm64};
	static const struct arch none = {.machine = "", .kernel_low = 1ull << 63};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(machine, known[i]->machine))
			return known[i];
	return &none;
}
