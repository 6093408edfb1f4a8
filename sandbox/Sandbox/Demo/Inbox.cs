using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>The mails that the sandbox's Novu "sent".</summary>
internal sealed class Inbox(Uri novu) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = novu };

    /// <summary>Returns the invitation link of the newest welcome mail; null if there is none.</summary>
    /// <exception cref="DemoException">This Novu is not the sandbox's: it does not list mails.</exception>
    public async Task<Uri?> InvitationLinkAsync(string recipient, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(
            $"/_sandbox/mails?workflowId=tenant-welcome&recipient={Uri.EscapeDataString(recipient)}",
            cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new DemoException($"{novu} does not list mails: open the invitation in the mailbox of {recipient}.");
        var mails = await answer.Content.ReadFromJsonAsync<JsonArray>(cancellationToken);
        var newest = mails!.MaxBy(mail => mail!["number"]!.GetValue<long>());
        return newest?["payload"]?["loginUrl"]?.GetValue<string>() is { } link ? new Uri(link) : null;
    }

    public void Dispose() => http.Dispose();
}
