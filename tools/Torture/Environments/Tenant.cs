using System.Diagnostics;
using System.Text.Json.Nodes;
using Sandbox.Demo;

namespace Torture.Environments;

/// <summary>The tenant of a cell: signed up as a customer, operated as an operator.</summary>
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

    /// <summary>Retries a rollback, or starts one if the attempt has no running workflow.</summary>
    public Task RollBackAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "provisioning/rollback", null, cancellationToken);

    /// <summary>Sends a welcome mail, including a parked one.</summary>
    public Task InviteAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "invitations", null, cancellationToken);

    /// <summary>Returns type, name and reason of each object that the last rollback reports as left.</summary>
    public async Task<IReadOnlyList<(string Name, string Reason)>> ReadResidueAsync(
        CancellationToken cancellationToken) =>
        [.. (await SendAsync(HttpMethod.Get, "residue", null, cancellationToken))!["lastRollback"]!["left"]!.AsArray()
            .Select(left => ($"{Text(left, "type")} {Text(left, "name")}", Text(left, "reason")))];

    public async Task<Progress> ReadAsync(CancellationToken cancellationToken) =>
        new((await SendAsync(HttpMethod.Get, "provisioning", null, cancellationToken))!);

    /// <summary>Polls until the condition holds, and returns that progress.</summary>
    /// <param name="awaited">The awaited state, for the message.</param>
    /// <param name="condition">Ends the polling.</param>
    /// <param name="timeout">The limit of the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="CellException">The condition did not hold within the timeout.</exception>
    public async Task<Progress> UntilAsync(
        string awaited, Func<Progress, bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var progress = await ReadAsync(cancellationToken);
            if (condition(progress))
            {
                return progress;
            }

            if (watch.Elapsed > timeout)
            {
                throw new CellException(
                    $"after {timeout.TotalSeconds:0} s the tenant is not {awaited}, but {progress}");
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<JsonNode?> SendAsync(
        HttpMethod method, string action, JsonObject? body, CancellationToken cancellationToken) =>
        await CallAsync(
            method,
            $"/tenants/{Id}/{action}",
            await environment.TokenAsync(cancellationToken),
            body,
            cancellationToken);

    private Task<JsonNode?> PostAsync(
        string path, string? bearer, JsonObject? body, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, path, bearer, body, cancellationToken);

    // While a killed part restarts, the functions answer 503; the call is retried.
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
                e.Message.Contains(" 503 ", StringComparison.Ordinal)
                && watch.Elapsed < TortureEnvironment.RecoveryTimeout)
            {
                await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Text(JsonNode? node, string name) => node![name]!.GetValue<string>();
}
