// What both pages share: the token behind the #, one call, and one place for what is to be said.

/** The token of the link, taken out of the address bar and the history at once. */
export function takeToken() {
  const token = location.hash.slice(1).replace(/^token=/, "");
  history.replaceState(null, "", location.pathname);
  return token;
}

/** Says something where screen readers hear it; `kind` is "error", "done" or "busy". */
export function say(text, kind) {
  const message = document.getElementById("message");
  message.dataset.kind = kind;
  message.textContent = text;
  message.hidden = false;
  document.title = `${text.split(".")[0]} – ${document.querySelector("h1").textContent}`;
}

/** Shows one section, hides the others, and puts the focus where the person goes on. */
export function show(id) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== id;
  }
  const first = document.querySelector(`#${id} input, #${id} button`);
  first?.focus();
}

/** Gives `{ status, body }`; a status of 0 means that nobody answered, no body that it was not we who did. */
export async function call(path, body, bearer) {
  const headers = {};
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  if (bearer) {
    headers.Authorization = `Bearer ${bearer}`;
  }
  try {
    const response = await fetch(path, { method: "POST", headers, body: body && JSON.stringify(body) });
    return { status: response.status, body: parse(await response.text()) };
  } catch {
    return { status: 0, body: null };
  }
}

// A proxy on the way answers with a page of its own, or with nothing.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What to say of an answer that is no success. */
export function sayProblem(answer) {
  say(answer.status === 0 ? unreachable : answer.body?.detail ?? outOfOrder, "error");
}

/** Runs the form's work once at a time; the button keeps the focus while it is busy. */
export function onSubmit(formId, work) {
  const form = document.getElementById(formId);
  const button = form.querySelector("button");
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    button.setAttribute("aria-disabled", "true");
    say("One moment …", "busy");
    try {
      await work(form);
    } catch (error) {
      say(outOfOrder, "error");
      throw error;
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

/** Marks the field at fault, if any, and puts the focus there. */
export function blame(field) {
  for (const input of document.querySelectorAll("input")) {
    input.removeAttribute("aria-invalid");
  }
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}

const unreachable = "Nobody answered. Check your connection and try again; nothing is lost.";
const outOfOrder = "Something on the way to us is out of order. Try again in a few minutes; nothing is lost.";
