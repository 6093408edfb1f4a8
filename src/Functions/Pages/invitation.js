import { blame, call, onSubmit, say, sayProblem, show, takeToken } from "./page.js";

const token = takeToken();

onSubmit("set-form", async form => {
  const { password, again } = form.elements;
  blame(null);
  if (password.value === "") {
    say("Type a password first.", "error");
    blame(password);
    return;
  }
  if (password.value !== again.value) {
    say("The two passwords are not the same.", "error");
    blame(again);
    return;
  }
  const answer = await call("/invitations/accept", { token, password: password.value }, null);
  switch (answer.body?.code ?? answer.status) {
    case 204:
      say("Your password is set. You can log in to your workspace now.", "done");
      show(null);
      break;
    case "password_rejected":
      say(`This password was not accepted: ${answer.body.detail}`, "error");
      blame(password);
      break;
    case "token_expired":
      say("This invitation has expired. Ask whoever invited you for a new one.", "error");
      show(null);
      break;
    case "token_invalid":
      say("This invitation is not valid, or a newer one was sent since. Use the link of the newest mail.", "error");
      show(null);
      break;
    default:
      sayProblem(answer);
      if (answer.body?.field === "password") {
        blame(password);
      }
  }
});

if (token) {
  show("set");
} else {
  say("This link is not complete. Open it from the mail, or copy all of it.", "error");
}
