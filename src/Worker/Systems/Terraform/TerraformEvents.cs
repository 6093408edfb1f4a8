using System.Globalization;
using System.Text.Json;

namespace Worker.Systems.Terraform;

/// <summary>A reported error. Summary and detail are a provider's text: they are classified, and never kept.</summary>
public sealed record TerraformDiagnostic(string Summary, string Detail, string? Address);

/// <summary>Collects the events that a command reports with <c>-json</c>.</summary>
/// <param name="onProgress">Gets how far an apply is, such as <c>3 of 7 resources</c>.</param>
public sealed class TerraformEvents(Func<string, Task>? onProgress = null)
{
    private readonly HashSet<string> destroyed = new(StringComparer.Ordinal);
    private readonly List<TerraformDiagnostic> errors = [];
    private int done;

    /// <summary>The addresses of the resources that the plan destroys or replaces.</summary>
    public IReadOnlyCollection<string> Destroyed => destroyed;

    /// <summary>The number of changes that the plan makes.</summary>
    public int Planned { get; private set; }

    /// <summary>The reported errors.</summary>
    public IReadOnlyList<TerraformDiagnostic> Errors => errors;

    /// <summary>The reported version of the program; null without one.</summary>
    public string? Version { get; private set; }

    public async Task ReadAsync(string line)
    {
        JsonElement message;
        try
        {
            using var document = JsonDocument.Parse(line);
            message = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A few lines of `init` are plain text.
            return;
        }

        switch (Text(message, "type"))
        {
            case "version":
                Version = Text(message, "terraform") ?? Text(message, "tofu");
                break;
            case "planned_change":
                Plan(message.GetProperty("change"));
                break;
            case "apply_complete":
                done++;
                await ReportAsync();
                break;
            case "diagnostic":
                Add(message.GetProperty("diagnostic"));
                break;
        }
    }

    private void Plan(JsonElement change)
    {
        string action = Text(change, "action") ?? "";
        if (action is "noop" or "read")
        {
            return;
        }

        Planned++;
        if (action is "delete" or "replace" or "remove")
        {
            destroyed.Add(Text(change.GetProperty("resource"), "addr") ?? "?");
        }
    }

    private void Add(JsonElement diagnostic)
    {
        if (Text(diagnostic, "severity") == "error")
        {
            errors.Add(new TerraformDiagnostic(
                Text(diagnostic, "summary") ?? "", Text(diagnostic, "detail") ?? "", Text(diagnostic, "address")));
        }
    }

    // A replacement completes twice.
    private Task ReportAsync() => onProgress is null
        ? Task.CompletedTask
        : onProgress(string.Create(CultureInfo.InvariantCulture,
            $"{Math.Min(done, Planned)} of {Planned} resource{(Planned == 1 ? "" : "s")}"));

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
