using System.Net;
using System.Text.Json;

namespace Worker.Systems.Novu;

/// <summary>
/// Creates Novu's workflows, with one email step each, and brings those of an earlier version up to date. A mail that
/// people edited in Novu stays as it is.
/// </summary>
public sealed class NovuWorkflows(INovuApi novu, NovuOptions options)
{
    /// <returns>A line for each workflow that this call created or updated, and for each that people edited.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var (id, template) in Templates())
        {
            if (await EnsureAsync(id, template, cancellationToken) is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private async Task<string?> EnsureAsync(string id, MailTemplate template, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            await novu.CreateWorkflowAsync(
                new NovuWorkflow(id, template.Name, Active: true, [Step(template, null)], ["control-plane"]),
                cancellationToken);
            return $"workflow {id}";
        }

        if (FindMail(found) is not { } mail)
        {
            return Edited(id);
        }

        if (mail.Subject == template.Subject && mail.Body == template.Body)
        {
            return null;
        }

        if (!MailTemplate.IsEarlier(mail.Subject, mail.Body))
        {
            return Edited(id);
        }

        // Name, tags and the switch may have been changed without a change of the mail.
        await novu.UpdateWorkflowAsync(
            id,
            new NovuWorkflow(
                id,
                Text(found, "name") ?? template.Name,
                Text(found, "status") != "INACTIVE",
                [Step(template, mail.StepId)],
                TagsOf(found)),
            cancellationToken);
        return $"workflow {id} updated";
    }

    private async Task<JsonElement?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await novu.GetWorkflowAsync(id, cancellationToken)).Data;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    // Null: not the one email step that this program makes.
    private static (string? StepId, string Subject, string Body)? FindMail(JsonElement workflow) =>
        workflow.TryGetProperty("steps", out var steps) && steps.ValueKind == JsonValueKind.Array
        && steps.GetArrayLength() == 1 && Text(steps[0], "type") == "email"
        && steps[0].TryGetProperty("controls", out var controls)
        && controls.TryGetProperty("values", out var values)
        && Text(values, "subject") is { } subject && Text(values, "body") is { } body
            ? (Text(steps[0], "_id"), subject, body)
            : null;

    private static string? Text(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string[] TagsOf(JsonElement workflow) =>
        workflow.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Select(tag => tag.ToString())]
            : [];

    private static string Edited(string id) => $"workflow {id} left as people edited it";

    private static NovuStep Step(MailTemplate template, string? id) => new("email", "Email", template.Controls, id);

    private IEnumerable<(string Id, MailTemplate Template)> Templates() =>
    [
        (options.LeadVerificationTemplate, MailTemplate.LeadVerification),
        (options.WelcomeTemplate, MailTemplate.Welcome),
        (options.ProvisioningFailedTemplate, MailTemplate.ProvisioningFailed),
    ];
}
