(() => {
  const field = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll("tbody tr[data-claim]")];
  const apply = () => {
    const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const status = field("status").value, family = field("family").value;
    const evidence = Number(field("evidence").value);
    let shown = 0;
    for (const row of rows) {
      const d = row.dataset;
      const fits = (!status || d.status === status) && (!family || d.family === family) &&
        Number(d.evidence) >= evidence && words.every((word) => d.text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    field("count").textContent = shown === rows.length ? `${shown} claims` : `${shown} of ${rows.length} claims`;
    field("none").hidden = shown > 0;
  };
  const form = field("filters");
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
