// Put into every notebook page as window.harness: runs cells through the app's own commands.
(() => {
  const app = () => window.jupyterapp;
  const panel = () => {
    const widget = app().shell.currentWidget; // the notebook panel, in both front ends
    return widget?.content?.widgets ? widget : null;
  };
  const cell = (index) => panel().content.widgets[index];
  const kernel = () => panel()?.sessionContext?.session?.kernel;

  const harness = {
    done: true,
    ready: () =>
      Boolean(
        panel()?.content.model &&
          panel().content.widgets.length &&
          panel().sessionContext.isReady &&
          kernel()?.status === "idle",
      ),
    status: () => kernel().status,
    interrupt: () => kernel().interrupt(),
    restart: () => kernel().restart(),
    // Resolves at the execute reply. The kernel's status is no guide: a comm message that is handled in a
    // subshell sets it to "idle" while the cell still runs.
    start: (index) => {
      harness.done = false;
      const notebook = panel().content;
      notebook.activeCellIndex = index;
      notebook.deselectAll();
      app()
        .commands.execute("notebook:run-cell")
        .finally(() => {
          harness.done = true;
        });
    },
    setSource: (index, source) => cell(index).model.sharedModel.setSource(source),
    outputs: (index) => JSON.parse(JSON.stringify(cell(index).model.sharedModel.getOutputs())),
    cellCount: () => panel().content.widgets.length,
    save: () => panel().context.save(),
    setTheme: (name) => app().commands.execute("apputils:change-theme", { theme: name }),
    // Frame meter: the longest gap between two animation frames, in milliseconds.
    meter: null,
    startMeter: () => {
      const meter = { running: true, frames: 0, worst: 0 };
      harness.meter = meter;
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        meter.worst = Math.max(meter.worst, now - last);
        meter.frames += 1;
        last = now;
        if (meter.running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    },
    stopMeter: () => {
      harness.meter.running = false;
      return { frames: harness.meter.frames, worst: harness.meter.worst };
    },
  };
  window.harness = harness;
})();
