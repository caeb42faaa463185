// SPDX-License-Identifier: GPL-2.0-or-later
// The list: filters, order, groups.  All cores are data; rows are made of those that are
// looked at, so that many cost no more than few.
(function () {
	const table = document.getElementById("cores");
	const bar = document.getElementById("filters");
	const data = JSON.parse(document.getElementById("data").textContent);
	const cores = data.cores.map(([group, score, cause, sure, summary, trigger, release, when, told,
		node, names, copies, page, state, gone, words], place) => ({ group, score, cause, sure,
		summary, trigger, release, when, told, node, names, copies, page, state, gone, words,
		place, name: names[0] }));
	const groups = data.groups;
	const numeric = new Set(["score", "when"]);
	const STEP = 30; // rows made at once; more when they are scrolled to
	const MANY = 100; // groups of more cores than these begin folded
	let order, sorted, limit, unfolded, limits;

	const fields = new Map(Array.from(bar.elements, (f) => [f.name, f]));
	const field = (name) => fields.get(name);

	function el(tag, attributes, ...children) {
		const made = document.createElement(tag);
		for (const [name, value] of Object.entries(attributes))
			if (value !== null)
				made.setAttribute(name, value);
		made.append(...children);
		return made;
	}

	const plural = (n, one, many) => n + " " + (n === 1 ? one : many || one + "s");
	const time = (s) => new Date(s * 1000).toISOString().slice(0, 16).replace("T", " ");

	// ---- which, and in which order ---------------------------------------------

	const found = new Map(); // typed word: which words have it

	function having(typed) {
		if (!found.has(typed)) {
			if (found.size > 50)
				found.clear();
			found.set(typed, Uint8Array.from(data.words, (w) => w.includes(typed)));
		}
		return found.get(typed);
	}

	function textFilter() {
		const hits = field("text").value.toLowerCase().split(/\s+/).filter(Boolean).map((typed) => {
			const has = having(typed);
			return { has, groups: groups.map((g) => g.words.some((w) => has[w])) };
		});
		return (c) => hits.every((h) => h.groups[c.group] || c.words.some((w) => h.has[w]));
	}

	function wanted() {
		const text = textFilter(), least = field("least").value;
		const [cause, trigger, release, state, mark] =
			["cause", "trigger", "release", "state", "mark"].map((name) => field(name).value);
		return (c) => (!cause || c.cause === cause) && (!trigger || c.trigger === trigger) &&
			(!release || c.release === release) &&
			(!state || (state === "gone" ? c.gone : c.state === state)) &&
			(!mark || (groups[c.group].mark || "none") === mark) &&
			(least === "" || c.score !== null && c.score >= +least) && text(c);
	}

	// Rows without the value come last, whichever way the list is sorted.
	function sort() {
		const { key, down } = order, way = down ? -1 : 1, number = numeric.has(key);
		const empty = (c) => c[key] === null || c[key] === "";
		sorted = cores.slice().sort((a, b) => {
			const x = a[key], y = b[key];
			if (x === y)
				return a.place - b.place;
			if (empty(a) !== empty(b))
				return empty(a) ? 1 : -1;
			return number ? way * (x - y) : way * (x < y ? -1 : 1);
		});
	}

	// A group stands where its first row would stand, unless another order is asked for.
	function gather(shown) {
		const by = new Map();
		for (const c of shown) {
			if (!by.has(c.group))
				by.set(c.group, { group: c.group, cores: [], first: Infinity, last: -Infinity });
			const g = by.get(c.group);
			g.cores.push(c);
			g.first = Math.min(g.first, c.when);
			g.last = Math.max(g.last, c.when);
		}
		const list = [...by.values()], how = field("order").value;
		const value = { count: (g) => -g.cores.length, last: (g) => -g.last, first: (g) => g.first };
		return how in value ? list.sort((a, b) => value[how](a) - value[how](b)) : list;
	}

	// ---- rows ------------------------------------------------------------------

	function badge(score) {
		const level = score === null ? "none" : score >= 70 ? "high" : score >= 40 ? "middle" : "low";
		return el("span", { class: "score " + level }, score === null ? "–" : String(score));
	}

	function linked(c) {
		return el("a", { href: "cores/" + c.page }, c.summary || "no words");
	}

	// Cores are often all called vmcore: the folder's own name tells them apart.
	function names(c) {
		const parts = c.name.split("/"), short = parts.slice(-2).join("/");
		const more = c.copies ? [el("span", { class: "quiet" }, "and " + plural(c.copies, "copy",
			"copies") + ": " + c.names.slice(1).join(", ") + (c.copies >= c.names.length ? " …" : ""))] : [];
		return [short, el("span", { class: "quiet" }, parts.slice(0, -2).join("/")), ...more,
			...(c.gone ? [el("span", { class: "mark gone" }, "gone")] : [])];
	}

	function coreRow(c) {
		return el("tr", { class: "core", "data-name": c.name },
			el("td", { class: "col-score" }, badge(c.score)),
			el("td", { class: "col-cause" }, c.cause + " ", el("span", { class: "quiet" }, c.sure)),
			el("td", { class: "col-summary" }, linked(c)),
			el("td", { class: "col-trigger" }, c.trigger),
			el("td", { class: "col-release" }, c.release),
			el("td", { class: "col-when" }, c.told ? time(c.when) : "",
				el("span", { class: "quiet" }, c.node)),
			el("td", { class: "col-name", title: c.name }, ...names(c)));
	}

	function several(list, name) {
		const counts = new Map();
		for (const c of list)
			if (c[name])
				counts.set(c[name], (counts.get(c[name]) || 0) + 1);
		const most = [...counts].sort((a, b) => b[1] - a[1]);
		return most.slice(0, 3).map(([value, n]) => value + (most.length > 1 ? " × " + n : "")).join(", ") +
			(most.length > 3 ? " and " + (most.length - 3) + " more" : "");
	}

	function facts(g) {
		const nodes = new Set(g.cores.map((c) => c.node).filter(Boolean)).size;
		const words = [plural(g.cores.length, "core")];
		if (g.cores.length > 1)
			words.push(`first ${time(g.first)}, last ${time(g.last)}`);
		if (g.cores.length > 1 && several(g.cores, "release"))
			words.push(several(g.cores, "release"));
		if (nodes > 1)
			words.push(plural(nodes, "machine"));
		return " " + words.join("; ") + " ";
	}

	function marked(about) {
		const made = [];
		if (about.mark)
			made.push(el("span", { class: "mark " + about.mark }, about.mark +
				(about.by ? " by " + about.by : "")), " ");
		if (about.since)
			made.push(el("span", { class: "mark again" }, plural(about.since, "core") + " since"), " ");
		if (about.note)
			made.push(el("span", { class: "note" }, about.note), " ");
		return made;
	}

	function near(about) {
		return about.near.flatMap(([signature, value, n, log], i) => [i ? ", " : " resembles ",
			el("a", { href: "#text=" + encodeURIComponent(signature) }, signature),
			` (${plural(n, log ? "text log" : "core")}) at ${value.toFixed(2)}`]);
	}

	function open(g, alone) {
		return unfolded.has(g.group) ? unfolded.get(g.group) : alone || !field("folded").checked;
	}

	function groupRow(g, alone) {
		const about = groups[g.group], is = open(g, alone), top = g.cores[0];
		const signature = about.key && about.key !== "failed";
		const best = is ? [] : [el("span", { class: "best" }, badge(top.score), " ", linked(top))];
		return el("tr", { class: "group", "data-group": about.key },
			el("th", { colspan: 7, scope: "rowgroup" },
				el("button", { type: "button", "data-fold": g.group, "aria-expanded": is },
					about.name),
				el("span", { class: "quiet" }, facts(g)), ...marked(about),
				...(signature ? [el("a", { class: "mono", href: "#text=" + about.key }, about.key)] : []),
				el("span", { class: "quiet" }, ...near(about)),
				...(about.text ? [el("span", { class: "mono text", title: about.text },
					about.text.slice(0, 250))] : []), ...best));
	}

	function moreRow(words, key) {
		return el("tr", { class: "more" }, el("td", { colspan: 7 },
			el("button", { type: "button", "data-more": key }, words)));
	}

	function groupBody(g, alone, room) {
		const body = el("tbody", {}, groupRow(g, alone));
		const most = limits.get(g.group) || room;
		const rows = open(g, alone) ? g.cores.slice(0, most) : [];
		body.append(...rows.map(coreRow));
		if (rows.length && rows.length < g.cores.length)
			body.append(moreRow(`more of these ${g.cores.length}`, g.group));
		return body;
	}

	function bodies(shown) {
		if (!field("grouped").checked) {
			const rest = shown.length - limit;
			return [el("tbody", {}, ...shown.slice(0, limit).map(coreRow),
				...(rest > 0 ? [moreRow(plural(rest, "more core"), "")] : []))];
		}
		const list = gather(shown), made = [];
		let room = limit;
		for (const g of list) {
			if (room <= 0)
				return [...made, el("tbody", {}, moreRow(plural(list.length - made.length,
					"more group"), ""))];
			made.push(groupBody(g, list.length === 1, room));
			room -= made[made.length - 1].rows.length;
		}
		return made;
	}

	// ---- the page --------------------------------------------------------------

	function draw(shown) {
		const focus = document.activeElement && document.activeElement.dataset.fold;
		for (const old of Array.from(table.tBodies))
			old.remove();
		table.append(...bodies(shown));
		coming.disconnect();
		for (const button of table.querySelectorAll("[data-more='']"))
			coming.observe(button);
		if (focus !== undefined) {
			const again = table.querySelector(`[data-fold="${focus}"]`);
			if (again)
				again.focus();
		}
	}

	// Who scrolls to the end of the list need not ask for more.
	const coming = new IntersectionObserver((seen) => {
		if (seen.some((s) => s.isIntersecting))
			more();
	}, { rootMargin: "400px" });
	let last = [], settling;

	function more() {
		limit += STEP;
		draw(last);
	}

	function show() {
		const want = wanted();
		last = sorted.filter(want);
		draw(last);
		document.getElementById("count").textContent = last.length === cores.length
			? plural(cores.length, "core") : last.length + " of " + plural(cores.length, "core");
		for (const th of table.querySelectorAll("th[data-key]")) {
			if (th.dataset.key === order.key)
				th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
			else
				th.removeAttribute("aria-sort");
		}
		clearTimeout(settling);
		settling = setTimeout(settle, 150);
	}

	// What need not follow each key; and a browser lets nobody write the address that often.
	function settle() {
		trend(last);
		remember();
	}

	// In the address, so that going back from a core finds the list as it was left.
	function remember() {
		const q = new URLSearchParams();
		for (const f of bar.elements)
			if (f.name && f.type !== "checkbox" && f.value)
				q.set(f.name, f.value);
		if (!field("grouped").checked)
			q.set("grouped", "no");
		if (field("folded").checked !== cores.length > MANY)
			q.set("folded", field("folded").checked ? "yes" : "no");
		if (order.key !== "score" || !order.down)
			q.set("sort", (order.down ? "-" : "") + order.key);
		history.replaceState(null, "", q.toString() ? "#" + q : location.pathname + location.search);
	}

	function forget() {
		limit = STEP;
		unfolded = new Map();
		limits = new Map();
	}

	function recall() {
		const q = new URLSearchParams(location.hash.slice(1));
		for (const f of bar.elements)
			if (f.name && f.type !== "checkbox")
				f.value = q.get(f.name) || "";
		field("grouped").checked = q.get("grouped") !== "no";
		field("folded").checked = q.has("folded") ? q.get("folded") !== "no" : cores.length > MANY;
		const word = q.get("sort") || "-score";
		order = { key: word.replace(/^-/, ""), down: word[0] === "-" };
		if (!table.querySelector('th[data-key="' + CSS.escape(order.key) + '"]'))
			order = { key: "score", down: true };
		forget();
		sort();
	}

	table.addEventListener("click", (event) => {
		const button = event.target.closest("button"), th = event.target.closest("th[data-key]");
		if (!button)
			return;
		if (th) {
			const key = th.dataset.key;
			order = { key, down: order.key === key ? !order.down : numeric.has(key) };
			sort();
			show();
		} else if (button.dataset.fold !== undefined) {
			unfolded.set(+button.dataset.fold, button.getAttribute("aria-expanded") !== "true");
			draw(last);
		} else if (button.dataset.more === "") {
			more();
		} else {
			const g = +button.dataset.more;
			limits.set(g, (limits.get(g) || STEP) + STEP);
			limit += STEP;
			draw(last);
		}
	});
	bar.addEventListener("input", () => {
		forget();
		show();
	});
	bar.addEventListener("submit", (event) => event.preventDefault());
	bar.addEventListener("reset", (event) => {
		event.preventDefault();
		clearTimeout(settling);
		history.replaceState(null, "", location.pathname + location.search);
		recall();
		show();
	});
	document.addEventListener("keydown", (event) => {
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		if (event.key === "/" && !typing) {
			event.preventDefault();
			field("text").focus();
		}
	});
	// A link to this very page, followed while it is open.
	addEventListener("hashchange", () => {
		clearTimeout(settling);
		recall();
		show();
	});
	bar.hidden = table.hidden = false;
	// The table's head stays below the filters, however many lines they take.
	new ResizeObserver(() => document.documentElement.style.setProperty("--bar",
		bar.offsetHeight + "px")).observe(bar);
	recall();
	show();
})();
