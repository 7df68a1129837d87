// Zhipai 知派: what the pages do better with JavaScript. Everything here is an addition: without it forms post,
// links lead on, and nothing is lost. Floor: Chromium 90. No inline handlers anywhere (script-src 'self').
//
//   data-confirm="words"       form or submit button: asks once, in a dialog, before the deed
//   data-copy="#id"            button: copies the text of that element; data-copied="words" says so
//   data-print                 button: prints the page
//   form[data-draft="/url"]    posts the form there two seconds after typing stops, and when the page is left;
//                              [data-draft-state] inside the form shows data-saved / data-failed
//   data-suggest="/url"        text field: posts text=<title>\n<text> there and marks .choice labels whose checkbox value is
//                              among {"services":[{"slug","score","words"}],"industries":[name]} with class is-suggested;
//                              data-suggested-by ("because of {words}", data-comma between them) tells the words;
//                              the enterprise, the items ticked and the opposing party go along, and what is open
//                              already ("similar") is put into [data-similar] after the <template data-similar-notice>
//   data-count="n left: {n}"   field with maxlength: shows what may still be written, in #<id>-count
//   details.bar__more          closes on Escape and on a touch elsewhere
//   #find, [data-hit]          "/" goes to the search box, the arrow keys from it through what was found

const wait = (milliseconds, act) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
};

// Fields that must not travel with a draft: files cannot be kept, and a button's name would mean a deed.
const draftBody = (form) => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") body.append(name, value);
  }
  return body;
};

const csrfOf = (element) => {
  const field = element.form && element.form.elements.namedItem("csrf");
  return field ? field.value : "";
};

// ---- ask once -------------------------------------------------------------------------------------------------

const canAsk = typeof HTMLDialogElement !== "undefined" && "requestSubmit" in HTMLFormElement.prototype;

const ask = (words, verb, danger) =>
  new Promise((answer) => {
    const dialog = document.createElement("dialog");
    const text = document.createElement("p");
    const row = document.createElement("div");
    const yes = document.createElement("button");
    const no = document.createElement("button");
    dialog.className = "ask";
    text.id = "ask-words";
    text.textContent = words;
    dialog.setAttribute("aria-labelledby", text.id);
    yes.className = danger ? "btn btn--danger" : "btn btn--primary";
    yes.textContent = verb;
    no.className = "btn";
    no.textContent = document.body.dataset.keep || "×";
    let agreed = false;
    yes.addEventListener("click", () => {
      agreed = true;
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(agreed);
    });
    row.append(no, yes);
    dialog.append(text, row);
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });

const agreedTo = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const words = (button && button.dataset.confirm) || form.dataset.confirm;
  if (words && !canAsk && !window.confirm(words)) {
    event.preventDefault();
    return;
  }
  if (words && canAsk && !agreedTo.has(form)) {
    event.preventDefault();
    const verb = button ? button.textContent.trim() : words;
    const danger = !button || button.classList.contains("btn--danger") || button.classList.contains("link--danger");
    if (!(await ask(words, verb, danger))) return;
    agreedTo.add(form);
    if (button) form.requestSubmit(button);
    else form.requestSubmit();
    return;
  }
  agreedTo.delete(form);
  // A second press does not send twice. The button keeps its name and value, so it is not disabled.
  if (form.method === "post") {
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (button) button.setAttribute("aria-busy", "true");
    setTimeout(() => settle(form), 8000);
  }
});

const settle = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
};

// Back from the next page by the history: the form is usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) settle(form);
});

// ---- copy and print -------------------------------------------------------------------------------------------

// Over plain http the clipboard API is absent; the selection still works.
const copyText = async (element) => {
  const text = "value" in element ? element.value : element.textContent;
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text.trim());
    return true;
  }
  const range = document.createRange();
  const selection = window.getSelection();
  range.selectNodeContents(element);
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand("copy");
};

document.addEventListener("click", async (event) => {
  const printer = event.target.closest("[data-print]");
  if (printer) {
    event.preventDefault();
    window.print();
    return;
  }
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  const source = document.querySelector(button.dataset.copy);
  const label = button.querySelector("span") || button;
  const before = button.dataset.label || label.textContent;
  button.dataset.label = before;
  let done = false;
  try {
    done = Boolean(source) && (await copyText(source));
  } catch (refused) {
    done = false;
  }
  if (!done) return;
  label.textContent = button.dataset.copied || before;
  setTimeout(() => {
    label.textContent = before;
  }, 4000);
});

// These buttons do nothing without a script, so they come hidden.
for (const button of document.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;

// ---- drafts ---------------------------------------------------------------------------------------------------

for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = form.querySelector("[data-draft-state]");
  let saved = draftBody(form).toString();

  const keep = async () => {
    if (form.dataset.sent === "yes") return;
    const body = draftBody(form);
    const text = body.toString();
    if (text === saved) return;
    try {
      const reply = await fetch(form.dataset.draft, { method: "POST", body, credentials: "same-origin", keepalive: text.length < 60000 });
      if (!reply.ok) throw new Error(String(reply.status));
      saved = text;
      if (state) state.textContent = state.dataset.saved || "";
    } catch (lost) {
      if (state) state.textContent = state.dataset.failed || "";
    }
  };

  form.addEventListener("input", wait(2000, keep));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
}

