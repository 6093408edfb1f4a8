using Sandbox.Control;

namespace Sandbox.Novu;

/// <summary>
/// The mails that were "sent", as their recipients would see them, so that tests and the demo can follow the links.
/// <code>curl 'http://127.0.0.1:3000/_sandbox/mails?workflowId=tenant-welcome'</code>
/// </summary>
internal static class MailsApi
{
    public static void MapMails(this WebApplication app, NovuStore store) =>
        app.MapGet(ControlApi.Root + "/mails", (string? subscriberId, string? workflowId, string? recipient) =>
            Results.Json(
                store.Mails().Where(mail => (subscriberId is null || mail.SubscriberId == subscriberId)
                    && (workflowId is null || mail.WorkflowId == workflowId)
                    && (recipient is null || mail.Recipient == recipient)),
                ControlJson.Options));
}
