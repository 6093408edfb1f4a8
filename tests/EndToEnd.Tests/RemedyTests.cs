using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Support;
using Npgsql;
using Sandbox.Control;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Testing;

namespace EndToEnd.Tests;

/// <summary>Applies each remedy that doctor prints, and checks that doctor is green again.</summary>
public sealed class RemedyTests(InstanceFixture fixture) : IDisposable
{
    private const string Account = "arc-saas-worker";

    private readonly HttpClient http = new();

    private Instance Instance => fixture.Instance;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Setup_restores_the_right_to_create_realms()
    {
        await RevokeCreateRealmAsync();
        await AssertRedAsync("right to create realms", "./dev setup");

        (await Instance.DevAsync("setup")).EnsureSuccess();

        await AssertGreenAsync();
    }

    [Fact]
    public async Task A_transient_error_of_Keycloak_does_not_stop_setup()
    {
        await RevokeCreateRealmAsync();
        using var sandbox = new SandboxControl(Instance.Keycloak);
        // A real Keycloak does this occasionally while its caches are cold.
        await using var fault = await sandbox.SetFaultAsync(new()
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms/master/users/*/role-mappings/realm",
            Status = 500,
            Body = """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""",
        });

        (await Instance.DevAsync("setup")).EnsureSuccess();

        Assert.Equal(1, await fault.GetHitsAsync());
        await AssertGreenAsync();
    }

    [Fact]
    public async Task A_Keycloak_that_does_not_answer_in_time_is_reported_as_a_timeout()
    {
        using var sandbox = new SandboxControl(Instance.Keycloak);
        await using var fault = await sandbox.SetFaultAsync(new()
        {
            System = "keycloak",
            Method = "GET",
            Path = "/admin/realms/master/clients",
            Kind = FaultKind.Hang,
            Count = 0,
        });

        var result = await Instance.DevWithEnvironmentAsync(new() { ["TIMEOUT_SCALE"] = "0.001" }, "setup");

        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("Interrupted", result.Errors, StringComparison.Ordinal);
        Assert.Contains("did not answer in time", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_replaces_a_secret_that_Keycloak_refuses()
    {
        string file = Path.Combine(Instance.State, "keycloak-worker-secret");
        await File.WriteAllTextAsync(file, "wrong", TestContext.Current.CancellationToken);
        await AssertRedAsync("Keycloak credentials", "./dev setup");

        (await Instance.DevAsync("setup")).EnsureSuccess();

        await AssertGreenAsync();
    }

    [Fact]
    public async Task Setup_creates_a_missing_mail_workflow()
    {
        using var deletion = new HttpRequestMessage(
            HttpMethod.Delete, new Uri(Instance.Novu, "/v2/workflows/tenant-welcome"));
        deletion.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", Instance.Secret("NOVU_API_KEY"));
        (await http.SendAsync(deletion, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await AssertRedAsync("Novu", "./dev setup");

        (await Instance.DevAsync("setup")).EnsureSuccess();

        await AssertGreenAsync();
    }

    [Fact]
    public async Task The_statement_that_doctor_prints_grants_the_right_to_create_schemas()
    {
        await using var database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={Instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={Instance.Secret("DEV_DB_SUPERUSER_PASSWORD")}");
        await ExecuteAsync("ALTER ROLE control_plane_worker NOCREATEROLE");
        string remedy = await AssertRedAsync("right to create schemas", "As a superuser: ");

        await ExecuteAsync(remedy.Split("As a superuser: ")[1]);

        await AssertGreenAsync();

        async Task ExecuteAsync(string statement)
        {
            await using var command = database.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Up_starts_a_worker_that_was_killed()
    {
        await Instance.KillAsync("worker");
        // A real Temporal remembers pollers for about a minute.
        await AssertMore.EventuallyAsync(() => AssertRedAsync("worker", "./dev up"), TimeSpan.FromMinutes(3));

        await Instance.UpAsync();

        await AssertGreenAsync();
    }

    [Fact]
    public async Task A_missing_namespace_is_green_once_it_is_created()
    {
        Dictionary<string, string?> elsewhere = new() { ["TEMPORAL_NAMESPACE"] = $"made-{TenantKeys.New()}" };
        var before = await Instance.DevWithEnvironmentAsync(elsewhere, "doctor");
        Assert.Contains(
            $"✘ namespace              {elsewhere["TEMPORAL_NAMESPACE"]} is missing", before.Output,
            StringComparison.Ordinal);

        // The request of `temporal operator namespace create`.
        var temporal = await TemporalClient.ConnectAsync(new($"127.0.0.1:{Instance.Address("TEMPORAL_PORT")}"));
        await temporal.Connection.WorkflowService.RegisterNamespaceAsync(new RegisterNamespaceRequest
        {
            Namespace = elsewhere["TEMPORAL_NAMESPACE"],
            WorkflowExecutionRetentionPeriod = new() { Seconds = 3 * 24 * 60 * 60 },
        });

        var after = await Instance.DevWithEnvironmentAsync(elsewhere, "doctor");
        Assert.Contains(
            $"✔ namespace              {elsewhere["TEMPORAL_NAMESPACE"]} is there", after.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_creates_a_missing_sweep_schedule_and_the_printed_command_resumes_a_paused_one()
    {
        var temporal = await TemporalClient.ConnectAsync(
            new($"127.0.0.1:{Instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
        var sweep = temporal.GetScheduleHandle("sweep");
        await sweep.DeleteAsync();
        await AssertRedAsync("sweep", "./dev setup");

        (await Instance.DevAsync("setup")).EnsureSuccess();
        await AssertGreenAsync();

        await sweep.PauseAsync();
        await AssertRedAsync("sweep", "temporal schedule toggle --unpause --schedule-id sweep --namespace arc-saas "
            + $"--address 127.0.0.1:{Instance.Address("TEMPORAL_PORT")}");
        // The request of that command.
        await sweep.UnpauseAsync();
        await AssertGreenAsync();
    }

    [Fact]
    public async Task A_refused_bucket_is_green_once_the_access_key_has_the_right()
    {
        using var sandbox = new SandboxControl(Instance.S3);
        await using (await sandbox.SetFaultAsync(new()
        {
            System = "s3",
            Method = "PUT",
            Path = "/arc-saas-doctor-*",
            Status = 403,
            Count = 0,
            ContentType = "application/xml",
            Body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        }))
        {
            await AssertRedAsync("object store", "Give the access key the right");
        }

        await AssertGreenAsync();
    }

    /// <summary>Checks that doctor has exactly one red line, and returns its remedy.</summary>
    private async Task<string> AssertRedAsync(string check, string remedy)
    {
        var result = await Instance.DevAsync("doctor");
        string red = Assert.Single(result.Output.Split('\n'), line => line.StartsWith('✘'));
        Assert.StartsWith($"✘ {check} ", red, StringComparison.Ordinal);
        string help = Assert.Single(
            result.Output.Split('\n'), line => line.StartsWith("  →", StringComparison.Ordinal));
        Assert.Contains(remedy, help, StringComparison.Ordinal);
        return help;
    }

    private async Task AssertGreenAsync()
    {
        var result = (await Instance.DevAsync("doctor")).EnsureSuccess();
        Assert.DoesNotContain("✘", result.Output, StringComparison.Ordinal);
    }

    private async Task RevokeCreateRealmAsync()
    {
        using var login = new FormUrlEncodedContent(
        [
            new("grant_type", "password"), new("client_id", "admin-cli"),
            new("username", "admin"), new("password", "admin"),
        ]);
        using var answer = await http.PostAsync(
            new Uri(Instance.Keycloak, "/realms/master/protocol/openid-connect/token"), login,
            TestContext.Current.CancellationToken);
        var token = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token!["access_token"]!.GetValue<string>());

        string client = (await GetAsync($"clients?clientId={Account}")).AsArray()[0]!["id"]!.GetValue<string>();
        string user = (await GetAsync($"clients/{client}/service-account-user"))["id"]!.GetValue<string>();
        var role = await GetAsync("roles/create-realm");
        using var deletion = new HttpRequestMessage(HttpMethod.Delete, Admin($"users/{user}/role-mappings/realm"))
        {
            Content = new StringContent($"[{role.ToJsonString()}]", Encoding.UTF8, "application/json"),
        };
        (await http.SendAsync(deletion, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> GetAsync(string path) =>
        (await http.GetFromJsonAsync<JsonNode>(Admin(path), TestContext.Current.CancellationToken))!;

    private Uri Admin(string path) => new(Instance.Keycloak, $"/admin/realms/master/{path}");
}
