using System.Text.Json;
using ControlPlane.Security;
using Worker.Telemetry;

namespace Worker.Commands.Doctor;

/// <summary>Checks that the functions are ready, and that they and the worker can read each other's payloads.</summary>
internal static class FunctionsChecks
{
    private const string KeyRemedy = "Give both processes the same PAYLOAD_KEYS, with the old key behind the new one, "
        + "and restart them.";

    /// <param name="address">The address of the functions; null: they are not checked.</param>
    /// <param name="keys">The worker's payload keys; null without encryption.</param>
    public static IReadOnlyList<DoctorCheck> For(Uri? address, Func<KeyRing?> keys) => address is null
        ? []
        : [new("functions", token => ReadyAsync(address, keys, token), "Start the functions and check their address.")];

    private static async Task<DoctorResult> ReadyAsync(
        Uri address, Func<KeyRing?> keys, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.GetAsync(new Uri(address, "health/ready"), cancellationToken);
        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return DoctorResult.Problem($"{address} answers {(int)answer.StatusCode}: {Masked.Text(text)}",
                "Check the parts that the answer names, and read the functions' log.");
        }

        if (text.Contains("\"clientAddress\":\"hidden\"", StringComparison.Ordinal))
        {
            return DoctorResult.Problem($"{address} is ready, but cannot tell its callers apart",
                "Set CLIENT_ADDRESS_HEADER to the header in which your gateway writes the caller's address.");
        }

        return FindKeyProblem(keys()?.Fingerprints ?? [], ReadKeys(text)) is { } problem
            ? DoctorResult.Problem($"{address} is ready, but {problem}", KeyRemedy)
            : DoctorResult.Ok($"{address} is ready");
    }

    // The first key of each encrypts, and the other must have it. Functions of an earlier version name no keys.
    private static string? FindKeyProblem(IReadOnlyList<string> worker, IReadOnlyList<string>? functions) =>
        functions is null ? null
        : functions is [var written, ..] && !worker.Contains(written)
            ? $"it encrypts with the key {written}, and the worker's PAYLOAD_KEYS are {Join(worker)}"
        : worker is [var current, ..] && !functions.Contains(current)
            ? $"the worker encrypts with the key {current}, and its PAYLOAD_KEYS are {Join(functions)}"
        : null;

    private static string Join(IReadOnlyList<string> keys) => keys.Count == 0 ? "not set" : string.Join(", ", keys);

    private static IReadOnlyList<string>? ReadKeys(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.TryGetProperty("payloadKeys", out var keys)
            ? [.. keys.EnumerateArray().Select(key => key.GetString()!)]
            : null;
    }
}
