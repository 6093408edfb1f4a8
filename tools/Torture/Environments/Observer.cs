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
/// Reads the outside systems with its own credentials, independently of what the product reports, and creates foreign
/// objects.
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

    /// <summary>Drops pooled connections after a restart of PostgreSQL.</summary>
    public void Reconnect() => postgres.Clear();

    /// <summary>Finds all objects with the tenant's names.</summary>
    public async Task<TenantObjects> FindObjectsAsync(string key, CancellationToken cancellationToken)
    {
        var realms = (await GetAsync("/admin/realms", cancellationToken)).AsArray()
            .Where(known => known!["realm"]!.GetValue<string>() == $"tenant-{key}").ToList();
        bool hasRealm = realms.Count > 0;
        string realm = $"/admin/realms/tenant-{key}";
        return new TenantObjects(
            [.. realms.Select(found => $"tenant-{key} {found!["id"]}")],
            hasRealm ? await CountAsync($"{realm}/clients?clientId={key}-app", cancellationToken) : 0,
            hasRealm ? await CountAsync($"{realm}/users", cancellationToken) : 0,
            await QueryAsync(
                "SELECT nspname || ' of ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1",
                $"tenant_{key}", cancellationToken),
            await QueryAsync(
                "SELECT rolname::text FROM pg_roles WHERE rolname = $1", $"tenant_{key}", cancellationToken),
            await FindBucketsAsync($"tenant-{key}-files", cancellationToken));
    }

    /// <summary>Returns the mails to an address by their template.</summary>
    public async Task<ILookup<string, Mail>> ReadMailsAsync(string address) =>
        (await sandbox.GetMailsToAsync(address)).ToLookup(mail => mail.WorkflowId);

    /// <summary>Checks that both the API and the database have this status now.</summary>
    /// <exception cref="CellException">One of them has another status.</exception>
    public async Task AssertStatusAsync(Tenant tenant, string status, CancellationToken cancellationToken)
    {
        var progress = await tenant.ReadAsync(cancellationToken);
        string row = string.Join(' ', await QueryAsync(
            "SELECT status FROM tenants WHERE id = $1::uuid", tenant.Id, cancellationToken));
        if (progress.Status != status || row != status)
        {
            throw new CellException(
                $"the status is not {status} at once: {row} in the database, {progress} in the API");
        }
    }

    /// <summary>Whether a session of PostgreSQL waits for the lock on a tenant's row.</summary>
    public async Task<bool> HasTenantLockWaiterAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1",
        "SELECT status FROM tenants%FOR UPDATE", cancellationToken)).Count > 0;

    /// <summary>Deletes the realm of a finished cell; a failure is ignored.</summary>
    public async Task RemoveRealmAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            (await SendAsync(HttpMethod.Delete, $"/admin/realms/tenant-{key}", null, cancellationToken)).Dispose();
        }
        catch (HttpRequestException)
        {
            // The remaining realm only slows the other cells down.
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

    // After a restart of PostgreSQL a real Keycloak notices each broken connection by a failing call, which it answers
    // with 500. If a realm is deleted while it lists them, the answer is 200 with a truncated body (keycloak#34857).
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

    // As Keycloak's administrator, with a new token for each call: a token is valid for one minute.
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
        using var tokenResponse = await keycloak.PostAsync(
            new Uri("/realms/master/protocol/openid-connect/token", UriKind.Relative), login, cancellationToken);
        tokenResponse.EnsureSuccessStatusCode();
        var token = await tokenResponse.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token!["access_token"]!.GetValue<string>());
        request.Content = json is null ? null : JsonContent.Create(json);
        var response = await keycloak.SendAsync(request, cancellationToken);
        return response.EnsureSuccessStatusCode();
    }
}
