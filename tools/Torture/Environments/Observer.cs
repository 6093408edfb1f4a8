using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Npgsql;
using Sandbox.Control;
using Sandbox.Novu;
using Testing;

namespace Torture.Environments;

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

    public async Task<TenantObjects> FindObjectsAsync(string key, CancellationToken cancellationToken)
    {
        var realms = (await GetAsync("/admin/realms", cancellationToken)).AsArray()
            .Where(realm => realm!["realm"]!.GetValue<string>() == $"tenant-{key}").ToList();
        bool isThere = realms.Count > 0;
        return new TenantObjects(
            [.. realms.Select(realm => $"tenant-{key} {realm!["id"]}")],
            isThere ? await CountAsync($"/admin/realms/tenant-{key}/clients?clientId={key}-app", cancellationToken) : 0,
            isThere ? await CountAsync($"/admin/realms/tenant-{key}/users", cancellationToken) : 0,
            await QueryAsync(
                "SELECT nspname || ' of ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1",
                $"tenant_{key}", cancellationToken),
            await QueryAsync(
                "SELECT rolname::text FROM pg_roles WHERE rolname = $1", $"tenant_{key}", cancellationToken),
            await FindBucketsAsync($"tenant-{key}-files", cancellationToken));
    }

    /// <summary>The mails that went to an address, by their template.</summary>
    public async Task<ILookup<string, Mail>> ReadMailsAsync(string address) =>
        (await sandbox.MailsToAsync(address)).ToLookup(mail => mail.WorkflowId);

    /// <summary>That the API tells this status now, and that the database knows no other.</summary>
    /// <exception cref="CellException">One of them does not.</exception>
    public async Task AssertStatusAsync(Tenant tenant, string status, CancellationToken cancellationToken)
    {
        var told = await tenant.ReadAsync(cancellationToken);
        string row = string.Join(' ', await QueryAsync(
            "SELECT status FROM tenants WHERE id = $1::uuid", tenant.Id, cancellationToken));
        if (told.Status != status || row != status)
        {
            throw new CellException($"the status is not {status} at once: the row says {row}, and told is {told}");
        }
    }

    /// <summary>Whether somebody waits for the row of a tenant that another one holds.</summary>
    public async Task<bool> HasTenantLockWaiterAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1",
        "SELECT status FROM tenants%FOR UPDATE", cancellationToken)).Count > 0;

    /// <summary>Of a cell that is through; one that does not go now stays.</summary>
    public async Task RemoveRealmAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            (await SendAsync(HttpMethod.Delete, $"/admin/realms/tenant-{key}", null, cancellationToken)).Dispose();
        }
        catch (HttpRequestException)
        {
            // It only makes the others slower.
        }
    }

    public async ValueTask DisposeAsync()
    {
        keycloak.Dispose();
        s3.Dispose();
        await postgres.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> FindBucketsAsync(string bucket, CancellationToken cancellationToken)
    {
        if (await FindBucketAsync(bucket, cancellationToken) is null)
        {
            return [];
        }

        try
        {
            return [$"{bucket} {Listed(await TagsAsync(bucket, cancellationToken))}"];
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchTagSet")
        {
            return [$"{bucket} without tags"];
        }
    }

    private async Task<IReadOnlyList<string>> QueryAsync(string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = postgres.CreateCommand(sql);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task<int> CountAsync(string path, CancellationToken cancellationToken) =>
        (await GetAsync(path, cancellationToken)).AsArray().Count;

    // A real Keycloak learns only by a call that a connection died with PostgreSQL, and answers that one 500. Where a
    // realm goes while it lists them it has said 200 by then, and the body is cut (keycloak#34857).
    private async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        var limit = TimeProvider.System.GetUtcNow() + TortureEnvironment.RecoveryTimeout;
        while (true)
        {
            try
            {
                using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
                return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            }
            catch (Exception e) when (
                e is HttpRequestException { StatusCode: >= HttpStatusCode.InternalServerError } or JsonException
                && TimeProvider.System.GetUtcNow() < limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
            }
        }
    }

    // As Keycloak's administrator, with a fresh token each time: it lives for a minute.
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? json, CancellationToken cancellationToken)
    {
        using var login = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["client_id"] = "admin-cli",
            ["username"] = "admin",
            ["password"] = "admin",
        });
        using var answer = await keycloak.PostAsync(
            new Uri("/realms/master/protocol/openid-connect/token", UriKind.Relative), login, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token!["access_token"]!.GetValue<string>());
        request.Content = json is null ? null : JsonContent.Create(json);
        var response = await keycloak.SendAsync(request, cancellationToken);
        return response.EnsureSuccessStatusCode();
    }
}
