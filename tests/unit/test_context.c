// SPDX-License-Identifier: GPL-2.0-or-later
/* What a CPU was at: its task, softirqs, or an interrupt on top of it. */
#include "test.h"

#include "kernel/sched/context.h"

static struct frame frames[32];
static struct stack stack;
static struct cpu_context c;

/* Innermost first; what was interrupted begins with "!", where registers were with "*". */
#define on_stack(...) on_stack_of((const char *const[]){__VA_ARGS__, NULL})
static const struct stack *on_stack_of(const char *const *functions)
{
	size_t i;

	memset(frames, 0, sizeof(frames));
	for (i = 0; functions[i]; i++) {
		frames[i].kind = *functions[i] == '!'	? FRAME_INTERRUPT
				 : *functions[i] == '*' ? FRAME_REGISTERS
							: FRAME_CALL;
		frames[i].function = functions[i] + (frames[i].kind != FRAME_CALL);
		frames[i].module = "";
	}
	stack = (struct stack){.v = frames, .n = i};
	return &stack;
}

static const char *function(void)
{
	return c.function < stack.n ? frames[c.function].function : "?";
}

static const char *at(void)
{
	return c.at < stack.n ? frames[c.at].function : "?";
}

static void a_task(void **state)
{
	(void)state;
	on_stack("*poll", "ioctl", "entry_SYSCALL_64_after_hwframe");
	frames[0].irqs_off = true;
	context_find(&stack, false, &c);
	assert_int_equal(c.kind, CONTEXT_TASK);
	assert_true(c.irqs_off);
	assert_string_equal(at(), "poll");
	assert_string_equal(function(), "poll");
	/* A page fault of its own is no interrupt. */
	context_find(on_stack("*a", "exc_page_fault", "asm_exc_page_fault", "!b"), false,
		     &c);
	assert_int_equal(c.kind, CONTEXT_TASK);
}

static void softirqs(void **state)
{
	static const char *const names[] = {"__do_softirq", "handle_softirqs",
					    "__softirqentry_text_start"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		context_find(on_stack("*deep", "my_timer", "call_timer_fn.isra.0",
				      "__run_timers.part.0", "run_timer_softirq",
				      names[i], "irq_exit_rcu",
				      "sysvec_apic_timer_interrupt", "!halt", "do_idle"),
			     true, &c);
		assert_int_equal(c.kind, CONTEXT_SOFTIRQ);
		assert_string_equal(at(), "deep");
		assert_string_equal(function(), "my_timer");
		assert_string_equal(c.what, "a timer's function");
	}
	/* Of 4.19 what carries them out is in the softirq's own function. */
	context_find(on_stack("*deep", "ext4_i_callback", "rcu_process_callbacks",
			      "__do_softirq", "irq_exit", "__handle_domain_irq",
			      "gic_handle_irq", "el1_irq", "!clear_page", "el0_da"),
		     true, &c);
	assert_string_equal(function(), "ext4_i_callback");
	assert_string_equal(c.what, "an RCU callback");
	/* It waits for a lock of RCU's own. */
	context_find(on_stack("*queued_spin_lock_slowpath", "_raw_spin_lock_irqsave",
			      "rcu_process_callbacks", "__do_softirq", "irq_exit",
			      "__handle_domain_irq", "gic_handle_irq", "el1_irq",
			      "!clear_page", "el0_da"),
		     true, &c);
	assert_string_equal(function(), "rcu_process_callbacks");
	assert_string_equal(c.what, "a softirq");
	/* A tasklet, seen by the watchdog's interrupt. */
	context_find(on_stack("*panic", "watchdog_timer_fn", "hrtimer_interrupt",
			      "sysvec_apic_timer_interrupt", "!spin", "my_tasklet",
			      "tasklet_action_common", "__do_softirq", "run_ksoftirqd",
			      "kthread"),
		     true, &c);
	assert_string_equal(at(), "spin");
	assert_string_equal(function(), "my_tasklet");
	assert_string_equal(c.what, "a tasklet");
	/* Of a softirq that is not known by name, it is its own. */
	context_find(on_stack("*__do_softirq", "irq_exit_rcu"), true, &c);
	assert_string_equal(function(), "__do_softirq");
}

static void an_interrupt(void **state)
{
	const struct stack *s = on_stack("*deep", "my_handler",
					 "__handle_irq_event_percpu", "handle_edge_irq",
					 "__common_interrupt", "common_interrupt",
					 "!poll", "ioctl");

	(void)state;
	context_find(s, false, &c);
	assert_int_equal(c.kind, CONTEXT_INTERRUPT);
	assert_string_equal(function(), "my_handler");
	assert_string_equal(c.what, "an interrupt's handler");
	/* Where interrupts come and go it is what it came upon that counts. */
	context_find(s, true, &c);
	assert_int_equal(c.kind, CONTEXT_TASK);
	assert_string_equal(at(), "poll");
	/* In user mode nothing is left. */
	context_find(on_stack("*my_handler", "__common_interrupt"), true, &c);
	assert_int_equal(c.at, stack.n);
	assert_int_equal(c.kind, CONTEXT_TASK);
}

/* Until 5.8, on x86: a call from another CPU, an irq_work, a tick. */
static void a_system_vector_of_old(void **state)
{
	static const char *const vectors[] = {"smp_call_function_single_interrupt",
					      "smp_call_function_interrupt",
					      "smp_irq_work_interrupt",
					      "smp_reschedule_interrupt",
					      "smp_apic_timer_interrupt"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		context_find(on_stack("*my_call", "flush_smp_call_function_queue",
				      "generic_smp_call_function_single_interrupt",
				      vectors[i], "call_function_single_interrupt",
				      "!poll", "ioctl"),
			     false, &c);
		assert_int_equal(c.kind, CONTEXT_INTERRUPT);
		assert_string_equal(function(), "my_call");
		assert_string_equal(c.what, "a call from another CPU");
	}
	/* Who sends such a call is in none. */
	context_find(on_stack("*smp_call_function_single", "generic_smp_interrupt"),
		     false, &c);
	assert_int_equal(c.kind, CONTEXT_TASK);
}

static void nothing_is_known(void **state)
{
	(void)state;
	context_find(on_stack("*__crash_kexec", "panic", "watchdog", "kthread"), true,
		     &c);
	assert_int_equal(c.at, stack.n);
	stack.n = 0;
	context_find(&stack, false, &c);
	assert_int_equal(c.at, 0);
	assert_false(c.irqs_off);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task),
		cmocka_unit_test(softirqs),
		cmocka_unit_test(an_interrupt),
		cmocka_unit_test(a_system_vector_of_old),
		cmocka_unit_test(nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
