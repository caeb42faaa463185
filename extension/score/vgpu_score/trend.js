// SPDX-License-Identifier: GPL-2.0-or-later
// Of the cores that the list shows: how many crashed in each week, by kernel.  A drawing,
// and the same as a table.
"use strict";
const trend = (function () {
	const section = document.getElementById("trend");
	const WEEK = 7 * 86400, MONDAY = 4 * 86400; // 1970 began on a Thursday
	const MOST_WEEKS = 53, MOST_KERNELS = 5, SLOT = 14, HIGH = 90;
	let drawn = null; // what the table is to say when it is opened

	function day(week) {
		return new Date((week * WEEK + MONDAY) * 1000).toISOString().slice(0, 10);
	}

	// Those that have most cores, and one name for the others.
	function kernels(cores) {
		const counts = new Map();
		for (const c of cores)
			counts.set(c.release, (counts.get(c.release) || 0) + 1);
		const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
		return names.length <= MOST_KERNELS + 1 ? names : [...names.slice(0, MOST_KERNELS), null];
	}

	function count(cores) {
		const names = kernels(cores), place = new Map(names.map((name, n) => [name, n]));
		const weeks = new Map();
		let last = -Infinity, first = Infinity;
		for (const c of cores) {
			const week = Math.floor((c.when - MONDAY) / WEEK);
			first = Math.min(first, week);
			last = Math.max(last, week);
			if (!weeks.has(week))
				weeks.set(week, names.map(() => 0));
			weeks.get(week)[place.has(c.release) ? place.get(c.release) : names.length - 1]++;
		}
		const from = Math.max(first, last - MOST_WEEKS + 1), shown = [];
		for (let week = from; week <= last; week++)
			shown.push([week, weeks.get(week) || names.map(() => 0)]);
		return { names: names.map((n) => n === null ? "others" : n || "not known"), weeks: shown,
			earlier: cores.filter((c) => Math.floor((c.when - MONDAY) / WEEK) < from).length };
	}

	const sum = (counts) => counts.reduce((a, b) => a + b, 0);

	function svg(tag, attributes) {
		const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
		for (const [name, value] of Object.entries(attributes))
			made.setAttribute(name, value);
		return made;
	}

	function picture(t, most) {
		const wide = t.weeks.length * SLOT;
		const top = t.weeks.reduce((a, b) => sum(b[1]) > sum(a[1]) ? b : a);
		const drawing = svg("svg", { viewBox: `0 0 ${wide} ${HIGH}`, width: wide, height: HIGH,
			role: "img", "aria-label": `Cores by week, from ${day(t.weeks[0][0])} on: ` +
				`at most ${most}, in the week of ${day(top[0])}` });
		t.weeks.forEach(([week, counts], n) => {
			let y = HIGH;
			counts.forEach((cores, kernel) => {
				const high = cores * (HIGH - 2) / most;
				y -= high;
				if (cores)
					drawing.append(svg("rect", { class: "k" + kernel, x: n * SLOT + 1,
						y, width: SLOT - 2, height: high }));
			});
		});
		return drawing;
	}

	function words(t, most) {
		const line = document.createElement("p");
		line.className = "quiet legend";
		const span = (text, key) => {
			const made = document.createElement("span");
			if (key !== undefined)
				made.className = "key k" + key;
			made.textContent = text;
			line.append(made);
		};
		const last = t.weeks[t.weeks.length - 1][0];
		span(t.weeks.length === 1 ? `week of ${day(last)}: ${most}`
			: `weeks of ${day(t.weeks[0][0])} to ${day(last)}, at most ${most} in one` +
				(t.earlier ? `; ${t.earlier} before that` : ""));
		t.names.forEach((name, n) => span(name, n));
		return line;
	}

	function fill() {
		const table = document.getElementById("weeks"), t = drawn;
		const row = (tag, first, values) => {
			const tr = document.createElement("tr");
			[first, ...values].forEach((value, n) => {
				const cell = document.createElement(n ? tag : "th");
				cell.textContent = value;
				if (cell.tagName === "TH")
					cell.scope = tag === "th" ? "col" : "row";
				tr.append(cell);
			});
			return tr;
		};
		table.replaceChildren(row("th", "Week of", [...t.names, "all"]),
			...t.weeks.filter(([, counts]) => sum(counts)).reverse()
				.map(([week, counts]) => row("td", day(week), [...counts, sum(counts)])));
	}

	section.querySelector("details").addEventListener("toggle", fill);
	return function (cores) {
		section.hidden = !cores.length;
		if (!cores.length)
			return;
		drawn = count(cores);
		const most = Math.max(...drawn.weeks.map(([, counts]) => sum(counts)));
		document.getElementById("chart").replaceChildren(picture(drawn, most), words(drawn, most));
		if (section.querySelector("details").open)
			fill();
	};
})();
