// Shared by both pages: reading the token after the #, calling the API, and showing messages.

/** Returns the token of the link and removes it from the address bar and the history. */
export function takeToken() {
  const token = location.hash.slice(1).replace(/^token=/, "");
  history.replaceState(null, "", location.pathname);
  return token;
}

/** Shows a message in the live region, which screen readers announce; `kind` is "error", "done" or "busy". */
export function showMessage(text, kind) {
  const message = document.getElementById("message");
  message.dataset.kind = kind;
  message.textContent = text;
  message.hidden = false;
  document.title = `${text.split(".")[0]} – ${document.querySelector("h1").textContent}`;
}

/** Shows one section, hides the others, and focuses its first input or button. */
export function showSection(id) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== id;
  }
  const first = document.querySelector(`#${id} input, #${id} button`);
  first?.focus();
}

/** Returns `{ status, body }`: status 0 if there was no answer, body null if the answer was not from the API. */
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

// A proxy may answer with its own HTML page or with an empty body.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Shows the message for an unsuccessful answer. */
export function showProblem(answer) {
  showMessage(answer.status === 0 ? unreachable : answer.body?.detail ?? gatewayFailure, "error");
}

/** Runs `work` on submit, one run at a time; the button keeps the focus meanwhile. */
export function onSubmit(formId, work) {
  const form = document.getElementById(formId);
  const button = form.querySelector("button");
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    button.setAttribute("aria-disabled", "true");
    showMessage("One moment …", "busy");
    try {
      await work(form);
    } catch (error) {
      showMessage(gatewayFailure, "error");
      throw error;
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

/** Marks and focuses the invalid field; null only clears the marks. */
export function markInvalid(field) {
  for (const input of document.querySelectorAll("input")) {
    input.removeAttribute("aria-invalid");
  }
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}

const unreachable = "Nobody answered. Check your connection and try again; nothing is lost.";
const gatewayFailure = "Something on the way to us is out of order. Try again in a few minutes; nothing is lost.";
