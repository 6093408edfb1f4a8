using System.Net.Http.Json;
using Sandbox.Control;
using Sandbox.Novu;

namespace Testing;

/// <summary>A client of the control API of a sandbox, in this process or another.</summary>
/// <param name="address">The address of Novu's stand-in. For faults and journal that of any stand-in.</param>
public sealed class SandboxControl(Uri address) : IDisposable
{
    // Longer than any test waits for a fault to match a call.
    private readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>
    /// Sets a fault. Disposing removes it. Tests share the sandbox, so the rule must match a path or a body text that
    /// only this test uses.
    /// </summary>
    public async Task<SandboxFault> SetFaultAsync(FaultRule rule)
    {
        using var answer = await http.PostAsJsonAsync("/_sandbox/faults", rule, ControlJson.Options);
        if (!answer.IsSuccessStatusCode)
            throw new ArgumentException(await answer.Content.ReadAsStringAsync(), nameof(rule));
        var fault = await answer.Content.ReadFromJsonAsync<FaultState>(ControlJson.Options);
        return new SandboxFault(http, fault!.Id);
    }

    /// <summary>Returns the calls whose path or query contains the text, oldest first.</summary>
    public async Task<IReadOnlyList<JournalEntry>> GetCallsAsync(string about = "") =>
        [.. (await GetAsync<JournalEntry>("/_sandbox/journal?limit=10000"))
            .Where(call => $"{call.Path}?{call.Query}".Contains(about, StringComparison.Ordinal))];

    /// <summary>Returns up to <paramref name="limit"/> calls after the one with this number, oldest first.</summary>
    public Task<List<JournalEntry>> GetCallsAfterAsync(long number, int limit) =>
        GetAsync<JournalEntry>($"/_sandbox/journal?after={number}&limit={limit}");

    /// <summary>Returns the mails to this subscriber, oldest first.</summary>
    public Task<List<Mail>> GetMailsAsync(string subscriberId) =>
        GetAsync<Mail>($"/_sandbox/mails?subscriberId={Uri.EscapeDataString(subscriberId)}");

    /// <summary>Returns the mails to this address, oldest first.</summary>
    public Task<List<Mail>> GetMailsToAsync(string recipient) =>
        GetAsync<Mail>($"/_sandbox/mails?recipient={Uri.EscapeDataString(recipient)}");

    public void Dispose() => http.Dispose();

    private async Task<List<T>> GetAsync<T>(string path) =>
        await http.GetFromJsonAsync<List<T>>(path, ControlJson.Options) ?? [];
}

/// <summary>A fault that is set in the sandbox.</summary>
public sealed class SandboxFault(HttpClient http, string id) : IAsyncDisposable
{
    public string Id => id;

    /// <summary>Waits until the fault has matched this many calls.</summary>
    public async Task WaitForHitsAsync(int times = 1)
    {
        using var answer = await http.GetAsync($"/_sandbox/faults/{id}/hits/{times}");
        answer.EnsureSuccessStatusCode();
    }

    public async Task<int> GetHitsAsync() =>
        (await http.GetFromJsonAsync<FaultState>($"/_sandbox/faults/{id}", ControlJson.Options))!.Hits;

    /// <summary>Releases the held calls. Later calls are not affected.</summary>
    public async Task ReleaseAsync()
    {
        using var answer = await http.PostAsync($"/_sandbox/faults/{id}/release", null);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        using var answer = await http.DeleteAsync($"/_sandbox/faults/{id}");
    }
}
