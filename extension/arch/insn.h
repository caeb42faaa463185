/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an instruction goes on: all that is asked of it here. */
#ifndef VGPU_INSN_H
#define VGPU_INSN_H

#include "dump/dump.h"

enum insn_kind {
	INSN_BAD,   /* none that is known, or cut short; .size is not to be used */
	INSN_PLAIN, /* goes on behind itself */
	INSN_CALL,
	INSN_JUMP,
	INSN_BRANCH, /* to .target, or behind itself */
	INSN_CALL_INDIRECT,
	INSN_JUMP_INDIRECT,
	INSN_RETURN,
	INSN_TRAP, /* BUG(), or WARN(), which goes on behind it */
};

struct insn {
	enum insn_kind kind;
	unsigned int size; /* bytes */
	kaddr_t target;	   /* of the three that name one */
};

/* The most bytes that one has. */
#define INSN_MAX 15

/* What lies at address `at`, of which n bytes are known. */
void x86_64_insn(const unsigned char *bytes, size_t n, kaddr_t at, struct insn *i);
void arm64_insn(const unsigned char *bytes, size_t n, kaddr_t at, struct insn *i);

/*
 * Where the veneer at `at` jumps, by which a module of arm64 calls what is too far for a
 * branch; 0: there is none.
 */
#define VENEER_MAX 16
kaddr_t arm64_veneer(const unsigned char *bytes, size_t n, kaddr_t at);

/* arch.h's names() and adds(). */
bool x86_64_names(const unsigned char *bytes, size_t n, kaddr_t at, kaddr_t low,
		  kaddr_t high);
bool arm64_names(const unsigned char *bytes, size_t n, kaddr_t at, kaddr_t low,
		 kaddr_t high);
bool x86_64_adds(const unsigned char *bytes, size_t n, uint32_t offset);
bool arm64_adds(const unsigned char *bytes, size_t n, uint32_t offset);

#endif
