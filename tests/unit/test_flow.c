// SPDX-License-Identifier: GPL-2.0-or-later
/* Where code leads, and which fixes that tells: functions written down in bytes. */
#include "test.h"

#include "arch/flow.h"
#include "arch/insn.h"
#include "facts/fixes.h"

#define TEXT FAKE_TEXT
#define COLD (TEXT + 0x800)    /* a part that the compiler put elsewhere */
#define OWN (TEXT + 0xa00)     /* a function of the same driver */
#define BEFORE (TEXT + 0x2000) /* what it is asked behind */
#define THERE (TEXT + 0x2100)  /* what it is asked for */
#define OTHER (TEXT + 0x2200)

static struct flow_answer a;

/* ---- an assembler of sorts ------------------------------------------------- */

static struct fake *fake;
static kaddr_t at;

static void org(kaddr_t addr)
{
	at = addr;
}

static void bytes(const char *raw, size_t n)
{
	fake_bytes(fake, at, raw, n);
	at += n;
}
#define BYTES(raw) bytes(raw, sizeof(raw) - 1)

static void relative(const char *opcode, size_t n, kaddr_t to)
{
	int32_t offset;

	bytes(opcode, n);
	offset = (int32_t)(to - (at + 4));
	bytes((const char *)&offset, sizeof(offset));
}
#define CALL(to) relative("\xe8", 1, to)
#define JMP(to) relative("\xe9", 1, to)
#define JE(to) relative("\x0f\x84", 2, to)
#define RET() BYTES("\xc3")
#define UD2() BYTES("\x0f\x0b")
#define NOP() BYTES("\x0f\x1f\x44\x00\x00") /* a site of ftrace */
#define JMP_RAX() BYTES("\xff\xe0")
#define CALL_RAX() BYTES("\xff\xd0")

static void word(uint32_t w)
{
	bytes((const char *)&w, sizeof(w));
}
static void branch(uint32_t opcode, kaddr_t to)
{
	word(opcode | ((uint32_t)((int64_t)(to - at) / 4) & 0x3ffffff));
}
static void cbz(kaddr_t to)
{
	word(0xb4000000 | ((uint32_t)((int64_t)(to - at) / 4) & 0x7ffff) << 5);
}
#define BL(to) branch(0x94000000, to)
#define B(to) branch(0x14000000, to)
#define RET64() word(0xd65f03c0)

static void functions(struct fake *f)
{
	fake = f;
	fake_map(f, TEXT, 0x3000);
	fake_function(f, "drv_ioctl", "drv", TEXT, 0x800);
	fake_function(f, "drv_ioctl.cold", "drv", COLD, 0x200);
	fake_function(f, "drv_finish.isra.0", "drv", OWN, 0x100);
	fake_function(f, "before.constprop.0", "drv", BEFORE, 0x40);
	fake_function(f, "there", NULL, THERE, 0x40);
	fake_function(f, "other", NULL, OTHER, 0x40);
	fake_function(f, "__x86_return_thunk", NULL, OTHER + 0x100, 0x40);
	fake_function(f, "__x86_indirect_thunk_rax", NULL, OTHER + 0x140, 0x40);
	fake_function(f, "__stack_chk_fail", NULL, OTHER + 0x180, 0x40);
	fake_function(f, "kref_put", NULL, OTHER + 0x1c0, 0x40);
	org(TEXT);
}
#define RETURN_THUNK (OTHER + 0x100)
#define INDIRECT_THUNK (OTHER + 0x140)
#define STACK_FAIL (OTHER + 0x180)
#define KREF_PUT (OTHER + 0x1c0)

static enum flow ask(bool behind)
{
	struct flow_question q = {"drv_ioctl", {NULL}, {"nowhere", "there"}, "drv_"};

	if (behind)
		q.after[0] = "before";
	flow_ask(fake_dump(fake), &q, &a);
	return a.flow;
}

/* ---- one instruction -------------------------------------------------------- */

