import { call, markInvalid, onSubmit, showMessage, showProblem, showSection, takeToken } from "./page.js";

const token = takeToken();
const lead = readLeadId(token);
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
  const answer = await call(`/leads/${lead}/verify`, null, token);
  if (answer.status === 200) {
    jwt = answer.body.token;
  }
  return answer;
}

onSubmit("confirm-form", async () => {
  const answer = await verify();
  if (answer.status === 200) {
    showMessage("Your address is confirmed.", "done");
    showSection("create");
  } else if (answer.body?.code === "token_expired") {
    showMessage("This link has expired. Have a new one sent to you.", "error");
    showSection("resend");
  } else if (answer.status === 401) {
    showMessage("This link is not valid, or a newer one was sent since. Use the link of the newest mail.", "error");
    showSection("resend");
  } else {
    showProblem(answer);
  }
});

onSubmit("create-form", async form => {
  const { key, domain, name } = form.elements;
  const request = { key: key.value.trim(), domains: [domain.value.trim()], name: name.value.trim() || null };
  let answer = await call(`/leads/${lead}/tenants`, request, jwt);
  if (answer.body?.code === "token_expired" && (await verify()).status === 200) {
    // The validation token outlives the JWT (30 and 15 minutes): verifying again gets a fresh JWT.
    answer = await call(`/leads/${lead}/tenants`, request, jwt);
  }
  if (answer.status === 201) {
    showMessage(`Your workspace ${request.key} is ordered. You get a mail as soon as it is ready.`, "done");
    showSection(null);
  } else if (answer.body?.code === "lead_has_tenant") {
    showMessage("Your workspace has been ordered already. You get a mail as soon as it is ready.", "done");
    showSection(null);
  } else if (answer.body?.code === "token_expired") {
    showMessage("This link has expired. Have a new one sent to you.", "error");
    showSection("resend");
  } else {
    showProblem(answer);
    const field = answer.body?.field ?? "";
    markInvalid(field.startsWith("domains") ? domain : form.elements[field] ?? null);
  }
});

onSubmit("resend-form", async () => {
  const answer = await call(`/leads/${lead}/resend`, null, null);
  if (answer.status === 200) {
    showMessage("A new link is on its way to you. Once it is there, the old one is no longer good.", "done");
    showSection(null);
  } else {
    showProblem(answer);
  }
});

if (lead) {
  showSection("confirm");
} else {
  showMessage("This link is not complete. Open it from the mail, or copy all of it.", "error");
}
