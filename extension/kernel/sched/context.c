// SPDX-License-Identifier: GPL-2.0-or-later
#include "context.h"

#include "base/base.h"
#include "base/text.h"

/* Where panic() itself saves the registers, when nobody hands it those of a fault. */
static bool is_panic_itself(const struct frame *fr)
{
	static const char *const functions[] = {"__crash_kexec", "crash_kexec",
						"panic",	 "vpanic",
						"nmi_panic",	 "machine_kexec"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return false;
}

size_t stack_interrupted(const struct stack *s)
{
	const struct frame *fr;
	size_t i;

	for (i = 0; i < s->n; i++) {
		fr = &s->v[i];
		if (fr->kind == FRAME_INTERRUPT ||
		    (fr->kind == FRAME_REGISTERS && !is_panic_itself(fr)))
			break;
	}
	return i;
}

/*
 * The kernel's functions that call a handler, and what that is.  Of several on a stack the
 * innermost counts: each calls the next.
 */
static const struct caller {
	const char *function, *what;
} callers[] = {
	{"__do_softirq", "a softirq"},
	{"handle_softirqs", "a softirq"},	    /* 6.10 */
	{"__softirqentry_text_start", "a softirq"}, /* its other name */
	{"call_timer_fn", "a timer's function"},
	{"expire_timers", "a timer's function"},
	{"__run_timers", "a timer's function"},
	{"__run_timer_base", "a timer's function"}, /* 6.9 */
	{"run_timer_softirq", "a timer's function"},
	{"hrtimer_run_softirq", "a timer's function"},
	{"tasklet_action_common", "a tasklet"},
	{"tasklet_action", "a tasklet"},
	{"tasklet_hi_action", "a tasklet"},
	{"net_rx_action", "a network poll"},
	{"napi_poll", "a network poll"},
	{"__napi_poll", "a network poll"},
	{"rcu_do_batch", "an RCU callback"},
	{"rcu_process_callbacks", "an RCU callback"}, /* with that inlined; until 5.1 */
	{"blk_done_softirq", "the end of I/O"},
	{"__hrtimer_run_queues", "a timer's function"},
	{"__handle_irq_event_percpu", "an interrupt's handler"},
	{"handle_irq_event_percpu", "an interrupt's handler"},
	{"irq_work_single", "an irq_work"},
	{"irq_work_run_list", "an irq_work"},
	{"flush_smp_call_function_queue", "a call from another CPU"},
	{"__flush_smp_call_function_queue", "a call from another CPU"},
};

static const struct caller *caller_of(const struct frame *fr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(callers); i++)
		if (frame_is(fr, callers[i].function))
			return &callers[i];
	return NULL;
}

/*
 * rcu_process_callbacks() sees to grace periods, too: which of its functions that are not
 * inlined do, so that they are no callbacks.
 */
static bool is_rcu_itself(const struct frame *fr)
{
	static const char *const functions[] = {
		"rcu_report_qs_rdp",
		"rcu_report_qs_rnp",
		"note_gp_changes",
		"rcu_accelerate_cbs",
		"rcu_check_quiescent_state",
		"rcu_start_this_gp",
		"rcu_gp_kthread_wake",
		"force_quiescent_state",
		"_raw_spin_lock",
		"_raw_spin_lock_irqsave",
		"_raw_spin_unlock_irqrestore",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return false;
}

/*
 * "smp_call_function_single_interrupt", "smp_irq_work_interrupt": x86's handlers of system
 * vectors until 5.8, where each became "sysvec_".
 */
static bool is_old_vector(const char *function)
{
	static const char end[] = "_interrupt";
	size_t n = text_function_length(function);

	return text_starts(function, "smp_") && n >= strlen("smp_") + strlen(end) &&
	       !strncmp(function + n - strlen(end), end, strlen(end));
}

/* What enters the handling of an interrupt, as opposed to a fault's. */
static bool enters_interrupt(const struct frame *fr)
{
	static const char *const functions[] = {
		"common_interrupt",
		"__common_interrupt",
		"do_IRQ",
		"handle_irq_event",
		"hrtimer_interrupt",
		"tick_handle_periodic",
		"gic_handle_irq",
		"__irqentry_text_start",
		"el1_interrupt",
		"el0_interrupt",
		"el1_irq",
		"el0_irq",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return text_starts(fr->function, "sysvec_") ||
	       text_starts(fr->function, "__sysvec_") || is_old_vector(fr->function);
}

static bool runs_softirqs(const struct frame *fr)
{
	return frame_is(fr, "__do_softirq") || frame_is(fr, "handle_softirqs") ||
	       frame_is(fr, "__softirqentry_text_start");
}

/* From one that was interrupted, or where the stack begins, to before the next. */
static size_t end_of_part(const struct stack *s, size_t from)
{
	size_t i;

	for (i = from + 1; i < s->n; i++)
		if (s->v[i].kind == FRAME_INTERRUPT)
			break;
	return i;
}

/*
 * Softirqs run behind an interrupt in the same part of the stack, and a softirq's handler
 * may be ksoftirqd's or a task's that lets them run: in each case the task is not at fault.
 */
static void look_at_part(const struct stack *s, size_t from, size_t end,
			 struct cpu_context *c)
{
	const struct caller *caller;
	size_t i;

	c->kind = CONTEXT_TASK;
	for (i = from; i < end && c->kind != CONTEXT_SOFTIRQ; i++) {
		if (runs_softirqs(&s->v[i]))
			c->kind = CONTEXT_SOFTIRQ;
		else if (enters_interrupt(&s->v[i]))
			c->kind = CONTEXT_INTERRUPT;
	}
	c->at = c->function = from;
	c->what = c->kind == CONTEXT_SOFTIRQ ? "a softirq" : "an interrupt";
	c->irqs_off = s->v[from].irqs_off;
	for (i = from; c->kind != CONTEXT_TASK && i < end; i++) {
		caller = caller_of(&s->v[i]);
		if (!caller)
			continue;
		if (i > from && frame_is(&s->v[i], "rcu_process_callbacks") &&
		    is_rcu_itself(&s->v[i - 1])) {
			c->function = i;
			break;
		}
		c->function = i > from ? i - 1 : from;
		c->what = caller->what;
		break;
	}
}

void context_find(const struct stack *s, bool passing, struct cpu_context *c)
{
	size_t from = stack_interrupted(s), end;

	*c = (struct cpu_context){.at = s->n, .function = s->n, .what = ""};
	while (from < s->n) {
		end = end_of_part(s, from);
		look_at_part(s, from, end, c);
		if (c->kind != CONTEXT_INTERRUPT || !passing)
			break;
		from = end;
	}
	if (c->kind == CONTEXT_INTERRUPT && passing)
		*c = (struct cpu_context){.at = s->n, .function = s->n, .what = ""};
}
