// Suggestions while somebody types into the search box. Without this the page works as well.
"use strict";

const PAUSE = 150;

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(box.getAttribute("list"));
  let waiting;
  let asked = 0;

  const suggest = async () => {
    const turn = ++asked;
    const typed = box.value.trim();
    if (!typed) {
      list.replaceChildren();
      return;
    }
    const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`);
    if (!answer.ok || turn !== asked) return;
    const suggestions = await answer.json();
    list.replaceChildren(...suggestions.map(({ text, note }) => {
      const option = document.createElement("option");
      option.value = text;
      option.label = note;
      return option;
    }));
  };

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest().catch(() => list.replaceChildren()), PAUSE);
  });
}
