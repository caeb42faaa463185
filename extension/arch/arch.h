/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs from one architecture to the next.
 *
 * Everything above asks dump->arch, and nothing outside this folder looks at the
 * machine's name.  It knows nothing of tasks, locks or devices: kernel/ calls it.
 *
 * To add an architecture:
 *
 *  1. NAME.c defines a const struct arch, this file declares it, and arch.c has it
 *     in its table.  With that much, all but stacks works; unwind_task() says that
 *     vgpu cannot unwind them yet.  Do fill in need_resched (asm/thread_info.h: it
 *     is a bit number there, a mask here), kernel_low and tag_bits: with a wrong
 *     one of the latter two, pointers are taken for plain numbers, and what they
 *     point to for lost.  section_bits and physmem_bits: asm/sparsemem.h.
 *  2. task_struct.thread: give TASK_THREAD_SP in dump/layout_sched.def the spelling of
 *     the stack pointer; the rows that the steps below need are a file of their own,
 *     dump/layout_NAME.def, which dump/layout.def includes.
 *  3. Stacks: the members from note_registers on.  walk.h has what they are
 *     written with; x86_64.c is the model.  The registers of a CPU are an ELF
 *     note: note_registers is the size of elf_gregset_t, which need be neither
 *     that of struct pt_regs nor all of it.  Where return addresses are signed,
 *     next_frame() takes the signature off before it sets ip.  next_frame() leaves
 *     it to its caller to see that the stack pointer moves on: a frame's sp must be
 *     an address in the stack that the frame is on.
 *  4. NAME_insn.c: where instructions lead, for flow.h, and what they name, for code.h.
 *     user_regs: what was asked of the kernel.
 *  5. tests/unit/test_unwind.c runs over a fake dump; make one whose machine is the
 *     new one.  Then a real core, and compare with crash: tests/system/compare_bt.py.
 */
#ifndef VGPU_ARCH_H
#define VGPU_ARCH_H

#include "dump/dump.h"

struct insn;
struct place;
struct walk;
struct walker;

/* Whose numbers a system call has. */
enum abi { ABI_X86_64, ABI_X32, ABI_I386, ABI_ARM64, ABI_ARM };

#define CALL_ARGS 6

/* What user space had in its registers when it came into the kernel. */
struct user_regs {
	kaddr_t at; /* struct pt_regs */
	enum abi abi;
	bool call;  /* a system call; else an exception or an interrupt */
	int number; /* of the call */
	uint64_t args[CALL_ARGS];
	uint64_t pc;
};

struct arch {
	const char *machine;	   /* as uname -m has it */
	unsigned int need_resched; /* in thread_info.flags: _TIF_NEED_RESCHED */
	/*
	 * The same by asm-generic/thread_info_tif.h, 0 where a machine has its own bits
	 * only; and by which it is told: a flag that each process has that does not run.
	 */
	unsigned int common_need_resched, away, common_away;
	kaddr_t kernel_low;    /* no address of the kernel is lower, however wide */
	unsigned int tag_bits; /* the highest of a pointer, which do not address */

	/*
	 * The kernel reserves so many bytes of the lowest memory and keeps none of its
	 * data there, so a capture kernel may leave them out; 0: none.
	 */
	uint64_t low_reserved;

	/* Where the dump does not say, as its kernel then cannot: memory's sections, log2. */
	unsigned int section_bits, physmem_bits;

	size_t note_registers; /* bytes of registers in a CPU's crash note */
	size_t note_ip;	       /* where among them the program counter is */
	/*
	 * What stacks of this dump are unwound with; it becomes walker->tables.  NULL
	 * and a reason when there can be none.  Without this member there is no unwinder.
	 */
	void *(*open)(struct dump *d, const char **why);
	/*
	 * A frame's own memory ends at the stack pointer of so many callers further out: what
	 * is known of a caller's is on arm64 where the callee's record ends, below its memory.
	 */
	unsigned int frame_ends;
	/* Fill in what is its own of a place whose symbol was looked up. */
	void (*describe)(struct walker *walker, struct place *place);
	/* From the task's stack pointer, which is in its stack: its innermost frame. */
	bool (*begin_switched)(struct walk *w);
	/* From registers in the dump.  False in user mode too, which it says in w. */
	bool (*begin_registers)(struct walk *w, kaddr_t regs);
	/* By registers in the dump: was the CPU there with interrupts off? */
	bool (*irqs_off)(struct walk *w, kaddr_t regs);
	/* To the caller.  False at the end of the stack, as it should be or not. */
	bool (*next_frame)(struct walk *w);

	/*
	 * Those of a task, which lie where its kernel stack begins: top is the first
	 * address above it.  False: they cannot be read, or it has none.
	 */
	bool (*user_regs)(struct dump *d, kaddr_t task, kaddr_t top, struct user_regs *r);

	/* insn.h has all.  Without the first no code is looked into; NULL: no veneers. */
	void (*insn)(const unsigned char *bytes, size_t n, kaddr_t at, struct insn *i);
	kaddr_t (*veneer)(const unsigned char *bytes, size_t n, kaddr_t at);
	/* Does an address from low up to high stand in these instructions? */
	bool (*names)(const unsigned char *bytes, size_t n, kaddr_t at, kaddr_t low,
		      kaddr_t high);
	/* Is so much added to a pointer there, as for the address of a member? */
	bool (*adds)(const unsigned char *bytes, size_t n, uint32_t offset);
};

extern const struct arch arch_x86_64, arch_arm64;

/* By uname -m.  Never NULL: of a machine that vgpu does not know, nothing is set. */
const struct arch *arch_of(const char *machine);

/* A word as the address that it is, if it is one of the kernel's. */
static inline uint64_t arch_untag(const struct arch *arch, uint64_t word)
{
	return (uint64_t)((int64_t)(word << arch->tag_bits) >> arch->tag_bits);
}

/* May a word, untagged, be one?  An error number is none. */
static inline bool arch_is_kernel(const struct arch *arch, uint64_t word)
{
	return word >= arch->kernel_low && word < -4096ull;
}

#endif
