// The setup of a workspace, followed until it ends.
import { get, setHeading, showApplication, showMessage, showSection } from "./page.js";

const fastest = 2000;
const slowest = 30000;

const states = {
  PENDING: "waiting",
  RUNNING: "in progress",
  DELAYED: "takes longer than usual",
  DONE: "done",
  FAILED: "did not succeed",
  UNDONE: "removed again",
};

const headings = {
  PENDING_PROVISION: "Your workspace is ordered",
  PROVISION_RECORDED: "Your workspace is ordered",
  ACTIVE: "Your workspace is ready",
  ROLLING_BACK: "The setup did not succeed",
  ROLLBACK_INCOMPLETE: "The setup did not succeed",
  PROVISION_FAILED: "The setup did not succeed",
  EXPIRED: "This order has ended",
  RELEASED: "This order has ended",
};

/**
 * Follows the tenant's provisioning. `verify` returns the answer with a fresh JWT and the tenant's id: a JWT lives
 * shorter than the setup may last.
 */
export async function follow(verify) {
  let session = null;
  let shown = "";
  let delay = fastest;
  showSection("progress", "Your workspace is ordered");
  for (;;) {
    session ??= await verify();
    const answer = isAnswer(session)
      ? await get(`/tenants/${session.body.tenantId}/provisioning`, session.body.token)
      : session;
    if (isAnswer(answer)) {
      const seen = JSON.stringify(answer.body);
      delay = seen === shown ? Math.min(delay * 1.5, slowest) : fastest;
      if (seen !== shown) {
        shown = seen;
        show(answer.body);
      }
      if (answer.body.isEnded) {
        return;
      }
    } else if (answer.status === 401 && answer !== session) {
      // The JWT has expired.
      session = null;
      delay = Math.min(delay * 2, slowest);
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      showText("This page can no longer follow the setup, since the link of your mail has expired. "
        + "A mail tells you when your workspace is ready.");
      return;
    } else {
      session = answer === session ? null : session;
      delay = Math.max(Math.min(delay * 2, slowest), answer.retryAfter);
      if (shown === "") {
        showText("The state cannot be read at the moment. This page tries again by itself.");
      }
    }
    await pause(delay);
    await visible();
  }
}

// A proxy may answer 200 with a page of its own.
function isAnswer(answer) {
  return answer.status === 200 && answer.body !== null;
}

function show(progress) {
  setHeading(headings[progress.status] ?? "Your workspace is being set up");
  document.getElementById("steps").replaceChildren(
    ...progress.steps.map(step => toItem(step, progress.isEnded)));
  document.getElementById("progress-hint").hidden = progress.isEnded;
  const { failure } = progress;
  const text = failure ? `${failure.message} ${failure.advice}` : progress.message;
  showText(text);
  showApplication(progress.applicationUrl);
  if (progress.isEnded) {
    document.getElementById("progress-text").hidden = true;
    showMessage(text, progress.status === "ACTIVE" ? "done" : "error");
  }
}

function showText(text) {
  document.getElementById("progress-text").textContent = text;
}

function toItem(step, isEnded) {
  const item = document.createElement("li");
  item.dataset.state = step.state;
  const title = document.createElement("span");
  title.textContent = step.title;
  const state = document.createElement("span");
  state.className = "state";
  const text = isEnded && step.state === "PENDING" ? "not begun" : states[step.state] ?? "";
  state.textContent = step.progress ? `${text}: ${step.progress}` : text;
  item.append(title, " ", state);
  return item;
}

function pause(time) {
  return new Promise(done => setTimeout(done, time));
}

// A page that nobody sees asks nothing.
function visible() {
  return document.visibilityState === "visible"
    ? Promise.resolve()
    : new Promise(done => document.addEventListener("visibilitychange", done, { once: true })).then(visible);
}