static void lengths(void **state)
{
	static const struct {
		const char *raw;
		unsigned int size;
		enum insn_kind kind;
	} table[] = {
		{"\xf3\x0f\x1e\xfa", 4, INSN_PLAIN},		     /* endbr64 */
		{"\x55", 1, INSN_PLAIN},			     /* push */
		{"\x48\x89\xe5", 3, INSN_PLAIN},		     /* mov */
		{"\x48\x8b\x04\x25\x00\x11\x22\x33", 8, INSN_PLAIN}, /* disp32 by SIB */
		{"\x48\x8b\x05\x00\x11\x22\x33", 7, INSN_PLAIN},     /* of rip */
		{"\x48\x8b\x44\x24\x08", 5, INSN_PLAIN},
		{"\x48\x8b\x84\x24\x08\x00\x00\x00", 8, INSN_PLAIN},
		{"\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08", 10, INSN_PLAIN},
		{"\xb8\x01\x02\x03\x04", 5, INSN_PLAIN},
		{"\x66\xb8\x01\x02", 4, INSN_PLAIN},
		{"\x66\x81\x7b\x10\x01\x02", 6, INSN_PLAIN},
		{"\xf6\x43\x10\x01", 4, INSN_PLAIN},	     /* test */
		{"\xf6\x5b\x10", 3, INSN_PLAIN},	     /* neg */
		{"\xf7\xc0\x01\x00\x00\x00", 6, INSN_PLAIN}, /* test */
		{"\xf0\x0f\xc1\x43\x38", 5, INSN_PLAIN},     /* lock xadd */
		{"\xf0\x48\x0f\xba\x2b\x05", 6, INSN_PLAIN}, /* lock bts */
		{"\x65\x48\x8b\x04\x25\x28\x00\x00\x00", 9, INSN_PLAIN},
		{"\x66\x0f\x1f\x84\x00\x00\x00\x00\x00", 9, INSN_PLAIN},
		{"\x0f\xb6\xc0", 3, INSN_PLAIN},
		{"\x66\x0f\x3a\x0f\xc1\x04", 6, INSN_PLAIN},
		{"\xc5\xf8\x77", 3, INSN_PLAIN},	     /* vzeroupper */
		{"\xc4\xe2\x7b\xf7\xc3", 5, INSN_PLAIN},     /* shlx */
		{"\xc4\xe3\x7b\xf0\xc3\x04", 6, INSN_PLAIN}, /* rorx */
		{"\xe8\x00\x00\x00\x00", 5, INSN_CALL},
		{"\xe9\x00\x00\x00\x00", 5, INSN_JUMP},
		{"\xeb\xfe", 2, INSN_JUMP},
		{"\x75\x02", 2, INSN_BRANCH},
		{"\x0f\x85\x00\x00\x00\x00", 6, INSN_BRANCH},
		{"\xe3\x02", 2, INSN_BRANCH},
		{"\xff\xd0", 2, INSN_CALL_INDIRECT},
		{"\x41\xff\xd3", 3, INSN_CALL_INDIRECT},
		{"\xff\x25\x00\x00\x00\x00", 6, INSN_JUMP_INDIRECT},
		{"\xff\xe0", 2, INSN_JUMP_INDIRECT},
		{"\xff\x73\x08", 3, INSN_PLAIN}, /* push */
		{"\xc3", 1, INSN_RETURN},
		{"\xf3\xc3", 2, INSN_RETURN},
		{"\xc2\x08\x00", 3, INSN_RETURN},
		{"\x0f\x0b", 2, INSN_TRAP},
		{"\x0f\xb9\x40\x02", 4, INSN_TRAP},
		/* none: a breakpoint, what 64 bits do not have, and AVX-512 */
		{"\xcc", 0, INSN_BAD},
		{"\x06", 0, INSN_BAD},
		{"\x62\xf1\x65\x08", 0, INSN_BAD},
		{"\x0f\x04", 0, INSN_BAD},
	};
	unsigned char raw[INSN_MAX];
	struct insn i;
	size_t k, n;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(table); k++) {
		memset(raw, 0, sizeof(raw));
		memcpy(raw, table[k].raw, table[k].size ? table[k].size : 2);
		x86_64_insn(raw, sizeof(raw), TEXT, &i);
		assert_int_equal(i.kind, table[k].kind);
		assert_int_equal(i.size, table[k].size);
		/* What is cut short is none. */
		for (n = 0; n < table[k].size; n++) {
			x86_64_insn(raw, n, TEXT, &i);
			assert_int_equal(i.kind, INSN_BAD);
		}
	}
}

