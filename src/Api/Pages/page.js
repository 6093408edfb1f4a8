// Shared by both pages: the token of the link, the API, messages, sections and forms.

const tokenName = "token";

/**
 * Returns the token of the link, which is removed from the address bar and the history. It is kept for this tab, so that
 * a reload does not lose it.
 */
export function takeToken() {
  const token = readToken(location.hash);
  history.replaceState(null, "", location.pathname);
  if (token) {
    keepToken(token);
  }
  return token || recall(tokenName) || "";
}

export function keepToken(token) {
  forgetToken();
  keep(tokenName, token);
}

/** Forgets the token and all that belongs to it, once it is good for nothing more. */
export function forgetToken() {
  storage?.clear();
}

export function keep(name, value) {
  storage?.setItem(name, value);
}

export function recall(name) {
  return storage?.getItem(name);
}

/**
 * Reads the token from a link, from the part of it behind the #, or from the code of a mail, which a mail program may
 * have broken into lines.
 */
export function readToken(text) {
  return text.slice(text.indexOf("#") + 1).replace(/\s/g, "").replace(/^token=/, "");
}

/** Shows a message in the live region, which screen readers announce; `kind` is "error", "done" or "busy". */
export function showMessage(text, kind) {
  const message = document.getElementById("message");
  message.dataset.kind = kind;
  message.textContent = text;
  message.hidden = false;
  setTitle(text);
}

/** Shows one section with its heading, hides the others, and focuses its first input or button, else the heading. */
export function showSection(id, heading) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== id;
  }
  const shown = id && document.getElementById(id);
  setHeading(heading ?? shown?.dataset.heading);
  const first = shown?.querySelector("input:not([hidden]), button");
  (first ?? document.querySelector("h1")).focus();
}

export function setHeading(text) {
  document.querySelector("h1").textContent = text;
  setTitle(document.getElementById("message").textContent);
}

function setTitle(message) {
  const heading = document.querySelector("h1").textContent;
  const sentence = message.split(".")[0];
  document.title = sentence && sentence !== heading ? `${sentence} – ${heading}` : heading;
}

/** Shows the link to the application, if its address is known. */
export function showApplication(address) {
  for (const link of document.querySelectorAll(".application")) {
    link.hidden = !address;
    link.href = address ?? "";
  }
}

/**
 * Returns `{ status, body, retryAfter }`: status 0 if there was no answer, body null if the answer was not from the API,
 * retryAfter in milliseconds.
 */
export function post(path, body, bearer) {
  return call("POST", path, body, bearer);
}

export function get(path, bearer) {
  return call("GET", path, null, bearer);
}

async function call(method, path, body, bearer) {
  const headers = {};
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  if (bearer) {
    headers.Authorization = `Bearer ${bearer}`;
  }
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    return {
      status: response.status,
      body: parse(await response.text()),
      retryAfter: readRetryAfter(response.headers.get("Retry-After")),
    };
  } catch {
    return { status: 0, body: null, retryAfter: 0 };
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

// Seconds or a date (RFC 9110, 10.2.3).
function readRetryAfter(text) {
  const time = text === null ? 0 : /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return time > 0 ? time : 0;
}

/** Shows the message for an unsuccessful answer that the page has no words of its own for. */
export function showProblem(answer) {
  if (answer.status === 0) {
    showMessage(unreachable, "error");
  } else if (answer.status === 429) {
    const minutes = Math.max(1, Math.ceil(answer.retryAfter / 60000));
    showMessage(`There were too many tries. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`, "error");
  } else if (answer.status < 500 && answer.body) {
    showMessage("That did not work. Check what you typed and try again.", "error");
  } else {
    showMessage(gatewayFailure, "error");
  }
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
    markInvalid(null);
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

const storage = findStorage();

// A browser that stores no data of sites refuses the access.
function findStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
