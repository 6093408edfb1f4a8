import {
  forgetToken, keepToken, markInvalid, onSubmit, post, readToken, setHeading, showApplication, showMessage, showProblem,
  showSection, takeToken,
} from "./page.js";

let token = "";

// Shows what the invitation is for, or why it is good for nothing.
async function open() {
  const answer = await post("/invitations/read", { token }, null);
  if (answer.status === 200) {
    show(answer.body);
  } else if (answer.body?.code === "token_invalid") {
    forgetToken();
    showMessage(
      "This invitation is not valid, or a newer one was sent since. Use the link or the code of the newest mail.",
      "error");
    showSection("paste");
  } else {
    showProblem(answer);
    showSection("retry");
  }
}

function show(invitation) {
  showApplication(invitation.applicationUrl);
  if (invitation.state === "OPEN") {
    document.getElementById("tenant").textContent = invitation.tenantName;
    document.getElementById("login").value = invitation.loginName;
    document.getElementById("login-name").textContent = invitation.loginName;
    document.getElementById("rule").textContent = invitation.passwordRule;
    document.getElementById("message").hidden = true;
    showSection("set");
  } else if (invitation.state === "USED") {
    forgetToken();
    showMessage("This link has been used. Log in with the password that was set with it.", "done");
    showSection("end", "Your password is set already");
  } else {
    forgetToken();
    showMessage("This invitation has expired. Ask for a new one.", "error");
    showApplication(null);
    showSection("end", "This link has expired");
  }
}

onSubmit("set-form", async form => {
  const { password, again } = form.elements;
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
  const answer = await post("/invitations/accept", { token, password: password.value }, null);
  switch (answer.body?.code ?? answer.status) {
    case 204:
      forgetToken();
      showMessage("Your password is set. You can log in to your workspace now.", "done");
      showSection("end", "Welcome");
      break;
    case "password_rejected":
      showMessage(`This password ${reasonOf(answer.body.detail)}. Choose another one.`, "error");
      markInvalid(password);
      break;
    case "token_expired":
    case "token_invalid":
      await open();
      break;
    case "wrong_state":
      // Used by now, or an earlier try with this link still runs.
      await open();
      if (!document.getElementById("set").hidden) {
        showMessage("Another try with this link is not finished yet. Try again in a few minutes.", "error");
      }
      break;
    default:
      if (answer.body?.field === "password") {
        showMessage("This password cannot be used. Choose another one.", "error");
        markInvalid(password);
      } else {
        showProblem(answer);
      }
  }
});

// Keycloak's sentences, in the page's words.
function reasonOf(detail) {
  const reasons = [
    [/minimum length/i, "is too short"],
    [/maximum length/i, "is too long"],
    [/user ?name|e-?mail/i, "contains your login name"],
    [/pattern|blacklist|history/i, "is too easy to guess"],
  ];
  return reasons.find(([pattern]) => pattern.test(detail ?? ""))?.[1] ?? "was not accepted";
}

onSubmit("paste-form", async form => {
  const { code } = form.elements;
  token = readToken(code.value);
  if (token.split(".").length !== 3) {
    showMessage(
      "This is not a whole code. Copy all of it from the mail, from its first to its last character.", "error");
    markInvalid(code);
    return;
  }
  keepToken(token);
  await open();
});

onSubmit("retry-form", open);

token = takeToken();
if (token) {
  setHeading("One moment …");
  open();
} else {
  showMessage("This link is not complete. Open it from the mail, or paste its code here.", "error");
  showSection("paste");
}