static void branches_of_arm64(void **state)
{
	static const struct {
		uint32_t word;
		enum insn_kind kind;
		int64_t offset;
	} table[] = {
		{0x94000002, INSN_CALL, 8},
		{0x97ffffff, INSN_CALL, -4},
		{0x14000010, INSN_JUMP, 64},
		{0x54000041, INSN_BRANCH, 8}, /* b.ne */
		{0xb4ffffe0, INSN_BRANCH, -4},
		{0x3707ffe0, INSN_BRANCH, -4}, /* tbnz */
		{0xd65f03c0, INSN_RETURN, 0},
		{0xd65f0bff, INSN_RETURN, 0}, /* retaa */
		{0xd61f0200, INSN_JUMP_INDIRECT, 0},
		{0xd71f0a11, INSN_JUMP_INDIRECT, 0}, /* braa */
		{0xd63f0000, INSN_CALL_INDIRECT, 0},
		{0xd4210000, INSN_TRAP, 0},
		{0xd503201f, INSN_PLAIN, 0},
		{0x00000000, INSN_BAD, 0},
	};
	struct insn i;
	size_t k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(table); k++) {
		arm64_insn((const unsigned char *)&table[k].word, 4, TEXT, &i);
		assert_int_equal(i.kind, table[k].kind);
		if (table[k].offset)
			assert_int_equal(i.target, TEXT + (uint64_t)table[k].offset);
	}
	arm64_insn((const unsigned char *)&table[0].word, 3, TEXT, &i);
	assert_int_equal(i.kind, INSN_BAD);
	arm64_insn((const unsigned char *)&table[0].word, 4, TEXT + 2, &i);
	assert_int_equal(i.kind, INSN_BAD);
}

/* ---- a function ------------------------------------------------------------- */

static void straight_on(void **state)
{
	functions(*state);
	NOP();
	CALL(OTHER);
	CALL_RAX();
	CALL(THERE);
	RET();
	assert_int_equal(ask(false), FLOW_LEADS);
	assert_string_equal(a.to, "there");
	assert_int_equal(a.at, TEXT + 12);
	org(TEXT + 12);
	CALL(OTHER);
	RET();
	assert_int_equal(ask(false), FLOW_NEVER);
	org(TEXT + 12); /* a call that leaves out what there() begins with */
	CALL(THERE + 4);
	assert_int_equal(ask(false), FLOW_LEADS);
	org(TEXT + 12);
	CALL(THERE + 0x20);
	assert_int_equal(ask(false), FLOW_NEVER);
}

/* As an inlined put is: out of the way, and back again. */
static void through_its_cold_part(void **state)
{
	kaddr_t back;

	functions(*state);
	CALL(BEFORE);
	JE(COLD);
	back = at;
	JMP(RETURN_THUNK);
	org(COLD);
	CALL(THERE);
	JMP(back);
	assert_int_equal(ask(true), FLOW_LEADS);
	assert_string_equal(a.after, "before");
	assert_int_equal(a.at, COLD);
}

/* What comes before the call does not count, unless a loop leads back to it. */
static void behind_a_call(void **state)
{
	functions(*state);
	CALL(THERE);
	CALL(BEFORE);
	RET();
	assert_int_equal(ask(false), FLOW_LEADS);
	assert_int_equal(ask(true), FLOW_NEVER);
	org(TEXT + 10);
	JE(TEXT);
	RET();
	assert_int_equal(ask(true), FLOW_LEADS);
	/* It ends in what was asked behind: nothing follows. */
	org(TEXT);
	JE(TEXT + 0x40);
	CALL(THERE);
	RET();
	org(TEXT + 0x40);
	JMP(BEFORE);
	assert_int_equal(ask(true), FLOW_NEVER);
	/* It is not called at all, or not by its name. */
	org(TEXT);
	CALL(THERE);
	RET();
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	assert_non_null(strstr(a.why, "does not call"));
}

