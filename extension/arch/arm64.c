// SPDX-License-Identifier: GPL-2.0-or-later
#include "arch.h"

const struct arch arch_arm64 = {
	.machine = "aarch64",
	.need_resched = 1u << 1,
	.kernel_low = 0xfff0000000000000, /* 52 bits */
};
