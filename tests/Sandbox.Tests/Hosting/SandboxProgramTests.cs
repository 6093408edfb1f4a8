using System.Net;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Sandbox.Control;
using Sandbox.Tests.Novu;
using Sandbox.Tests.S3;
using Testing;

namespace Sandbox.Tests.Hosting;

public sealed class SandboxProgramTests
{
    [Fact]
    public async Task Answered_changes_survive_kill_9()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await SandboxProgram.StartAsync("--data", folder.Path))
        {
            using var s3 = S3Client.Create(first.S3);
            await s3.PutBucketAsync("kept");
            await s3.PutBucketTaggingAsync(
                new PutBucketTaggingRequest { BucketName = "kept", TagSet = [new() { Key = "a", Value = "b" }] });
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = "k", ContentBody = "content" });
            using var novu = new NovuClient(first.Novu);
            await novu.WorkflowAsync("welcome");
            await novu.TriggerAsync(
                "welcome", new { subscriberId = "ann", email = "ann@example.com" }, transactionId: "1");
            await first.KillAsync();
        }

        await using var second = await SandboxProgram.StartAsync("--data", folder.Path);
        using (var s3 = S3Client.Create(second.S3))
        {
            var tags = await s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = "kept" });
            Assert.Equal("a=b", tags.TagSet.Select(tag => $"{tag.Key}={tag.Value}").Single());
            using var answer = await s3.GetObjectAsync("kept", "k");
            using var reader = new StreamReader(answer.ResponseStream);
            Assert.Equal("content", await reader.ReadToEndAsync());
        }

        using (var novu = new NovuClient(second.Novu))
            await novu.TriggerAsync("welcome", new { subscriberId = "ann" }, transactionId: "1");
        using var control = new SandboxControl(second.Novu);
        Assert.Single(await control.GetMailsAsync("ann"));
    }

    [Fact]
    public async Task The_stand_ins_listen_only_on_the_address_that_is_asked_for()
    {
        await using var sandbox = await SandboxProgram.StartAsync("--listen", "127.0.0.2");
        using var client = new HttpClient();

        Assert.Equal("127.0.0.2", sandbox.Novu.Host);
        Assert.Equal("127.0.0.2", sandbox.S3.Host);
        using var answer = await client.GetAsync(sandbox.Novu, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(
            new UriBuilder(sandbox.Novu) { Host = "127.0.0.1" }.Uri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_ready_file_holds_the_addresses_and_sigterm_stops_the_sandbox_although_calls_hang()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "ready.json");
        await using var sandbox = await SandboxProgram.StartAsync("--ready-file", file);
        await AssertMore.EventuallyAsync(() =>
        {
            Assert.Equal(
                sandbox.Addresses["s3"]!.ToString(), JsonNode.Parse(File.ReadAllText(file))!["s3"]!.ToString());
            return Task.CompletedTask;
        });
        using var control = new SandboxControl(sandbox.Novu);
        var fault = await control.SetFaultAsync(new FaultRule { Kind = FaultKind.Hang });
        using var novu = new NovuClient(sandbox.Novu);
        var call = novu.GetAsync("/v1/health-check");
        await fault.WaitForHitsAsync();

        Assert.Equal(0, await sandbox.TerminateAsync());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_part_can_be_disabled()
    {
        await using var sandbox = await SandboxProgram.StartAsync("--no-keycloak", "--no-temporal");
        Assert.Null(sandbox.Addresses["keycloak"]);
        Assert.Null(sandbox.Addresses["temporal"]);
        Assert.NotNull(sandbox.Addresses["s3"]);
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_a_remedy()
    {
        await using var sandbox = await SandboxProgram.StartAsync("--no-keycloak", "--no-temporal");
        var (code, _, error) = await SandboxProgram.RunAsync(
            "--no-keycloak", "--no-temporal", "--no-novu", "--s3-port", $"{sandbox.S3.Port}");
        Assert.Equal(1, code);
        Assert.Contains($"Port {sandbox.S3.Port} for s3 is in use", error, StringComparison.Ordinal);
        Assert.Contains("--s3-port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sandboxes_cannot_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        await using var sandbox = await SandboxProgram.StartAsync("--data", folder.Path);
        var (code, _, error) = await SandboxProgram.RunAsync("--s3-port", "0", "--data", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains(folder.Path, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--s3-port", "70000", "0 to 65535")]
    [InlineData("--novu-port", "x", "'x'")]
    [InlineData("--s3-account", "key:secret", "ACCESSKEY:SECRETKEY:ACCOUNT")]
    [InlineData("--s3-flavour", "azure", "azure")]
    public async Task An_invalid_option_is_refused_with_the_expected_value(string option, string value, string expected)
    {
        var (code, _, error) = await SandboxProgram.RunAsync(option, value);
        Assert.NotEqual(0, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_has_examples_and_shows_no_secret_from_the_environment()
    {
        var (code, output, _) = await SandboxProgram.RunAsync("--help");
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("--ready-file", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_stand_in_listens_only_on_the_loopback_interface()
    {
        await using var sandbox = await SandboxProgram.StartAsync("--no-temporal");
        foreach (var part in new[] { "keycloak", "s3", "novu" })
            Assert.Equal(IPAddress.Loopback, IPAddress.Parse(new Uri(sandbox.Addresses[part]!.ToString()).Host));
    }
}
