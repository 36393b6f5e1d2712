const ROW = 24, HEIGHT = 400, ROWS = 20;

function render({ model, el, signal }) {
  const { total, columns } = JSON.parse(new TextDecoder().decode(model.get("data")));
  const names = Object.keys(columns);
  const value = (name, i) => {
    const c = columns[name];
    return c.codes ? c.of[c.codes[i]] : c.values[i];
  };
  let order = Uint32Array.from({ length: total }, (_, i) => i), shown = order;
  let sorted = null, ascending = true;
  el.innerHTML = '<input class="floor-search"><div class="floor-head" style="display:flex"></div>'
    + `<div class="floor-body" style="height:${HEIGHT}px;overflow:auto;position:relative"><div></div></div>`;
  const [search, head, body] = el.children, space = body.firstChild;
  const cell = (text) => {
    const c = document.createElement("span");
    c.style.cssText = "flex:0 0 120px;overflow:hidden;white-space:nowrap";
    c.textContent = text;
    return c;
  };
  const show = () => {
    const first = Math.floor(body.scrollTop / ROW);
    space.style.height = shown.length * ROW + "px";
    space.replaceChildren(...Array.from(shown.subarray(first, first + ROWS), (index, i) => {
      const line = document.createElement("div");
      line.className = "floor-row";
      line.style.cssText = `position:absolute;display:flex;height:${ROW}px;top:${(first + i) * ROW}px`;
      line.append(...names.map((name) => cell(value(name, index))));
      return line;
    }));
  };
  const filter = () => {
    const text = search.value.toLowerCase();
    shown = text ? order.filter((i) => value("name", i).toLowerCase().includes(text)) : order;
    body.scrollTop = 0;
    show();
  };
  head.append(...names.map((name) => {
    const c = cell(name);
    c.onclick = () => {
      ascending = sorted === name ? !ascending : true;
      sorted = name;
      const keys = Array.from({ length: total }, (_, i) => value(name, i)), sign = ascending ? 1 : -1;
      order.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
      filter();
    };
    return c;
  }));
  search.addEventListener("input", filter, { signal });
  body.addEventListener("scroll", show, { signal });
  show();
}

export default { render };
