using System.Diagnostics;
using System.Text.Json.Nodes;
using Sandbox.Demo;

namespace Torture.Worlds;

/// <summary>The one tenant of a cell: a customer signs it up, an operator does the rest.</summary>
internal sealed class Tenant(World world, string key)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);

    public string Key => key;

    public string Id { get; private set; } = "";

    public string Email => Customer.Of(key).Email;

    public async Task SignUpAsync(CancellationToken cancellation)
    {
        var lead = await PostAsync("/leads", null, Customer.Of(key).Lead(), cancellation);
        string path = $"/leads/{Text(lead, "id")}";
        var verified = await PostAsync($"{path}/verify", Text(lead, "key"), null, cancellation);
        var tenant = await PostAsync(
            $"{path}/tenants", Text(verified, "token"), Customer.Of(key).Tenant(key), cancellation);
        Id = Text(tenant, "id");
    }

    public Task ProvisionAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "provision", Customer.Subscription(Id), cancellation);

    public Task CancelAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "provisioning/cancel", null, cancellation);

    /// <summary>Goes on with a rollback, or begins one where no run looks after the attempt any more.</summary>
    public Task RollBackAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "provisioning/rollback", null, cancellation);

    /// <summary>Sends a welcome mail, also one that was parked.</summary>
    public Task InviteAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "invitations", null, cancellation);

    /// <summary>Type and name of what the last rollback says that it left, and why.</summary>
    public async Task<IReadOnlyList<(string Thing, string Reason)>> LeftAsync(CancellationToken cancellation) =>
        [.. (await AskAsync(HttpMethod.Get, "residue", null, cancellation))!["lastRollback"]!["left"]!.AsArray()
            .Select(left => ($"{Text(left, "type")} {Text(left, "name")}", Text(left, "reason")))];

    public async Task<Progress> ReadAsync(CancellationToken cancellation) =>
        new((await AskAsync(HttpMethod.Get, "provisioning", null, cancellation))!);

    /// <summary>The first view of it for which the condition holds.</summary>
    /// <exception cref="CellException">It has not come to that within the time.</exception>
    public async Task<Progress> UntilAsync(
        string awaited, Func<Progress, bool> condition, TimeSpan limit, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var progress = await ReadAsync(cancellation);
            if (condition(progress))
            {
                return progress;
            }

            if (watch.Elapsed > limit)
            {
                throw new CellException($"after {limit.TotalSeconds:0} s it is not {awaited}, but {progress}");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellation);
        }
    }

    private async Task<JsonNode?> AskAsync(
        HttpMethod method, string what, JsonObject? body, CancellationToken cancellation) =>
        await CallAsync(method, $"/tenants/{Id}/{what}", await world.TokenAsync(cancellation), body, cancellation);

    private Task<JsonNode?> PostAsync(
        string path, string? bearer, JsonObject? body, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, path, bearer, body, cancellation);

    // What was killed is not back yet: whoever asks is told to ask again.
    private async Task<JsonNode?> CallAsync(
        HttpMethod method, string path, string? bearer, JsonObject? body, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await world.Api.CallAsync(method, path, bearer, body, cancellation);
            }
            catch (DemoException e) when (
                e.Message.Contains(" 503 ", StringComparison.Ordinal) && watch.Elapsed < World.Recovers)
            {
                await Task.Delay(Poll, TimeProvider.System, cancellation);
            }
        }
    }

    private static string Text(JsonNode? node, string name) => node![name]!.GetValue<string>();
}
