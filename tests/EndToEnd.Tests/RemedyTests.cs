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

/// <summary>What doctor says to do is done, and it is green again.</summary>
public sealed class RemedyTests(RunningInstance running) : IDisposable
{
    private const string Account = "arc-saas-worker";

    private readonly HttpClient http = new();

    private Instance Instance => running.Instance;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task An_account_that_may_not_create_realms_may_again_after_setup()
    {
        await TakeAwayCreateRealmAsync();
        await IsRedAsync("right to create realms", "./dev setup");

        (await Instance.DevAsync("setup")).AndSucceeded();

        await IsGreenAsync();
    }

    [Fact]
    public async Task A_Keycloak_that_stumbles_over_a_role_does_not_stop_setup()
    {
        await TakeAwayCreateRealmAsync();
        using var sandbox = new SandboxControl(Instance.Keycloak);
        // As the real one does now and then while its caches are cold.
        await using var fault = await sandbox.FaultAsync(new()
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms/master/users/*/role-mappings/realm",
            Status = 500,
            Body = """{"error":"unknown_error","error_description":"For more on this error consult the server log."}""",
        });

        (await Instance.DevAsync("setup")).AndSucceeded();

        Assert.Equal(1, await fault.HitsAsync());
        await IsGreenAsync();
    }

    [Fact]
    public async Task A_Keycloak_that_takes_too_long_is_told_of_by_its_time()
    {
        using var sandbox = new SandboxControl(Instance.Keycloak);
        await using var fault = await sandbox.FaultAsync(new()
        {
            System = "keycloak",
            Method = "GET",
            Path = "/admin/realms/master/clients",
            Kind = FaultKind.Hang,
            Count = 0,
        });

        var said = await Instance.DevWithAsync(new() { ["TIMEOUT_SCALE"] = "0.001" }, "setup");

        Assert.Equal(1, said.ExitCode);
        Assert.DoesNotContain("Interrupted", said.Errors, StringComparison.Ordinal);
        Assert.Contains("did not answer in time", said.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_Keycloak_refuses_is_written_anew_by_setup()
    {
        string file = Path.Combine(Instance.State, "keycloak-worker-secret");
        await File.WriteAllTextAsync(file, "wrong", TestContext.Current.CancellationToken);
        await IsRedAsync("Keycloak credentials", "./dev setup");

        (await Instance.DevAsync("setup")).AndSucceeded();

        await IsGreenAsync();
    }

    [Fact]
    public async Task A_mail_workflow_that_is_missing_is_made_by_setup()
    {
        using var deletion = new HttpRequestMessage(
            HttpMethod.Delete, new Uri(Instance.Novu, "/v2/workflows/tenant-welcome"));
        deletion.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", Instance.Secret("NOVU_API_KEY"));
        (await http.SendAsync(deletion, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await IsRedAsync("Novu", "./dev setup");

        (await Instance.DevAsync("setup")).AndSucceeded();

        await IsGreenAsync();
    }

    [Fact]
    public async Task A_role_without_the_right_to_create_schemas_gets_it_by_the_statement_that_doctor_prints()
    {
        await using var database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={Instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={Instance.Secret("DEV_DB_SUPERUSER_PASSWORD")}");
        await ExecuteAsync("ALTER ROLE control_plane_worker NOCREATEROLE");
        string remedy = await IsRedAsync("right to create schemas", "As a superuser: ");

        await ExecuteAsync(remedy.Split("As a superuser: ")[1]);

        await IsGreenAsync();

        async Task ExecuteAsync(string statement)
        {
            await using var command = database.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_worker_that_is_gone_is_started_by_up()
    {
        await Instance.KillAsync("worker");
        // A real Temporal remembers for a minute or so who polled.
        await AssertMore.EventuallyAsync(() => IsRedAsync("worker", "./dev up"), TimeSpan.FromMinutes(3));

        await Instance.UpAsync();

        await IsGreenAsync();
    }

    [Fact]
    public async Task A_namespace_that_is_missing_is_there_once_it_was_created()
    {
        Dictionary<string, string?> elsewhere = new() { ["TEMPORAL_NAMESPACE"] = $"made-{Keys.New()}" };
        var before = await Instance.DevWithAsync(elsewhere, "doctor");
        Assert.Contains(
            $"✘ namespace              {elsewhere["TEMPORAL_NAMESPACE"]} is missing", before.Output,
            StringComparison.Ordinal);

        // What `temporal operator namespace create` sends.
        var temporal = await TemporalClient.ConnectAsync(new($"127.0.0.1:{Instance.Address("TEMPORAL_PORT")}"));
        await temporal.Connection.WorkflowService.RegisterNamespaceAsync(new RegisterNamespaceRequest
        {
            Namespace = elsewhere["TEMPORAL_NAMESPACE"],
            WorkflowExecutionRetentionPeriod = new() { Seconds = 3 * 24 * 60 * 60 },
        });

        var after = await Instance.DevWithAsync(elsewhere, "doctor");
        Assert.Contains(
            $"✔ namespace              {elsewhere["TEMPORAL_NAMESPACE"]} is there", after.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_that_is_missing_is_made_by_setup_and_a_paused_one_goes_on_when_it_is_told_to()
    {
        var temporal = await TemporalClient.ConnectAsync(
            new($"127.0.0.1:{Instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
        var sweep = temporal.GetScheduleHandle("sweep");
        await sweep.DeleteAsync();
        await IsRedAsync("sweep", "./dev setup");

        (await Instance.DevAsync("setup")).AndSucceeded();
        await IsGreenAsync();

        await sweep.PauseAsync();
        await IsRedAsync("sweep", "temporal schedule toggle --unpause --schedule-id sweep --namespace arc-saas "
            + $"--address 127.0.0.1:{Instance.Address("TEMPORAL_PORT")}");
        // What that command sends.
        await sweep.UnpauseAsync();
        await IsGreenAsync();
    }

    [Fact]
    public async Task A_bucket_that_is_refused_is_taken_once_the_right_is_there()
    {
        using var sandbox = new SandboxControl(Instance.S3);
        await using (await sandbox.FaultAsync(new()
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
            await IsRedAsync("object store", "Give the access key the right");
        }

        await IsGreenAsync();
    }

    /// <returns>What it says to do.</returns>
    private async Task<string> IsRedAsync(string check, string remedy)
    {
        var said = await Instance.DevAsync("doctor");
        string red = Assert.Single(said.Output.Split('\n'), line => line.StartsWith('✘'));
        Assert.StartsWith($"✘ {check} ", red, StringComparison.Ordinal);
        string help = Assert.Single(said.Output.Split('\n'), line => line.StartsWith("  →", StringComparison.Ordinal));
        Assert.Contains(remedy, help, StringComparison.Ordinal);
        return help;
    }

    private async Task IsGreenAsync()
    {
        var said = (await Instance.DevAsync("doctor")).AndSucceeded();
        Assert.DoesNotContain("✘", said.Output, StringComparison.Ordinal);
    }

    private async Task TakeAwayCreateRealmAsync()
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

        string client = (await AskAsync($"clients?clientId={Account}")).AsArray()[0]!["id"]!.GetValue<string>();
        string user = (await AskAsync($"clients/{client}/service-account-user"))["id"]!.GetValue<string>();
        var role = await AskAsync("roles/create-realm");
        using var deletion = new HttpRequestMessage(HttpMethod.Delete, Admin($"users/{user}/role-mappings/realm"))
        {
            Content = new StringContent($"[{role.ToJsonString()}]", Encoding.UTF8, "application/json"),
        };
        (await http.SendAsync(deletion, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> AskAsync(string path) =>
        (await http.GetFromJsonAsync<JsonNode>(Admin(path), TestContext.Current.CancellationToken))!;

    private Uri Admin(string path) => new(Instance.Keycloak, $"/admin/realms/master/{path}");
}
