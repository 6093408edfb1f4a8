using System.Diagnostics;
using System.Text.Json.Nodes;
using Sandbox.Demo;

namespace Torture.Environments;

/// <summary>The one tenant of a cell: a customer signs it up, an operator does the rest.</summary>
internal sealed class Tenant(TortureEnvironment environment, string key)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);

    public string Key => key;

    public string Id { get; private set; } = "";

    public string Email => Customer.Of(key).Email;

    public async Task SignUpAsync(CancellationToken cancellationToken)
    {
        var lead = await PostAsync("/leads", null, Customer.Of(key).Lead(), cancellationToken);
        string path = $"/leads/{Text(lead, "id")}";
        var verified = await PostAsync($"{path}/verify", Text(lead, "key"), null, cancellationToken);
        var tenant = await PostAsync(
            $"{path}/tenants", Text(verified, "token"), Customer.Of(key).Tenant(key), cancellationToken);
        Id = Text(tenant, "id");
    }

    public Task ProvisionAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "provision", Customer.Subscription(Id), cancellationToken);

    public Task CancelAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "provisioning/cancel", null, cancellationToken);

    /// <summary>Goes on with a rollback, or begins one where no run looks after the attempt any more.</summary>
    public Task RollBackAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "provisioning/rollback", null, cancellationToken);

    /// <summary>Sends a welcome mail, also one that was parked.</summary>
    public Task InviteAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "invitations", null, cancellationToken);

    /// <summary>Type and name of what the last rollback says that it left, and why.</summary>
    public async Task<IReadOnlyList<(string Thing, string Reason)>> ReadResidueAsync(CancellationToken cancellationToken) =>
        [.. (await SendAsync(HttpMethod.Get, "residue", null, cancellationToken))!["lastRollback"]!["left"]!.AsArray()
            .Select(left => ($"{Text(left, "type")} {Text(left, "name")}", Text(left, "reason")))];

    public async Task<Progress> ReadAsync(CancellationToken cancellationToken) =>
        new((await SendAsync(HttpMethod.Get, "provisioning", null, cancellationToken))!);

    /// <summary>The first view of it for which the condition holds.</summary>
    /// <exception cref="CellException">It has not come to that within the time.</exception>
    public async Task<Progress> UntilAsync(
        string awaited, Func<Progress, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var progress = await ReadAsync(cancellationToken);
            if (condition(progress))
            {
                return progress;
            }

            if (watch.Elapsed > limit)
            {
                throw new CellException($"after {limit.TotalSeconds:0} s it is not {awaited}, but {progress}");
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<JsonNode?> SendAsync(
        HttpMethod method, string what, JsonObject? body, CancellationToken cancellationToken) =>
        await CallAsync(
            method, $"/tenants/{Id}/{what}", await environment.TokenAsync(cancellationToken), body, cancellationToken);

    private Task<JsonNode?> PostAsync(
        string path, string? bearer, JsonObject? body, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, path, bearer, body, cancellationToken);

    // What was killed is not back yet: whoever asks is told to ask again.
    private async Task<JsonNode?> CallAsync(
        HttpMethod method, string path, string? bearer, JsonObject? body, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await environment.Api.CallAsync(method, path, bearer, body, cancellationToken);
            }
            catch (DemoException e) when (
                e.Message.Contains(" 503 ", StringComparison.Ordinal) && watch.Elapsed < TortureEnvironment.RecoveryTimeout)
            {
                await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Text(JsonNode? node, string name) => node![name]!.GetValue<string>();
}
