/* Small helps over pages that work without them. No eval, no inline anything, no personal data sent anywhere. */
(() => {
  "use strict";
  const $ = (what, where = document) => where.querySelector(what);
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const say = (key) => document.body.dataset[key] || "";
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]");

  /* Toasts */
  const toast = (text) => {
    const box = document.createElement("div");
    const words = document.createElement("p");
    box.className = "l-toast";
    words.textContent = text;
    box.append(words);
    $("#toasts")?.append(box);
    setTimeout(() => box.remove(), 8000);
  };

  /* Drafts: form[data-draft=key] keeps what was typed; [data-draft-clear=key] (or "*") on a later page forgets it. */
  const KEEP_DAYS = 7;
  const drafts = {
    name: (key) => "liren-draft:" + key,
    fields: (form) => [...form.elements].filter((el) => el.name && !el.disabled && !/^(hidden|password|file|submit|button)$/.test(el.type) && !("noDraft" in el.dataset)),
    save(form) {
      const kept = drafts.fields(form).filter((el) => (/^(radio|checkbox)$/.test(el.type) ? el.checked : el.value)).map((el) => [el.name, el.value]);
      try {
        if (kept.length) localStorage.setItem(drafts.name(form.dataset.draft), JSON.stringify({ at: Date.now(), kept }));
        else localStorage.removeItem(drafts.name(form.dataset.draft));
      } catch { /* no room or not allowed: the form still works */ }
    },
    load(form) {
      let found;
      try { found = JSON.parse(localStorage.getItem(drafts.name(form.dataset.draft))); } catch { return; }
      if (!found || Date.now() - found.at > KEEP_DAYS * 864e5) return;
      let restored = false;
      for (const el of drafts.fields(form)) {
        const values = found.kept.filter(([name]) => name === el.name).map(([, value]) => value);
        if (/^(radio|checkbox)$/.test(el.type)) {
          if (!all(`[name="${CSS.escape(el.name)}"]`, form).some((other) => other.defaultChecked) && values.includes(el.value)) el.checked = restored = true;
        } else if (!el.value && values[0]) { el.value = values[0]; restored = true; }
      }
      if (restored && say("sayRestored")) toast(say("sayRestored"));
    },
    forget(key) {
      try {
        Object.keys(localStorage).filter((name) => name.startsWith("liren-draft:") && (key === "*" || name === drafts.name(key))).forEach((name) => localStorage.removeItem(name));
      } catch { /* nothing kept, nothing to forget */ }
    },
  };

  /* Chosen photos outlive an error as the words do: on this phone only, a day at most. */
  const shelved = {
    open: () => new Promise((done, failed) => {
      const ask = indexedDB.open("liren", 1);
      ask.onupgradeneeded = () => ask.result.createObjectStore("photos");
      ask.onsuccess = () => done(ask.result);
      ask.onerror = failed;
    }),
    async use(doing) {
      try {
        const base = await shelved.open();
        const ask = doing(base.transaction("photos", "readwrite").objectStore("photos"));
        const found = await new Promise((done, failed) => { ask.onsuccess = () => done(ask.result); ask.onerror = failed; });
        base.close();
        return found;
      } catch { return undefined; } /* not allowed here: they are chosen again */
    },
    put: (key, files) => shelved.use((store) => (files.length ? store.put({ at: Date.now(), files }, key) : store.delete(key))),
    async get(key) {
      const found = await shelved.use((store) => store.get(key));
      return found && Date.now() - found.at < 864e5 ? found.files : [];
    },
    forget: (key) => shelved.use((store) => (key === "*" ? store.clear() : store.delete(key))),
  };
  all("[data-draft-clear]").forEach((el) => { drafts.forget(el.dataset.draftClear); shelved.forget(el.dataset.draftClear); });
  all("form[data-draft]").forEach((form) => {
    let timer;
    drafts.load(form);
    form.addEventListener("input", () => { delete form.dataset.gone; clearTimeout(timer); timer = setTimeout(() => drafts.save(form), 300); });
    addEventListener("pagehide", () => { if (!form.dataset.gone) drafts.save(form); });
  });

  /* One press, one submission; nothing leaves while there is no network. */
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.draft) drafts.save(form);
    if (!navigator.onLine) { event.preventDefault(); toast(say("sayOffline")); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.gone = "1"; /* coming back to this page later must not keep again what has arrived */
    if (form.matches("[hx-post], [hx-put], [hx-delete]")) return;
    form.dataset.sent = "1";
    setTimeout(() => all("button[type=submit], button:not([type])", form).forEach((b) => b.setAttribute("aria-disabled", "true")));
    setTimeout(() => release(form), 15000);
  });
  const release = (form) => {
    delete form.dataset.sent;
    all("[aria-disabled=true]", form).forEach((b) => b.removeAttribute("aria-disabled"));
  };
  addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(release); });

  /* Photos: turned upright, made smaller and stripped of place and time before they leave the phone. */
  const LONG_SIDE = 1600;
  const drawn = (picture, side, cover) => {
    const scale = cover ? Math.max(side / picture.width, side / picture.height) : Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    const width = Math.round(picture.width * scale), height = Math.round(picture.height * scale);
    canvas.width = cover ? side : width;
    canvas.height = cover ? side : height;
    canvas.getContext("2d").drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    return canvas;
  };
  const photos = (box) => {
    const input = $("input[type=file]", box), shelf = $("[data-previews]", box);
    if (!input || !shelf || !window.createImageBitmap || !window.DataTransfer) return;
    const add = $("[data-photo-add]", box), draft = box.closest("form")?.dataset.draft;
    let held = [];
    add.hidden = false;
    add.addEventListener("click", () => input.click());
    input.classList.add("visually-hidden");
    input.tabIndex = -1;
    const put = () => {
      if (draft) shelved.put(draft, held.map(({ file }) => file));
      const files = new DataTransfer();
      held.forEach(({ file }) => files.items.add(file));
      input.files = files.files;
      shelf.replaceChildren(...held.map(({ file, thumb }, index) => {
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "l-photo";
        remove.setAttribute("aria-label", `${say("sayRemove")} ${index + 1}`);
        remove.append(thumb || file.name, $("[data-photo-remove]", box).content.cloneNode(true));
        remove.addEventListener("click", () => { held.splice(index, 1); put(); add.focus(); });
        return remove;
      }));
    };
    if (draft) shelved.get(draft).then(async (files) => {
      if (!files.length || held.length) return;
      held = await Promise.all(files.map(async (file) => {
        try { return { file, thumb: drawn(await createImageBitmap(file), 176, true) }; } catch { return { file, thumb: null }; }
      }));
      put();
      $("[data-photos-again]", box.closest("form"))?.remove();
    });
    input.addEventListener("change", async () => {
      const most = Number(input.dataset.max || 6);
      const fresh = await Promise.all([...input.files].map(async (file) => {
        try {
          const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
          const blob = await new Promise((done) => drawn(picture, LONG_SIDE).toBlob(done, "image/jpeg", 0.82));
          const thumb = drawn(picture, 176, true);
          return { file: new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), thumb };
        } catch { return { file, thumb: null }; } /* not decodable here (HEIC): the server tries */
      }));
      held = input.multiple ? [...held, ...fresh] : fresh;
      if (held.length > most) { held = held.slice(0, most); toast(say("sayMost").replace("{n}", most)); }
      put();
    });
  };

  /* Lists by keyboard, details beside them. */
  const rows = () => all("[data-list] [data-row]");
  const mark = (row) => {
    rows().forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  };
  const panel = $("#panel");
  let from;
  const openPanel = async (link) => {
    const row = link.closest("[data-row]");
    if (row) mark(row);
    from = link;
    await window.htmx.ajax("GET", link.href, { target: "#panel", swap: "innerHTML" });
    panel.focus();
  };
  const closePanel = () => {
    if (!panel || !panel.childNodes.length) return false;
    panel.replaceChildren();
    from?.focus();
    return true;
  };
  addEventListener("click", (event) => {
    const el = event.target.closest("a[data-panel], [data-panel-close], [data-close-details], [data-dismiss], [data-copy], [data-print], [data-reload], [data-help]");
    if (!el) return;
    if (el.matches("a[data-panel]")) {
      if (!panel || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openPanel(el);
    } else if ("panelClose" in el.dataset) { event.preventDefault(); closePanel(); }
    else if ("closeDetails" in el.dataset) { const box = el.closest("details"); box.open = false; $("summary", box).focus(); }
    else if ("dismiss" in el.dataset) el.closest("[data-toast]").remove();
    else if ("copy" in el.dataset) {
      const source = $(el.dataset.copy);
      navigator.clipboard?.writeText((source ? source.value || source.textContent : el.dataset.copy).trim()).then(() => toast(say("sayCopied")));
    } else if ("print" in el.dataset) print();
    else if ("reload" in el.dataset) { event.preventDefault(); location.reload(); }
    else $("#keys")?.show();
  });
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const keys = $("#keys[open]");
      if (keys) keys.close();
      else if (typing(event.target)) event.target.blur();
      else closePanel();
      return;
    }
    if (document.documentElement.dataset.shell !== "office" || typing(event.target)) return;
    const list = rows();
    const at = list.findIndex((row) => row.getAttribute("aria-current") === "true");
    const link = list[at] && $("a[href]", list[at]);
    if (event.key === "j" || event.key === "k") {
      const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      if (next) { mark(next); $("a[href]", next)?.focus({ preventScroll: true }); if (panel?.childNodes.length) openPanel($("a[href]", next)).then(() => from?.focus({ preventScroll: true })); }
    } else if (event.key === "e" && link) location.href = link.href;
    else if (event.key === "/" && $("[data-search]")) { $("[data-search]").focus(); $("[data-search]").select(); }
    else if (event.key === "?") $("#keys")?.show();
    else return;
    event.preventDefault();
  });

  /* A question unfolded at the foot of a phone is not left behind the bar. */
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".l-confirm[open]")) event.target.lastElementChild.scrollIntoView({ block: "nearest" });
  }, true);

  /* Filters send themselves. */
  all("form[data-autosubmit]").forEach((form) => form.addEventListener("change", (event) => {
    if (!event.target.matches("[type=text], [type=search]")) form.requestSubmit(); /* words are sent with Enter */
  }));

  /* Days move on while a page stays open: 今天 becomes 昨天. */
  const lang = document.documentElement.lang || "zh-Hans";
  const retime = () => all("time[data-when]").forEach((el) => {
    const at = new Date(el.dateTime), now = new Date();
    const day = (d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / 864e5;
    const days = day(at) - day(now);
    if (Math.abs(days) > 1 || !window.Intl?.RelativeTimeFormat) return;
    const word = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(days, "day");
    el.textContent = `${word.charAt(0).toUpperCase()}${word.slice(1)} ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) retime(); });

  /* Network */
  const network = () => { const bar = $("#offline"); if (bar) bar.hidden = navigator.onLine; };
  addEventListener("online", network);
  addEventListener("offline", network);
  network();
  document.addEventListener("htmx:sendError", () => toast(say("sayOffline")));
  document.addEventListener("htmx:responseError", () => toast(say("sayFailed")));

  /* Fragments that arrive later get the same helps. */
  const dress = (where) => {
    all("[data-photos]", where).forEach(photos);
    all("[data-print], [data-help], [data-dismiss], [data-copy], [data-close-details]", where).forEach((el) => { el.hidden = false; });
  };
  dress(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) dress(event.target); });
  $("[data-errors]")?.focus();
  setTimeout(() => all("[data-toast]").forEach((el) => { if (!$("form", el)) el.remove(); }), 8000);
  if ($("link[rel=manifest]") && "serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
})();
