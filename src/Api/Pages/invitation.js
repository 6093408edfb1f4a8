import { call, markInvalid, onSubmit, showMessage, showProblem, showSection, takeToken } from "./page.js";

const token = takeToken();

onSubmit("set-form", async form => {
  const { password, again } = form.elements;
  markInvalid(null);
  if (password.value === "") {
    showMessage("Type a password first.", "error");
    markInvalid(password);
    return;
  }
  if (password.value !== again.value) {
    showMessage("The two passwords are not the same.", "error");
    markInvalid(again);
    return;
  }
  const answer = await call("/invitations/accept", { token, password: password.value }, null);
  switch (answer.body?.code ?? answer.status) {
    case 204:
      showMessage("Your password is set. You can log in to your workspace now.", "done");
      showSection(null);
      break;
    case "password_rejected":
      showMessage(`This password was not accepted: ${answer.body.detail}`, "error");
      markInvalid(password);
      break;
    case "token_expired":
      showMessage("This invitation has expired. Ask whoever invited you for a new one.", "error");
      showSection(null);
      break;
    case "token_invalid":
      showMessage(
        "This invitation is not valid, or a newer one was sent since. Use the link of the newest mail.", "error");
      showSection(null);
      break;
    default:
      showProblem(answer);
      if (answer.body?.field === "password") {
        markInvalid(password);
      }
  }
});

if (token) {
  showSection("set");
} else {
  showMessage("This link is not complete. Open it from the mail, or copy all of it.", "error");
}
