namespace Packages.Tests.Compose;

/// <summary>compose/first-run.sh, run with a program that prints keys as <c>Worker keys</c> does.</summary>
public sealed class FirstRunTests : IDisposable
{
    private static readonly string[] Keys =
        ["INSTALLATION_ID", "JWT_SECRET", "TOKEN_KEYS", "PAYLOAD_KEYS", "INVITATION_PRIVATE_KEY"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("first-run-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("functions", "DATABASE_URL", "JWT_SECRET", "PAYLOAD_KEYS", "TOKEN_KEYS")]
    [InlineData("keycloak", "KC_BOOTSTRAP_ADMIN_PASSWORD", "KC_DB_PASSWORD")]
    [InlineData("minio", "MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER")]
    [InlineData("novu", "NOVU_API_KEY")]
    [InlineData("temporal", "POSTGRES_PWD")]
    [InlineData("worker", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "INSTALLATION_ID",
        "INVITATION_PRIVATE_KEY", "NOVU_API_KEY", "PAYLOAD_KEYS", "TENANT_DATABASE_URL", "TOKEN_KEYS")]
    public async Task A_service_gets_the_secrets_that_it_needs_and_no_others(string service, params string[] names)
    {
        await RunAsync();

        Assert.Equal(names, Read(service).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_setup_has_the_administrator_s_password_and_not_the_keys_of_mailed_tokens()
    {
        await RunAsync();

        Assert.Equal(
            Read("worker").Keys.Except(["TOKEN_KEYS"]).Append("KEYCLOAK_ADMIN_PASSWORD").Order(StringComparer.Ordinal),
            Read("setup").Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Read("keycloak")["KC_BOOTSTRAP_ADMIN_PASSWORD"], Read("setup")["KEYCLOAK_ADMIN_PASSWORD"]);
    }

    [Theory]
    [InlineData("functions", "functions")]
    [InlineData("worker", "worker")]
    [InlineData("setup", "commands, setup")]
    public async Task Secrets_and_compose_file_together_set_what_a_process_requires(string service, string process)
    {
        await RunAsync();
        var names = Read(service).Keys.Concat(ComposeFile.Service($"arc-saas-{service}").Environment.Keys).ToList();
        string[] required = process switch
        {
            "functions" => ["DATABASE_URL", "TEMPORAL_ADDRESS", "PAYLOAD_KEYS", "TOKEN_KEYS", "JWT_SECRET",
                "KEYCLOAK_URL", "CLIENT_ADDRESS_HEADER", "REDIS_URL"],
            _ => ["DATABASE_URL", "TENANT_DATABASE_URL", "TEMPORAL_ADDRESS", "PAYLOAD_KEYS", "INSTALLATION_ID",
                "INVITATION_PRIVATE_KEY", "KEYCLOAK_URL", "NOVU_API_KEY", "NOVU_BACKEND_URL", "PUBLIC_BASE_URL",
                "S3_ENDPOINT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        };

        Assert.Empty(required.Except(names));
        Assert.True(process != "worker" || names.Contains("TOKEN_KEYS"));
        Assert.Empty(names.Except(DocumentedSetting.Names));
        Assert.All(names, name => Assert.True(DocumentedSetting.IsReadBy(process, name), $"{process} reads no {name}"));
    }

    [Fact]
    public async Task A_password_of_the_database_is_the_same_for_its_role_and_its_process()
    {
        await RunAsync();
        var roles = Read("postgres", "roles");

        Assert.Contains($":{roles["WORKER_PASSWORD"]}@", Read("worker")["DATABASE_URL"], StringComparison.Ordinal);
        Assert.Contains(
            $":{roles["FUNCTIONS_PASSWORD"]}@", Read("functions")["DATABASE_URL"], StringComparison.Ordinal);
        Assert.Equal(roles["KEYCLOAK_PASSWORD"], Read("keycloak")["KC_DB_PASSWORD"]);
        Assert.Equal(roles["TEMPORAL_PASSWORD"], Read("temporal")["POSTGRES_PWD"]);
        Assert.Equal(4, roles.Values.Distinct().Count());
    }

    [Fact]
    public async Task Only_the_owner_reads_the_secrets_and_a_second_run_keeps_them()
    {
        await RunAsync();
        var first = Read("worker");

        await RunAsync();

        Assert.Equal(first, Read("worker"));
        Assert.All(
            folder.EnumerateFiles("env", SearchOption.AllDirectories),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
    }

    private async Task RunAsync()
    {
        string keys = string.Join("\\n", Keys.Select(name => $"{name}=value-of-{name}"));
        await Checkout.RunAsync("bash", "-c",
            $"keys() {{ printf '{keys}\\n'; }}; export -f keys; SECRETS='{folder.FullName}' WORKER=keys "
            + $"bash '{Checkout.PathOf("compose", "first-run.sh")}'");
    }

    private Dictionary<string, string> Read(string service, string file = "env") =>
        File.ReadAllLines(Path.Combine(folder.FullName, service, file))
            .Where(line => line.Length > 0)
            .ToDictionary(line => line.Split('=')[0], line => line[(line.IndexOf('=') + 1)..]);
}
