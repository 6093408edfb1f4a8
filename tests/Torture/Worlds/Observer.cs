using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Npgsql;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Sweeps;

namespace Torture.Worlds;

/// <summary>
/// Reads the systems with keys of its own, past everything that the product says of itself, and puts in what is
/// somebody else's.
/// </summary>
internal sealed partial class Observer : IAsyncDisposable
{
    private readonly Instance instance;
    private readonly SandboxControl sandbox;
    private readonly HttpClient keycloak;
    private readonly NpgsqlDataSource postgres;
    private readonly AmazonS3Client s3;
    private TemporalClient? temporal;

    public Observer(Instance instance, SandboxControl sandbox)
    {
        this.instance = instance;
        this.sandbox = sandbox;
        keycloak = new HttpClient { BaseAddress = instance.Keycloak };
        keycloak.DefaultRequestHeaders.Add(JournalMiddleware.Observer, nameof(Torture));
        postgres = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={instance.Secret("DEV_DB_SUPERUSER_PASSWORD")};Maximum Pool Size=10");
        s3 = new AmazonS3Client(
            instance.Secret("AWS_ACCESS_KEY_ID"),
            instance.Secret("AWS_SECRET_ACCESS_KEY"),
            new AmazonS3Config
            {
                ServiceURL = instance.S3.ToString(),
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
            });
        s3.BeforeRequestEvent += (_, request) =>
            ((WebServiceRequestEventArgs)request).Headers[JournalMiddleware.Observer] = nameof(Torture);
    }

    /// <summary>After a server was restarted.</summary>
    public void Reconnect() => postgres.Clear();

    public async Task<Found> LookAsync(string key, CancellationToken cancellation)
    {
        var realms = (await GetAsync("/admin/realms", cancellation)).AsArray()
            .Where(realm => realm!["realm"]!.GetValue<string>() == $"tenant-{key}").ToList();
        bool isThere = realms.Count > 0;
        return new Found(
            [.. realms.Select(realm => $"tenant-{key} {realm!["id"]}")],
            isThere ? await CountAsync($"/admin/realms/tenant-{key}/clients?clientId={key}-app", cancellation) : 0,
            isThere ? await CountAsync($"/admin/realms/tenant-{key}/users", cancellation) : 0,
            await NamesAsync(
                "SELECT nspname || ' of ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1",
                $"tenant_{key}", cancellation),
            await NamesAsync("SELECT rolname::text FROM pg_roles WHERE rolname = $1", $"tenant_{key}", cancellation),
            await BucketsAsync($"tenant-{key}-files", cancellation));
    }

    /// <summary>How many mails of each kind went to an address.</summary>
    public async Task<ILookup<string, string>> MailsAsync(string address) =>
        (await sandbox.MailsToAsync(address)).ToLookup(mail => mail.WorkflowId, mail => mail.TransactionId);

    /// <summary>As somebody does who has the keys of Temporal and means well.</summary>
    public async Task TerminateAsync(string tenantId, CancellationToken cancellation) =>
        await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .TerminateAsync("torture", new() { Rpc = new() { CancellationToken = cancellation } });

    /// <summary>From now on only who wants a sweep starts one.</summary>
    public async Task PauseSweepsAsync(CancellationToken cancellation) =>
        await (await TemporalAsync()).GetScheduleHandle(SweepSchedule.Id)
            .PauseAsync("torture", new() { CancellationToken = cancellation });

