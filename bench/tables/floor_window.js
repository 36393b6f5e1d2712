const ROW = 24, HEIGHT = 400;

function render({ model, el, signal }) {
  const columns = model.get("columns");
  const ask = { sort: null, ascending: true, search: "", first: 0 };
  el.innerHTML = '<input class="floor-search"><div class="floor-head" style="display:flex"></div>'
    + `<div class="floor-body" style="height:${HEIGHT}px;overflow:auto;position:relative"><div></div></div>`;
  const [search, head, body] = el.children, space = body.firstChild;
  let pending = null, answered = JSON.stringify(ask);
  const send = () => {
    const wanted = JSON.stringify(ask);
    if (pending !== null || wanted === answered) return;
    pending = wanted;
    model.send({ ...ask });
  };
  const cell = (text) => {
    const c = document.createElement("span");
    c.style.cssText = "flex:0 0 120px;overflow:hidden;white-space:nowrap";
    c.textContent = text;
    return c;
  };
  const show = (part) => {
    space.style.height = part.total * ROW + "px";
    space.replaceChildren(...part.rows.map((row, i) => {
      const line = document.createElement("div");
      line.className = "floor-row";
      line.style.cssText = `position:absolute;display:flex;height:${ROW}px;top:${(part.first + i) * ROW}px`;
      line.append(...row.map(cell));
      return line;
    }));
  };
  head.append(...columns.map((name) => {
    const c = cell(name);
    c.onclick = () => { ask.ascending = ask.sort === name ? !ask.ascending : true; ask.sort = name; again(); };
    return c;
  }));
  const again = () => { ask.first = 0; body.scrollTop = 0; send(); };
  search.addEventListener("input", () => { ask.search = search.value; again(); }, { signal });
  body.addEventListener("scroll", () => {
    ask.first = Math.max(0, Math.floor(body.scrollTop / ROW) - 20);
    send();
  }, { signal });
  let sent = { ...ask };
  model.on("msg:custom", (part) => {
    answered = pending;
    pending = null;
    show(part);
    send();
  });
  show(model.get("start"));
}

export default { render };
