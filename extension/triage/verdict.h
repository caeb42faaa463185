/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the matter, how sure are we, and what says so. */
#ifndef VGPU_VERDICT_H
#define VGPU_VERDICT_H

#include "dump/look.h"
#include "facts/facts.h"
#include "graph.h"

enum cause {
#define CAUSE(name, words, reach, whom) CAUSE_##name,
#include "causes.def"
#undef CAUSE
	CAUSES,
};

/* Confidence of 100: SURE_HOG, SURE_CPU_ALIVE, ... (weights.def). */
enum weight {
#define SECTION(words)
#define START(name, points, words) SURE_##name = (points),
#define MORE(name, points, words) SURE_##name = (points),
#define LESS(name, points, words) SURE_##name = -(points),
#define LIMIT(name, points, words) SURE_##name = (points),
#include "weights.def"
#undef SECTION
#undef START
#undef MORE
#undef LESS
#undef LIMIT
};

struct evidence {
	const char *claim;
	kaddr_t address; /* 0: no address */
	struct look look;
	bool shown; /* the chain or the trigger says it too: no need to say it twice */
};

struct evidences {
	struct evidence *v;
	size_t n, room; /* as in VEC() */
};

enum culprit_kind {
	CULPRIT_NONE,
	CULPRIT_TASK,
	CULPRIT_CPU,
	CULPRIT_DEVICE,
	CULPRIT_CACHE,
	CULPRIT_LOCK,
	CULPRIT_HOST,
	CULPRIT_FUNCTION,
	CULPRIT_CGROUP, /* .name is its path */
};

struct culprit {
	enum culprit_kind kind;
	const char *name;
	int pid; /* -1: none */
	int cpu; /* -1: none */
	kaddr_t address;
};

/* A fault known upstream, or to a team that wrote a rule, that this looks like. */
struct known_match {
	const struct known_bug *bug;   /* NULL: it is of a rule */
	const struct known_rule *rule; /* NULL: it is known upstream */
	const char *id; /* the commit that fixes it; NULL: not verified, or of a rule */
	const char *what, *why;
	const char *affected, *fixed; /* releases: hints, stable trees differ; NULL */
	int confidence;		      /* 0 to 100 */
	kaddr_t address;	      /* of what .why speaks of */
	const struct fix *build; /* what the code of this build says; NULL: not asked */
};

/* From each on a reader is told the word. */
#define CONFIDENCE_SURE 85
#define CONFIDENCE_LIKELY 60
#define CONFIDENCE_POSSIBLE 35

/* Where a sentence names what to look at, which each door spells in its own way. */
#define LOOK_HERE "\1"
/* The same in parentheses, with the space before: left out where a door has none. */
#define LOOK_ASIDE "\2"

/* What to do. */
struct advice {
	const char *text;	/* a sentence; NULL: how to get debuginfo of modules */
	VEC(struct look) looks; /* at its marks, in their order */
};

/* Who may have a lock that does not say. */
struct candidate {
	const struct task *task;
	const char *why;
};

/* Of a text: a cause that what is printed would fit, which is no proof of it. */
struct likeness {
	enum cause cause;
	int confidence; /* 0 to 100 */
	const char *why;
};

struct verdict {
	enum cause cause;
	int confidence; /* 0 to 100 */
	int at_most;	/* whatever else is found; 0: no such limit */
	bool fired;	/* what made the kernel panic is among what it explains */
	struct culprit culprit;
	const char *holds; /* of a task that holds the memory, as what; or NULL */
	const char *summary;
	const char *fix; /* the upstream commit that fixes it; NULL: none is known */
	const struct fix *build; /* has this build that fix?  NULL: not asked */
	const struct node *root;
	VEC(struct node *) victims; /* tasks; the first is the one the chain is of */
	struct chain chain;
	/* The stack that was interrupted by what fired, from .fault_at on; or NULL. */
	const struct stack *fault;
	size_t fault_at;
	struct evidences evidence, against;
	VEC(struct candidate) candidates;
	VEC(struct likeness) like; /* best first; of a text */
	VEC(const char *) missing;
	VEC(struct known_match) known;
	VEC(struct advice) next;
};

struct verdicts {
	VEC(struct verdict *) all; /* best first */
};

const char *cause_name(enum cause cause);
/* How far such a fault reaches, 0 to 10, and *whom it reaches. */
int cause_reach(enum cause cause, const char **whom);
const char *culprit_kind_name(enum culprit_kind kind);

#endif
