using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.S3;
using Worker.Systems.Terraform;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Terraform;

/// <summary>The shipped module for AWS, with its provider, on the object store of the fixture.</summary>
public sealed class AwsModuleTests(TerraformFixture fixture) : IClassFixture<TerraformFixture>, IAsyncLifetime
{
    private const string Plugins = "TERRAFORM_CONTRACT_PLUGINS";

    private static string? PluginFolder => Environment.GetEnvironmentVariable(Plugins);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PluginFolder is null, $"The AWS provider is missing: {Plugins}=FOLDER of a mirror.");
        TerraformFixture.SkipWhereMissing();
        var options = fixture.Provisioning.Services.GetRequiredService<S3Options>();
        await fixture.GivenVariablesAsync(JsonSerializer.Serialize(new Dictionary<string, string?>
        {
            ["s3_endpoint"] = options.Endpoint!.ToString(),
            ["aws_access_key"] = options.AccessKey,
            ["aws_secret_key"] = options.SecretKey,
        }));
        await fixture.Provisioning.RestartWorkerAsync(
            ("TERRAFORM_MODULES", Path.Combine(Testing.Commands.Root, "infra", "tenant-infrastructure", "aws")),
            ("TERRAFORM_PLUGIN_DIR", PluginFolder),
            ("TERRAFORM_REGION", "us-east-1"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_bucket_that_never_reached_the_state_is_residue_by_its_tags_taken_over_and_undone()
    {
        var tenant = await fixture.GivenTenantAsync();
        string bucket = $"tenant-{tenant.Key}-data";
        await fixture.Step(tenant).ExecuteAsync();
        await ForgetAsync(tenant);

        int residue = await fixture.Step(tenant).FindResidueAsync();
        await fixture.Step(tenant).ExecuteAsync();
        string[] takenOver = await fixture.ResourcesAsync(tenant);
        await ForgetAsync(tenant);
        await fixture.UndoAsync(tenant);

        // The place of the state, and the bucket.
        Assert.Equal(2, residue);
        Assert.Equal([$"aws_s3_bucket.data[\"{bucket}\"]", $"aws_s3_bucket_policy.data[\"{bucket}\"]"], takenOver);
        Assert.Equal(0, await fixture.Step(tenant).FindResidueAsync());
        Assert.DoesNotContain(bucket, await fixture.Provisioning.Services.GetRequiredService<TenantBuckets>()
            .ListNamesAsync("tenant-", CancellationToken));
    }

    /// <summary>Empties the state, as if the run had been killed before it saved one.</summary>
    private Task ForgetAsync(TestTenant tenant) => fixture.ExecuteOnStatesAsync(
        $"UPDATE \"{TerraformFixture.NameOf(tenant)}\".states SET data = $1", TerraformState.Empty());
}
