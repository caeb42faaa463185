// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_early: a driver whose init function faults, if it is asked to. Its text is
 * thrown away after init, and so are the names of the functions in it.
 */
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static bool fault;
module_param(fault, bool, 0);
MODULE_PARM_DESC(fault, "write to NULL in the init function");

static noinline int __init early_probe(void)
{
	int *nothing = NULL;

	/* The compiler would put a trap in place of a write that it knows is wrong. */
	OPTIMIZER_HIDE_VAR(nothing);
	WRITE_ONCE(*nothing, 1);
	return 0;
}

static int __init early_init(void)
{
	return fault ? early_probe() : 0;
}

static void __exit early_exit(void)
{
}

module_init(early_init);
module_exit(early_exit);

MODULE_DESCRIPTION("A fault in a module's init function, for test cores");
MODULE_LICENSE("GPL");
