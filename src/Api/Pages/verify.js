import {
  forgetToken, keep, keepToken, markInvalid, onSubmit, post, readToken, recall, showMessage, showProblem, showSection,
  takeToken,
} from "./page.js";
import { follow } from "./progress.js";

const confirmed = "confirmed";

let token = "";
let lead = null;
let jwt = "";

// The token's middle part is the lead's id: 16 bytes in base64url.
function readLeadId(text) {
  try {
    const part = text.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const hex = [...atob(part)].map(c => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
    return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") : null;
  } catch {
    return null;
  }
}

async function verify() {
  const answer = await post(`/leads/${lead}/verify`, null, token);
  if (answer.status === 200) {
    jwt = answer.body.token;
    keep(confirmed, "true");
  }
  return answer;
}

async function confirm() {
  const answer = await verify();
  if (answer.status === 200 && answer.body.tenantId) {
    showMessage("Your address is confirmed, and your workspace is ordered.", "done");
    follow(verify);
  } else if (answer.status === 200) {
    showMessage("Your address is confirmed.", "done");
    const { domain } = document.getElementById("create-form").elements;
    domain.value ||= answer.body.emailDomain ?? "";
    showSection("create");
  } else if (answer.body?.code === "token_expired") {
    showMessage("This link has expired. Have a new one sent to you.", "error");
    showSection("resend");
  } else if (answer.status === 401) {
    showMessage("This link is not valid, or a newer one was sent since. Use the link of the newest mail.", "error");
    showSection("resend");
  } else {
    showProblem(answer);
    showSection("confirm");
  }
}

onSubmit("confirm-form", confirm);

onSubmit("create-form", async form => {
  const { key, domain, name } = form.elements;
  const request = {
    key: key.value.trim().toLowerCase(), domains: [domain.value.trim()], name: name.value.trim() || null,
  };
  let answer = await post(`/leads/${lead}/tenants`, request, jwt);
  if (answer.body?.code === "token_expired" && (await verify()).status === 200) {
    // The validation token outlives the JWT (30 and 15 minutes): verifying again gets a fresh JWT.
    answer = await post(`/leads/${lead}/tenants`, request, jwt);
  }
  if (answer.status === 201) {
    showMessage(`Your workspace ${request.key} is ordered.`, "done");
    follow(verify);
  } else if (answer.body?.code === "lead_has_tenant") {
    showMessage("Your workspace has been ordered already.", "done");
    follow(verify);
  } else if (answer.status === 401) {
    showMessage("This link has expired. Have a new one sent to you.", "error");
    showSection("resend");
  } else {
    showRefusal(answer, form.elements, request);
  }
});

function showRefusal(answer, { key, domain, name }, request) {
  const field = answer.body?.field ?? "";
  const { pattern, minLength, maxLength } = key;
  if (answer.body?.code === "key_taken") {
    showMessage(`The short name ${request.key} is taken. Choose another one.`, "error");
    markInvalid(key);
  } else if (answer.body?.code === "domain_taken") {
    showMessage(`There is a workspace for ${request.domains[0]} already. Ask your colleagues, or write to us.`, "error");
    markInvalid(domain);
  } else if (field === "key") {
    const fits = new RegExp(`^${pattern}$`).test(request.key) && request.key.length <= maxLength;
    showMessage(fits
      ? `The short name ${request.key} is reserved. Choose another one.`
      : `A short name has ${minLength} to ${maxLength} characters, a to z and 0 to 9, and begins with a letter.`,
    "error");
    markInvalid(key);
  } else if (field.startsWith("domains")) {
    showMessage("This is not the domain of your mail address: the part behind the @, such as example.com.", "error");
    markInvalid(domain);
  } else if (field === "name") {
    showMessage("The name of your company has a visible character, and neither < nor >.", "error");
    markInvalid(name);
  } else {
    showProblem(answer);
  }
}

onSubmit("resend-form", async () => {
  const answer = await post(`/leads/${lead}/resend`, null, null);
  if (answer.status === 200) {
    showMessage("A new link is on its way to you. Once it is there, the old one is no longer good.", "done");
    showSection(null, "Look into your mailbox");
    forgetToken();
  } else {
    showProblem(answer);
  }
});

onSubmit("paste-form", form => {
  const { code } = form.elements;
  if (open(readToken(code.value))) {
    keepToken(token);
    return confirm();
  }
  showMessage("This is not a whole code. Copy all of it from the mail, from its first to its last character.", "error");
  markInvalid(code);
});

function open(text) {
  token = text;
  lead = readLeadId(text);
  return lead !== null;
}

if (!open(takeToken())) {
  forgetToken();
  showMessage("This link is not complete. Open it from the mail, or paste its code here.", "error");
  showSection("paste");
} else if (recall(confirmed)) {
  // A reload: the address was confirmed in this tab.
  confirm();
} else {
  showSection("confirm");
}
