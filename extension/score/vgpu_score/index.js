// SPDX-License-Identifier: GPL-2.0-or-later
// Sorting, filters and groups of the list.  Without it the list is whole, ranked
// and grouped, as it was written.
"use strict";
(function () {
	const table = document.getElementById("cores");
	const bar = document.getElementById("filters");
	const count = document.getElementById("count");
	if (!table)
		return;
	const rows = Array.from(table.querySelectorAll("tr.core"));
	const groups = new Map();
	for (const g of table.querySelectorAll("tr.group"))
		groups.set(g.dataset.group, g);
	const texts = new Map(rows.map((row) => [row, searched(row)]));
	const numeric = new Set(["score", "when"]);
	let order = { key: "score", down: true };

	function field(name) {
		return bar.elements[name];
	}

	// All that the page shows of a core and of its group, and what its own page does.
	function searched(row) {
		const signature = groups.get(row.dataset.group).querySelector(".mono");
		return [row.textContent, row.dataset.signature, row.dataset.words,
			signature ? signature.title : ""].join(" ").toLowerCase();
	}

	function wanted(row) {
		const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
		if (!words.every((w) => texts.get(row).includes(w)))
			return false;
		for (const name of ["cause", "trigger", "release", "state"])
			if (field(name).value && row.dataset[name] !== field(name).value)
				return false;
		const least = field("least").value;
		return least === "" || (row.dataset.score !== "" && +row.dataset.score >= +least);
	}

	// Rows without the value come last, whichever way the list is sorted.
	function compare(a, b) {
		const x = a.dataset[order.key], y = b.dataset[order.key];
		if ((x === "") !== (y === ""))
			return x === "" ? 1 : -1;
		const by = numeric.has(order.key) ? x - y : x.localeCompare(y);
		return (order.down ? -by : by) || a.dataset.place - b.dataset.place;
	}

	function show() {
		const shown = rows.filter(wanted).sort(compare);
		const grouped = field("grouped").checked;
		const bodies = new Map();
		for (const old of Array.from(table.tBodies))
			old.remove();
		// A group stands where its first row would stand.
		for (const row of shown) {
			const key = grouped ? row.dataset.group : "";
			if (!bodies.has(key)) {
				const body = document.createElement("tbody");
				if (grouped)
					body.append(groups.get(key));
				bodies.set(key, body);
			}
			bodies.get(key).append(row);
		}
		table.append(...bodies.values());
		count.textContent = shown.length === rows.length ? rows.length + " cores"
			: shown.length + " of " + rows.length + " cores";
		for (const th of table.querySelectorAll("th[data-key]")) {
			if (th.dataset.key === order.key)
				th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
			else
				th.removeAttribute("aria-sort");
		}
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
		if (order.key !== "score" || !order.down)
			q.set("sort", (order.down ? "-" : "") + order.key);
		history.replaceState(null, "", q.toString() ? "#" + q : location.pathname);
	}

	function recall() {
		const q = new URLSearchParams(location.hash.slice(1));
		for (const f of bar.elements)
			if (f.name && f.type !== "checkbox")
				f.value = q.get(f.name) || "";
		field("grouped").checked = q.get("grouped") !== "no";
		const sort = q.get("sort") || "-score";
		order = { key: sort.replace(/^-/, ""), down: sort[0] === "-" };
		if (!table.querySelector('th[data-key="' + CSS.escape(order.key) + '"]'))
			order = { key: "score", down: true };
	}

	table.tHead.addEventListener("click", (event) => {
		const th = event.target.closest("th[data-key]");
		if (!th)
			return;
		const key = th.dataset.key;
		order = { key, down: order.key === key ? !order.down : numeric.has(key) };
		show();
	});
	bar.addEventListener("input", show);
	bar.addEventListener("submit", (event) => event.preventDefault());
	bar.addEventListener("reset", () => setTimeout(() => {
		order = { key: "score", down: true };
		show();
	}));
	document.addEventListener("keydown", (event) => {
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		if (event.key === "/" && !typing) {
			event.preventDefault();
			field("text").focus();
		}
	});
	// A link to this very page, followed while it is open.
	addEventListener("hashchange", () => {
		recall();
		show();
	});
	bar.hidden = false;
	recall();
	show();
})();
