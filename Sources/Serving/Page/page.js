"use strict";

const byId = (id) => document.getElementById(id);
const largestSide = 2048, bytesToSendAsTheyAre = 4 << 20, cards = 50, liveCards = 20;
let token = sessionStorage.getItem("token") || "";
let live = null;

const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

/** A request with the token; asks for the token where the server does. */
async function ask(path, options = {}) {
  const headers = token ? { Authorization: "Bearer " + token } : {};
  const response = await fetch(path, { ...options, headers, cache: "no-store" });
  if (response.status === 401) {
    byId("login").hidden = false;
    byId("token").focus();
  }
  if (response.ok) return response;
  let reason = "status " + response.status;
  try { reason = (await response.json()).error || reason; } catch { /* The reason stays the status. */ }
  throw new Error(reason);
}

async function loadModels() {
  const { models } = await (await ask("v2/models")).json();
  byId("login").hidden = true;
  byId("model").replaceChildren(...models.map((name) => new Option(name, name)));
  byId("model").disabled = models.length < 2;
}

/** The photo as it is sent: smaller where it is huge, or in a format that the server does not read. */
async function shrink(file) {
  if (file.size <= bytesToSendAsTheyAre && /^image\/(jpeg|png|webp)$|^$/.test(file.type)) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return file;
  }
  const scale = Math.min(1, largestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.92));
}

function bar(prediction) {
  const percent = (100 * prediction.probability).toFixed(1) + " %";
  const item = element("li");
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg"), rectangle = document.createElementNS(space, "rect");
  drawing.setAttribute("aria-hidden", "true");
  rectangle.setAttribute("width", percent.replace(" ", ""));
  rectangle.setAttribute("height", "100%");
  rectangle.setAttribute("rx", "6");
  drawing.append(rectangle);
  item.append(drawing, element("span", prediction.label), element("span", percent));
  return item;
}

/** Shows an answer of the server in a card. */
function show(card, answer, note) {
  card.querySelectorAll("ul, p").forEach((old) => old.remove());
  if (answer.error) {
    card.append(element("p", answer.error, "bad"));
    return answer.error;
  }
  const list = element("ul");
  list.append(...answer.predictions.map(bar));
  card.append(list, element("p", note, "quiet"));
  return answer.predictions.length ? answer.predictions[0].label : "unknown";
}

async function classify(file) {
  const card = element("li", "", "card");
  const model = byId("model").value;
  card.append(element("h3", file.name || "photo"), element("p", "Asking…", "quiet"));
  byId("results").prepend(card);
  while (byId("results").children.length > cards) byId("results").lastChild.remove();
  const start = performance.now();
  let answer, note = "";
  try {
    const photo = await shrink(file);
    const picture = element("img");
    picture.alt = "";
    picture.src = URL.createObjectURL(photo);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => {
      URL.revokeObjectURL(picture.src);
      picture.remove();
    };
    card.querySelector("h3").after(picture);
    const response = await ask("classify?model=" + encodeURIComponent(model), { method: "POST", body: photo });
    [answer] = await response.json();
    const whole = performance.now() - start;
    note = `${model}: ${answer.milliseconds.toFixed(2)} ms, ${whole.toFixed(0)} ms with the way there and back`;
  } catch (error) {
    answer = { error: error.message };
  }
  byId("status").textContent = `${file.name || "photo"}: ${show(card, answer, note)}`;
}

/** One after the other, so that a board is not asked for all at once. */
async function classifyAll(files) {
  for (const file of files) await classify(file);
}

function addEvent(answer) {
  const card = element("li", "", "card");
  card.append(element("h3", answer.image));
  const age = answer.age_milliseconds === undefined ? "" : `, ${answer.age_milliseconds.toFixed(0)} ms after it came`;
  show(card, answer, answer.error ? "" : `${answer.milliseconds.toFixed(2)} ms${age}`);
  byId("events").prepend(card);
  while (byId("events").children.length > liveCards) byId("events").lastChild.remove();
}

/** Reads server-sent events; EventSource could not send a token. */
async function follow(signal) {
  const reader = (await ask("events", { signal })).body.pipeThrough(new TextDecoderStream()).getReader();
  byId("live-state").textContent = "On.";
  for (let text = "";;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      if (data) addEvent(JSON.parse(data.slice(6)));
    }
  }
}

async function toggleLive() {
  if (live) {
    live.abort();
    return;
  }
  live = new AbortController();
  byId("live").setAttribute("aria-pressed", "true");
  byId("live").textContent = "Hide live answers";
  byId("live-state").textContent = "Waiting…";
  let state = "Ended.";
  try {
    await follow(live.signal);
  } catch (error) {
    state = error.name === "AbortError" ? "Off." : error.message;
  }
  live = null;
  byId("live").setAttribute("aria-pressed", "false");
  byId("live").textContent = "Show live answers";
  byId("live-state").textContent = state;
}

for (const id of ["camera", "files"]) {
  byId(id).addEventListener("change", async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    await classifyAll(files);
  });
}
byId("drop").addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("drop").classList.add("over");
});
byId("drop").addEventListener("dragleave", () => byId("drop").classList.remove("over"));
byId("drop").addEventListener("drop", async (event) => {
  event.preventDefault();
  byId("drop").classList.remove("over");
  await classifyAll([...event.dataTransfer.files]);
});
byId("live").addEventListener("click", toggleLive);
byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = byId("token").value.trim();
  sessionStorage.setItem("token", token);
  try {
    await loadModels();
    byId("status").textContent = "No photo yet.";
  } catch (error) {
    byId("status").textContent = error.message;
  }
});
loadModels().catch((error) => { byId("status").textContent = error.message; });
