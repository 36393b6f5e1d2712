// Put into a notebook page as window.bench: times what a widget does, in the page, where it is seen.
(() => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const cell = (index) => jupyterapp.shell.currentWidget.content.widgets[index];

  // "a b >>> c": c in the shadow roots of what "a b" finds.
  const find = (root, path) =>
    path.split(" >>> ").reduce(
      (roots, part, depth) =>
        roots.flatMap((r) => {
          const inside = depth ? r.shadowRoot : r;
          return inside ? [...inside.querySelectorAll(part)] : [];
        }),
      [root],
    );
  const withText = (root, path, text) =>
    find(root, path).find((e) => e.textContent.trim().toLowerCase().replace(/[ _]/g, "") === text);
  const type = (input, text) => {
    input.value = text;
    for (const kind of ["input", "keyup", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  // A lumino widget with a data model, below a cell's output area: ipydatagrid draws on a canvas.
  const lumino = (index) => {
    const walk = (w) =>
      w.dataModel?.addTransform ? w : [...(w.widgets ?? w.children?.() ?? w.layout ?? [])].map(walk).find(Boolean);
    return walk(cell(index).outputArea);
  };

  const DATATABLES = {
    row: "table.dataTable tbody tr",
    paged: true,
    sort: (root) => withText(root, "th", "filesize").querySelector(".dt-column-order").click(),
    search: (root, text) => type(find(root, "input.dt-input")[0], text),
  };
  const FLOOR = {
    row: ".floor-row",
    sort: (root) => withText(root, ".floor-head span", "filesize").click(),
    search: (root, text) => type(find(root, ".floor-search")[0], text),
  };
  const SHADOW = ".jp-OutputArea-output div >>> ";
  let ascending = false; // of the two that are asked by a call, not a click

  const CASES = {
    "ModelTable": {
      row: ".ivk-table .ivk-row:not(.ivk-headrow, .ivk-skeleton)",
      head: ".ivk-table .ivk-headrow",
      sort: (root) => find(root, ".ivk-table .ivk-sort").find((b) => b.firstChild.textContent === "Size").click(),
      search: (root, text) => type(find(root, ".ivk-table .ivk-search input")[0], text),
    },
    "floor-window": FLOOR,
    "floor-client": FLOOR,
    "pandas repr": { row: "table.dataframe tbody tr", paged: true },
    "itables": DATATABLES,
    "itables widget": DATATABLES,
    "quak": {
      row: SHADOW + "tbody tr",
      head: SHADOW + "thead",
      sort: (root) =>
        find(root, SHADOW + "th").find((th) => th.textContent.includes("file_size"))
          .querySelector(".sort-button").dispatchEvent(new MouseEvent("mousedown", { bubbles: true })),
    },
    "ipydatagrid": {
      row: ".lm-DataGrid canvas",
      top: (_root, index) => lumino(index).dataModel.data("body", 0, 0),
      sort: (_root, index) => {
        const model = lumino(index).dataModel;
        ascending = !ascending;
        model.addTransform({ type: "sort", columnIndex: model.columnNameToIndex("hash"), column: "hash", desc: !ascending });
      },
      search: (_root, text, index) => {
        const model = lumino(index).dataModel;
        const columnIndex = model.columnNameToIndex("name");
        if (text) model.addTransform({ type: "filter", operator: "stringContains", columnIndex, column: "name", value: text });
        else model.removeTransform("name", "filter");
      },
    },
    "ipyaggrid": {
      row: ".ag-center-cols-container .ag-row",
      sort: (root) => withText(root, ".ag-header-cell-text", "filesize").closest(".ag-header-cell-label").click(),
      search: (root, text) => type(find(root, "input[id^=quick-filter]")[0], text),
    },
    "buckaroo": {
      row: ".df-viewer .ag-center-cols-container .ag-row, .theme-hanger:not(.status-bar *) .ag-center-cols-container .ag-row",
      sort: (root) => withText(root, ".ag-header-cell-text", "filesize").closest(".ag-header-cell-label").click(),
      search: (root, text) => {
        const input = find(root, ".FakeSearchEditor input")[0];
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text); // React's own
        input.dispatchEvent(new Event("input", { bubbles: true }));
        find(root, ".FakeSearchEditor button")[text ? 0 : 1].click();
      },
    },
    "perspective": {
      row: "perspective-viewer-datagrid >>> regular-table tbody tr",
      sort: (root) => {
        ascending = !ascending;
        find(root, "perspective-viewer")[0].restore({ sort: [["file_size", ascending ? "asc" : "desc"]] });
      },
      search: (root, text) =>
        find(root, "perspective-viewer")[0].restore({ filter: text ? [["name", "contains", text]] : [] }),
    },
  };
  // Rows in sight, from the top: pooled rows are in no order, and some wait above the view, behind the head.
  const shown = (of, root) => {
    const from = of.head ? (find(root, of.head)[0]?.getBoundingClientRect().bottom ?? 0) : -Infinity;
    return find(root, of.row).map((row) => [row, row.getBoundingClientRect()])
      .filter(([, box]) => box.height > 0 && box.bottom > from + 1).sort((a, b) => a[1].top - b[1].top);
  };
  const top = (of, root, index) => (of.top ? of.top(root, index) : (shown(of, root)[0]?.[0].textContent ?? ""));

  const until = async (act, reached, timeout) => {
    const start = performance.now();
    act();
    while (!reached()) {
      if (performance.now() - start > timeout) return null;
      await frame();
    }
    await frame();
    await frame();
    return performance.now() - start;
  };

  window.bench = {
    // Runs the cell; milliseconds to the second frame after its first row has a size, and bytes received until then.
    show: async (name, index, timeout) => {
      const of = CASES[name], before = window.benchWire.received;
      let received = 0;
      const ms = await until(
        () => harness.start(index),
        () => {
          received = window.benchWire.received - before;
          return shown(of, cell(index).node).length > 0;
        },
        timeout,
      );
      return { ms, received };
    },
    received: () => window.benchWire.received,
    can: (name, verb) => (verb === "scroll" ? !CASES[name].paged : Boolean(CASES[name][verb])),
    // Whether another row is on top than `before`; a canvas does not say, and is believed.
    moved: (name, index, before) => Boolean(CASES[name].top) || top(CASES[name], cell(index).node, index) !== before,
    top: (name, index) => top(CASES[name], cell(index).node, index),
    // Milliseconds from the click to the second frame after another row is on top: one of `wanted`.
    sort: (name, index, wanted, timeout) => {
      const of = CASES[name], root = cell(index).node, before = top(of, root, index);
      return until(
        () => of.sort(root, index),
        () => {
          const now = top(of, root, index);
          return now !== before && wanted.some((text) => now.includes(text));
        },
        timeout,
      );
    },
    // The same from typing `text` until the row with `wanted` is on top.
    search: (name, index, text, wanted, timeout) => {
      const of = CASES[name], root = cell(index).node;
      return until(() => of.search(root, text, index), () => top(of, root, index).includes(wanted), timeout);
    },
    place: (name, index) => {
      const of = CASES[name], row = shown(of, cell(index).node)[0][0];
      row.scrollIntoView({ block: "center" });
      const box = row.getBoundingClientRect();
      return { x: box.left + Math.min(100, box.width / 2), y: box.top + Math.min(box.height / 2, 40) };
    },
    meter: null,
    startMeter: () => {
      const meter = (window.bench.meter = { running: true, frames: 0, slow: 0, start: performance.now() });
      let last = meter.start;
      const tick = () => {
        const now = performance.now();
        meter.frames += 1;
        if (now - last > 50) meter.slow += 1;
        last = now;
        if (meter.running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    },
    stopMeter: () => {
      const meter = window.bench.meter;
      meter.running = false;
      return { fps: (meter.frames * 1000) / (performance.now() - meter.start), slow: meter.slow };
    },
  };
})();