    /// <summary>Lets the sweep look at a tenant as if its row had last changed a while ago, and starts one.</summary>
    public async Task SweepAsync(string tenantId, CancellationToken cancellation)
    {
        await ExecuteAsync(
            $"UPDATE tenants SET updated_at = updated_at - interval '5 minutes' WHERE id = '{tenantId}'", cancellation);
        await (await TemporalAsync()).StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(),
            new(SweepOf(tenantId), "tenant-provisioning") { Rpc = new() { CancellationToken = cancellation } });
    }

    /// <summary>Ends when the sweep does that was started for a tenant.</summary>
    public Task SweepIsOverAsync(string tenantId, CancellationToken cancellation) =>
        IsClosedAsync(SweepOf(tenantId), cancellation);

    /// <summary>Ends when the tenant's run has, however it does.</summary>
    public Task RunIsOverAsync(string tenantId, CancellationToken cancellation) =>
        IsClosedAsync($"provision-tenant-{tenantId}", cancellation);

    public async Task<bool> IsCancelRequestedAsync(string tenantId, CancellationToken cancellation) =>
        (await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}")
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellation } }))
        .Events.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null);

    /// <summary>The activities that a run has scheduled, in their order.</summary>
    public async Task<IReadOnlyList<string>> ActivitiesAsync(
        string tenantId, string? runId, CancellationToken cancellation)
    {
        var history = await (await TemporalAsync()).GetWorkflowHandle($"provision-tenant-{tenantId}", runId)
            .FetchHistoryAsync(new() { Rpc = new() { CancellationToken = cancellation } });
        return [.. history.Events
            .Select(e => e.ActivityTaskScheduledEventAttributes?.ActivityType.Name)
            .OfType<string>()];
    }

    private static string SweepOf(string tenantId) => $"sweep-torture-{tenantId}";

    private async Task IsClosedAsync(string workflowId, CancellationToken cancellation)
    {
        try
        {
            await (await TemporalAsync()).GetWorkflowHandle(workflowId)
                .GetResultAsync(rpcOptions: new() { CancellationToken = cancellation });
        }
        catch (WorkflowFailedException)
        {
            // Rolled back, or not all of it swept.
        }
    }

    private async Task<TemporalClient> TemporalAsync() => temporal ??= await TemporalClient.ConnectAsync(
        new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });

    public async ValueTask DisposeAsync()
    {
        keycloak.Dispose();
        s3.Dispose();
        await postgres.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> BucketsAsync(string bucket, CancellationToken cancellation)
    {
        if ((await s3.ListBucketsAsync(cancellation)).Buckets?.Any(b => b.BucketName == bucket) != true)
        {
            return [];
        }

        try
        {
            var tags = (await s3.GetBucketTaggingAsync(new() { BucketName = bucket }, cancellation)).TagSet ?? [];
            string marks = string.Join(' ', tags.OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}"));
            return [$"{bucket} {marks}"];
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchTagSet")
        {
            return [$"{bucket} without tags"];
        }
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string sql, string name, CancellationToken cancellation)
    {
        await using var command = postgres.CreateCommand(sql);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task<int> CountAsync(string path, CancellationToken cancellation) =>
        (await GetAsync(path, cancellation)).AsArray().Count;

    // A real Keycloak learns only by a call that a connection died with PostgreSQL, and answers that one 500.
    private async Task<JsonNode> GetAsync(string path, CancellationToken cancellation)
    {
        var limit = TimeProvider.System.GetUtcNow() + World.Recovers;
        while (true)
        {
            try
            {
                using var response = await AskAsync(HttpMethod.Get, path, null, cancellation);
                return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
            }
            catch (HttpRequestException e) when (
                e.StatusCode >= HttpStatusCode.InternalServerError && TimeProvider.System.GetUtcNow() < limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
            }
        }
    }

    // As Keycloak's administrator, with a fresh token each time: it lives for a minute.
    private async Task<HttpResponseMessage> AskAsync(
        HttpMethod method, string path, JsonNode? json, CancellationToken cancellation)
    {
        using var login = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["client_id"] = "admin-cli",
            ["username"] = "admin",
            ["password"] = "admin",
        });
        using var answer = await keycloak.PostAsync(
            new Uri("/realms/master/protocol/openid-connect/token", UriKind.Relative), login, cancellation);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync<JsonNode>(cancellation);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token!["access_token"]!.GetValue<string>());
        request.Content = json is null ? null : JsonContent.Create(json);
        var response = await keycloak.SendAsync(request, cancellation);
        return response.EnsureSuccessStatusCode();
    }
}