static void by_a_function_of_its_own(void **state)
{
	functions(*state);
	CALL(BEFORE);
	JMP(OWN);
	org(OWN);
	NOP();
	CALL(THERE);
	RET();
	assert_int_equal(ask(true), FLOW_LEADS);
	assert_int_equal(a.at, OWN + 5);
	org(OWN);
	RET();
	assert_int_equal(ask(true), FLOW_NEVER);
	org(TEXT + 5); /* in a jump to it itself */
	JMP(THERE);
	assert_int_equal(ask(true), FLOW_LEADS);
}

/* Where one cannot follow, what was not found may still be there. */
static void one_cannot_tell(void **state)
{
	functions(*state);
	CALL(BEFORE);
	JMP_RAX();
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	assert_non_null(strstr(a.why, "register"));
	org(TEXT + 5);
	JMP(INDIRECT_THUNK);
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	org(TEXT + 5);
	CALL(KREF_PUT);
	RET();
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	org(TEXT + 5);
	BYTES("\xcc\xc3"); /* a breakpoint of kprobes */
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	assert_non_null(strstr(a.why, "cannot be read"));
	org(TEXT + 5); /* but what is found is found */
	JE(TEXT + 0x40);
	JMP_RAX();
	org(TEXT + 0x40);
	CALL(THERE);
	RET();
	assert_int_equal(ask(true), FLOW_LEADS);
	fake_exclude(fake, TEXT, FAKE_PAGE);
	assert_int_equal(ask(true), FLOW_UNKNOWN);
}

/* Behind a trap is WARN()'s way on, or another piece of code. */
static void behind_a_trap(void **state)
{
	functions(*state);
	CALL(BEFORE);
	UD2();
	CALL(THERE);
	RET();
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	org(TEXT + 5);
	CALL(STACK_FAIL);
	CALL(THERE);
	RET();
	assert_int_equal(ask(true), FLOW_NEVER);
}

static void no_function(void **state)
{
	fake = *state;
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	assert_int_equal(a.function, 0);
	functions(*state);
	fake_machine(fake, "riscv64");
	assert_int_equal(ask(true), FLOW_UNKNOWN);
	assert_non_null(strstr(a.why, "machine"));
}

/* Code may be anything: no end is waited for. */
static void endless(void **state)
{
	size_t i;

	functions(*state);
	JMP(TEXT);
	assert_int_equal(ask(false), FLOW_NEVER);
	org(TEXT);
	for (i = 0; i < 0x800 / 2 - 2; i++)
		BYTES("\x74\x00"); /* je to the next */
	RET();
	assert_int_equal(ask(false), FLOW_NEVER);
	fake_map(fake, TEXT + 0x10000, 0x20000);
	fake_function(fake, "drv_long", "drv", TEXT + 0x10000, 0x20000);
	org(TEXT);
	JMP(TEXT + 0x10000);
	org(TEXT + 0x10000);
	for (i = 0; i < 0x20000; i++)
		BYTES("\x90");
	assert_int_equal(ask(false), FLOW_UNKNOWN);
	assert_non_null(strstr(a.why, "too many"));
}

static void noise(void **state)
{
	uint32_t seed = 12345;
	size_t i, k;

	functions(*state);
	for (i = 0; i < 300; i++) {
		org(TEXT);
		for (k = 0; k < 0x300; k++) {
			seed = seed * 1664525 + 1013904223;
			bytes((const char *)&seed + 3, 1);
		}
		if (ask(i & 1) == FLOW_LEADS)
			assert_string_equal(a.to, "there");
	}
}

/* ---- arm64 ------------------------------------------------------------------- */

