using Amazon.S3;
using Sandbox.Hosting;
using Sandbox.S3;
using Testing;
using Worker.Systems.S3;
using WorkerS3 = Worker.Systems.S3.S3Options;

namespace Sandbox.Tests.S3.Contract;

/// <summary>
/// Object store for the contract tests, accessed with the product's own client: the sandbox as MinIO, or a real MinIO
/// (<see cref="ContractServers"/>). The tests expect the same of both.
/// </summary>
public sealed class ObjectStore : IAsyncLifetime
{
    private SandboxHost? sandbox;

    public WorkerS3 Options { get; private set; } = null!;

    public AmazonS3Client S3 { get; private set; } = null!;

    public TenantBuckets Buckets => new(S3, Options);

    public async ValueTask InitializeAsync()
    {
        if (ContractServers.S3 is null)
            sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
            {
                KeycloakPort = null,
                NovuPort = null,
                TemporalPort = null,
                S3 = new Sandbox.S3.S3Options { Flavour = S3Flavour.Minio },
            });
        var account = ContractServers.S3Account;
        Options = new WorkerS3(
            ContractServers.S3 ?? sandbox!.S3, "us-east-1", account.AccessKey, account.SecretKey, ExpectedOwner: null);
        S3 = ObjectStoreClient.Create(Options);
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        if (sandbox is not null)
            await sandbox.DisposeAsync();
    }
}
