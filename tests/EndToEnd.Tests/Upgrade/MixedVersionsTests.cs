using ControlPlane;
using EndToEnd.Tests.Support;
using Sandbox.Control;
using Testing;

namespace EndToEnd.Tests.Upgrade;

/// <summary>
/// Functions and worker of the previous version beside those of this one, on the database of this one. Only
/// <c>./dev test --upgrade</c> runs these tests: it builds the previous version.
/// </summary>
public sealed class MixedVersionsTests(InstanceFixture fixture) : IAsyncLifetime
{
    private const string Previous = "previous";
    private const string Present = "present";

    private Instance Instance => fixture.Instance;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await UseAsync(Present, Present);

    [Theory(Explicit = true)]
    [InlineData(Previous, Previous)]
    [InlineData(Previous, Present)]
    [InlineData(Present, Previous)]
    [InlineData(Present, Present)]
    public async Task One_tenant_becomes_ACTIVE_and_another_is_rolled_back(string functions, string worker)
    {
        await UseAsync(functions, worker);
        string first = TenantKeys.New(), second = TenantKeys.New();

        var customer = await ProvisionAsync(first);
        await customer.WaitForActiveAsync();
        await VerifyAsync(first);
        Say($"functions {functions}, worker {worker}: tenant {first} is ACTIVE and verified");

        using var sandbox = new SandboxControl(Instance.S3);
        await using var refusal = await sandbox.SetFaultAsync(RefusedTagsOf(second));
        await AssertRolledBackAsync(second, await ProvisionAsync(second));
        Say($"functions {functions}, worker {worker}: tenant {second} is rolled back, nothing is left");
    }

    [Fact(Explicit = true)]
    public async Task A_saga_of_the_previous_worker_is_completed_by_this_one()
    {
        string key = TenantKeys.New();
        var customer = await ExchangeDuringSagaAsync(key, null);

        await customer.WaitForActiveAsync();

        await VerifyAsync(key);
        Say($"worker exchanged during a saga: tenant {key} is ACTIVE and verified");
    }

    [Fact(Explicit = true)]
    public async Task A_saga_of_the_previous_worker_is_rolled_back_by_this_one()
    {
        string key = TenantKeys.New();
        using var sandbox = new SandboxControl(Instance.S3);
        var customer = await ExchangeDuringSagaAsync(key, sandbox);

        await AssertRolledBackAsync(key, customer);

        Say($"worker exchanged during a saga: tenant {key} is rolled back, nothing is left");
    }

    // The worker is stopped while it waits for the creation of the bucket, after it has made realm and schema.
    private async Task<Customer> ExchangeDuringSagaAsync(string key, SandboxControl? refuses)
    {
        await UseAsync(Previous, Previous);
        using var sandbox = new SandboxControl(Instance.S3);
        var hang = await sandbox.SetFaultAsync(new()
        {
            System = "s3",
            Method = "PUT",
            Path = $"/tenant-{key}-files*",
            Kind = FaultKind.Hang,
        });
        var customer = await ProvisionAsync(key);
        await hang.WaitForHitsAsync();
        await Instance.KillAsync("worker");
        await hang.DisposeAsync();
        if (refuses is not null)
        {
            await refuses.SetFaultAsync(RefusedTagsOf(key));
        }

        await StartAsync("worker", Present);
        return customer;
    }

    // A realm of the previous worker lacks what this version adds to new ones. The remedy that verify prints adds it.
    private async Task VerifyAsync(string key)
    {
        (await Instance.DevAsync("repair", key, "--apply")).EnsureSuccess();
        // Without the password of the admin user, verify tries no login and says so by its exit code.
        var verified = await Instance.DevAsync("verify", key);
        Assert.Contains("✔ tenant                 ACTIVE", verified.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("✘", verified.Output, StringComparison.Ordinal);
    }

    private async Task<Customer> ProvisionAsync(string key)
    {
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        return customer;
    }

    private async Task AssertRolledBackAsync(string key, Customer customer)
    {
        await AssertMore.EventuallyAsync(customer.ReadProgressAsync,
            progress => Customer.Text(progress, "status") == "PROVISION_FAILED", TimeSpan.FromMinutes(3));
        var residue = (await Instance.DevAsync("residue", key)).EnsureSuccess();
        Assert.DoesNotContain($"tenant-{key}", residue.Output, StringComparison.Ordinal);
        Assert.Contains("✔ s3                     nothing is there", residue.Output, StringComparison.Ordinal);
    }

    private async Task UseAsync(string functions, string worker)
    {
        await StartAsync("worker", worker);
        await StartAsync("functions", functions);
        string live = await fixture.Http.GetStringAsync(
            new Uri(Instance.Functions, "health/live"), TestContext.Current.CancellationToken);
        Assert.Equal(functions == Present, live.Contains(ProductVersion.Current, StringComparison.Ordinal));
    }

    private async Task StartAsync(string part, string version)
    {
        bool isPrevious = version == Previous;
        (await Instance.DevWithEnvironmentAsync(
            new()
            {
                ["DEV_WORKER"] = isPrevious ? ProgramOf("Worker", "Worker") : "",
                ["DEV_FUNCTIONS_APP"] = isPrevious ? ProgramOf("Functions", "") : "",
            },
            "crash", part)).EnsureSuccess();
        if (part == "worker")
        {
            Assert.Equal(!isPrevious,
                Instance.Log(part).Contains($"Version {ProductVersion.Current}", StringComparison.Ordinal));
        }
    }

    private static string ProgramOf(string project, string file) => Path.Combine(
        Environment.GetEnvironmentVariable("PREVIOUS_VERSION")
            ?? throw new InvalidOperationException("PREVIOUS_VERSION is not set: run ./dev test --upgrade."),
        "artifacts", "bin", project, "release", file);

    private static FaultRule RefusedTagsOf(string key) => new()
    {
        System = "s3",
        Method = "PUT",
        Path = $"/tenant-{key}-files*",
        Query = "tagging*",
        Status = 400,
        Count = 0,
        ContentType = "application/xml",
        Body = "<Error><Code>InvalidTag</Code><Message>Refused</Message></Error>",
    };

    // ./dev shows the lines while the tests run.
    private static void Say(string line)
    {
        if (Environment.GetEnvironmentVariable("UPGRADE_PROGRESS") is { Length: > 0 } file)
        {
            File.AppendAllText(file, $"  {line}\n");
        }
    }
}