// ---- suggestions ----------------------------------------------------------------------------------------------

for (const field of document.querySelectorAll("[data-suggest]")) {
  let asked = "";

  // The title counts too, and a short one may say it all.
  const title = field.form.elements.namedItem("title");
  const told = (box, words) => {
    const why = box.closest(".choice").querySelector(".choice__why");
    if (!why) return;
    const [plain, by] = [field.dataset.suggested, field.dataset.suggestedBy];
    if (plain && by) why.textContent = words && words.length ? by.replace("{words}", words.join(field.dataset.comma)) : plain;
  };

  const beside = ["enterprise.name", "enterprise.uscc", "opposing_party"].map((name) => field.form.elements.namedItem(name)).filter(Boolean);
  const place = document.querySelector("[data-similar]");
  const notice = document.querySelector("template[data-similar-notice]");

  const warn = (similar) => {
    if (!place || !notice || !similar) return;
    place.textContent = "";
    if (!similar.items.length) return;
    const shown = notice.content.cloneNode(true);
    shown.querySelector("[data-head]").textContent = similar.head;
    shown.querySelector("[data-text]").textContent = similar.text;
    const line = shown.querySelector("[data-item]");
    for (const one of similar.items) {
      const copy = line.cloneNode(true);
      const link = copy.querySelector("a");
      link.href = one.href;
      link.textContent = one.title;
      copy.querySelector(".num").textContent = one.number;
      copy.querySelector("[data-rest]").textContent = [one.state, one.why].filter(Boolean).map((word) => ` · ${word}`).join("");
      line.before(copy);
    }
    line.remove();
    place.append(shown);
  };

  const look = async () => {
    const text = `${title ? title.value.trim() : ""}\n${field.value.trim()}`;
    const body = new URLSearchParams({ text, csrf: csrfOf(field) });
    for (const one of beside) body.append(one.name, one.value.trim());
    for (const box of field.form.querySelectorAll("input[name=services]:checked")) body.append("services", box.value);
    const question = body.toString();
    if ((text.length < 5 && !beside.some((one) => one.value.trim())) || question === asked) return;
    asked = question;
    try {
      const reply = await fetch(field.dataset.suggest, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!reply.ok || asked !== question) return;
      const { services = [], industries = [], similar } = await reply.json();
      warn(similar);
      const found = new Map(services.map((service) => [service.slug, service.words]));
      for (const name of industries) found.set(name, []);
      for (const box of field.form.querySelectorAll(".choice > input[type=checkbox]")) {
        const chosen = found.has(box.value);
        box.closest(".choice").classList.toggle("is-suggested", chosen);
        if (chosen) told(box, found.get(box.value));
        // A suggestion below the fold would not be seen: open the list that holds it.
        const fold = chosen && box.closest("details");
        if (fold) fold.open = true;
      }
    } catch (offline) {
      asked = "";
    }
  };

  const later = wait(500, look);
  field.addEventListener("input", later);
  if (title) title.addEventListener("input", later);
  for (const one of beside) one.addEventListener("input", later);
  if (field.value || (title && title.value)) look();
}

// ---- small things ---------------------------------------------------------------------------------------------

for (const field of document.querySelectorAll("[data-count]")) {
  const place = document.getElementById(field.id + "-count");
  const count = () => {
    const left = field.maxLength - field.value.length;
    place.textContent = field.dataset.count.replace("{n}", String(left));
    place.classList.toggle("is-over", left <= 0);
  };
  if (place && field.maxLength > 0) {
    field.addEventListener("input", count);
    count();
  }
}

for (const more of document.querySelectorAll("details.bar__more")) {
  document.addEventListener("click", (event) => {
    if (!more.contains(event.target)) more.open = false;
  });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}

// ---- searching from the keyboard --------------------------------------------------------------------------------

const find = document.getElementById("find");
const hits = [...document.querySelectorAll("[data-hit]")];

if (find) {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable], dialog");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (find.offsetParent === null) return;
    event.preventDefault();
    find.focus();
    find.select();
  });
}

document.addEventListener("keydown", (event) => {
  if (hits.length === 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const at = hits.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== find) return;
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  if (next >= hits.length) return;
  event.preventDefault();
  (next < 0 ? find : hits[next]).focus();
});

// The filters beside what was found are folded on small screens, where they stand above it.
const narrow = document.querySelector("details.find__narrow");
if (narrow && window.matchMedia("(max-width: 63.99rem)").matches) narrow.open = false;

// A page that came back with errors begins at their summary.
const errors = document.querySelector(".errors[tabindex]");
if (errors) errors.focus();