/* What is far away is called through a veneer, which has no symbol of its own. */
static void veneers(void **state)
{
	const kaddr_t veneer = TEXT + 0x2800;

	functions(*state);
	fake_machine(*state, "aarch64");
	word(0xd503233f); /* paciasp */
	BL(BEFORE);
	cbz(COLD);
	RET64();
	org(COLD);
	BL(veneer);
	B(TEXT + 12);
	org(veneer); /* adrp x16; add x16, x16, #0x100; br x16 */
	word(0x90000010 | ((uint32_t)((THERE >> 12) - (veneer >> 12)) & 3) << 29);
	word(0x91000210 | (uint32_t)(THERE & 0xfff) << 10);
	word(0xd61f0200);
	assert_int_equal(ask(true), FLOW_LEADS);
	org(veneer); /* until 5.0: movn, movk, movk */
	word(0x92800010 | (uint32_t)(~THERE & 0xffff) << 5);
	word(0xf2a00010 | (uint32_t)(THERE >> 16 & 0xffff) << 5);
	word(0xf2c00010 | (uint32_t)(THERE >> 32 & 0xffff) << 5);
	word(0xd61f0200);
	assert_int_equal(ask(true), FLOW_LEADS);
	org(COLD);
	BL(OTHER);
	B(TEXT + 12);
	assert_int_equal(ask(true), FLOW_NEVER);
}

/* ---- fixes -------------------------------------------------------------------- */

static enum build_state build_of(const char *id)
{
	struct fixes fixes;
	const struct fix *fix;

	fixes_read(fake_dump(fake), &fixes);
	fix = fix_by_id(&fixes, id);
	assert_non_null(fix);
	assert_true(fix->why[0] != '\0');
	return fix->build;
}

static void fixes_by_code(void **state)
{
	struct fixes fixes;

	fake = *state;
	fixes_read(fake_dump(fake), &fixes); /* no symbols at all */
	assert_int_equal(fixes.all.n, 0);
	assert_null(fix_by_id(&fixes, "8b6ec999b198"));
	fake_map(fake, TEXT, 0x3000);
	fake_function(fake, "schedule", NULL, TEXT + 0x2f00, 0x40);
	assert_int_equal(build_of("8b6ec999b198"), BUILD_UNKNOWN);
	fake_function(fake, "virtio_gpu_execbuffer_ioctl", "virtio_gpu", TEXT, 0x100);
	fake_function(fake, "virtio_gpu_cmd_submit", "virtio_gpu", BEFORE, 0x40);
	fake_function(fake, "dma_fence_release", NULL, THERE, 0x40);
	org(TEXT);
	CALL(THERE); /* of the fence that it waits for first */
	CALL(BEFORE);
	RET();
	assert_int_equal(build_of("8b6ec999b198"), BUILD_LACKS);
	org(TEXT + 10);
	JMP(THERE);
	assert_int_equal(build_of("8b6ec999b198"), BUILD_HAS);
	fake_function(fake, "virtio_gpu_cmd_get_display_info_cb", "virtio_gpu", OWN,
		      0x40);
	fake_function(fake, "drm_kms_helper_hotplug_event", "drm_kms_helper", OTHER,
		      0x40);
	org(OWN);
	RET();
	assert_int_equal(build_of("d1b894c5bbb3"), BUILD_HAS);
	org(OWN);
	JMP(OTHER);
	assert_int_equal(build_of("d1b894c5bbb3"), BUILD_LACKS);
	assert_null(fix_by_id(&fixes, NULL));
}

static void fixes_by_symbols(void **state)
{
	fake = *state;
	fake_function(fake, "schedule", NULL, TEXT, 0x40);
	assert_int_equal(build_of("443c2accd1b6"), BUILD_HAS);
	assert_int_equal(build_of("557a6bfc662c"), BUILD_LACKS);
	fake_function(fake, "drain_local_pages_wq", NULL, TEXT + 0x40, 0x40);
	fake_function(fake, "fair_server_init", NULL, TEXT + 0x80, 0x40);
	assert_int_equal(build_of("443c2accd1b6"), BUILD_LACKS);
	assert_int_equal(build_of("557a6bfc662c"), BUILD_HAS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),  cmocka_unit_test(branches_of_arm64),
		fake_test(straight_on),	    fake_test(through_its_cold_part),
		fake_test(behind_a_call),   fake_test(by_a_function_of_its_own),
		fake_test(one_cannot_tell), fake_test(behind_a_trap),
		fake_test(no_function),	    fake_test(endless),
		fake_test(noise),	    fake_test(veneers),
		fake_test(fixes_by_code),   fake_test(fixes_by_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
