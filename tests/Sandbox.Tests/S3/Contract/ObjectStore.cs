using Amazon.S3;
using Sandbox.Hosting;
using Sandbox.S3;
using Worker.S3;
using WorkerS3 = Worker.S3.S3Options;

namespace Sandbox.Tests.S3.Contract;

/// <summary>
/// The store that the contract tests talk to, with the product's own client: the sandbox as MinIO, or the MinIO that
/// S3_CONTRACT_URL names (then with S3_CONTRACT_ACCESS_KEY and S3_CONTRACT_SECRET_KEY). What the tests expect holds for
/// both.
/// </summary>
public sealed class ObjectStore : IAsyncLifetime
{
    private SandboxHost? sandbox;

    public WorkerS3 Options { get; private set; } = null!;

    public AmazonS3Client S3 { get; private set; } = null!;

    public TenantBuckets Buckets => new(S3, Options);

    public async ValueTask InitializeAsync()
    {
        var account = Sandbox.S3.S3Options.DefaultAccount;
        if (Environment.GetEnvironmentVariable("S3_CONTRACT_URL") is { Length: > 0 } url)
            Options = new WorkerS3(new Uri(url), "us-east-1", Key("S3_CONTRACT_ACCESS_KEY"), Key("S3_CONTRACT_SECRET_KEY"), null);
        else
        {
            sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
            {
                KeycloakPort = null,
                NovuPort = null,
                TemporalPort = null,
                S3 = new Sandbox.S3.S3Options { Flavour = S3Flavour.Minio },
            });
            Options = new WorkerS3(sandbox.S3, "us-east-1", account.AccessKey, account.SecretKey, null);
        }

        S3 = S3ServiceCollectionExtensions.Client(Options);
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        if (sandbox is not null)
            await sandbox.DisposeAsync();
    }

    private static string Key(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set, and S3_CONTRACT_URL is.");
}
