using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sandbox.Control;
using Sandbox.Hosting;
using Sandbox.Tests.Keycloak;
using Sandbox.Tests.S3;
using Testing;

namespace Sandbox.Tests.Proxies;

/// <summary>Without faults, the proxy in front of a real HTTP server changes neither requests nor answers.</summary>
public sealed class HttpProxyTests(ProxyFixture proxy, SandboxFixture upstream) : IClassFixture<ProxyFixture>
{
    private readonly string name = SandboxFixture.UniqueKey();

    [Fact]
    public async Task Keycloak_uses_the_proxys_address_as_issuer_and_in_locations()
    {
        await using var keycloak = new KeycloakServer(proxy.Sandbox.Keycloak!);
        var token = await keycloak.PasswordAsync("master", "admin-cli", "admin", "admin");
        Assert.Equal(keycloak.Issuer("master"), token.AccessClaims["iss"]!.GetValue<string>());

        var made = await keycloak.PostAsync("/admin/realms", $$"""{"realm":"{{name}}"}""", token.AccessToken);

        Assert.Equal(new Uri(proxy.Sandbox.Keycloak!, $"/admin/realms/{name}").OriginalString, made.Location);
        (await keycloak.DeleteAsync($"/admin/realms/{name}", token.AccessToken)).Is(204);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space+plus~tilde%41/./ü&=?#")]
    public async Task Signed_uploads_pass_with_any_key(string key)
    {
        using var s3 = S3Client.Create(proxy.Sandbox.S3!);
        await s3.PutBucketAsync(name);
        using var content = new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 300_000)));

        // The SDK sends a stream in signed chunks.
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = name, Key = key, InputStream = content });

        var head = await s3.GetObjectMetadataAsync(name, key);
        Assert.Equal(300_000, head.ContentLength);
        var part = await s3.GetObjectAsync(
            new GetObjectRequest { BucketName = name, Key = key, ByteRange = new ByteRange(5, 9) });
        using var reader = new StreamReader(part.ResponseStream);
        Assert.Equal("xxxxx", await reader.ReadToEndAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await s3.DeleteObjectAsync(name, key)).HttpStatusCode);
        await s3.DeleteBucketAsync(name);
    }

    [Fact]
    public async Task Requests_and_answers_pass_unchanged()
    {
        await using var server = await EchoAsync();
        await using var sandbox = await SandboxHost.StartAsync(
            OnlyKeycloak with { KeycloakUpstream = new Uri(server.Urls.First()) });
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var target = new Uri($"{sandbox.Keycloak!.OriginalString.TrimEnd('/')}/a%2Fb/../%7e?q=%20+x",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Put, target) { Content = new StringContent("body") };
        request.Headers.ExpectContinue = true;
        request.Headers.Add("x-amz-meta", "value");

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("https://elsewhere.example/", answer.Headers.Location!.OriginalString);
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", answer.Headers.GetValues("Date").Single());
        Assert.Equal($"PUT /a%2Fb/../%7e?q=%20+x {sandbox.Keycloak.Authority} 100-continue value body",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_is_lost_after_the_call_takes_effect()
    {
        using var s3 = S3Client.Create(proxy.Sandbox.S3!);
        await using var fault = await SetFaultAsync(FaultKind.LoseAnswer);

        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(name));

        Assert.True(await BucketExistsAsync());
        var call = await AssertMore.EventuallyAsync(() => FirstCallAsync(fault), call => call.Effect);
        Assert.Equal((200, false), (call.Status, call.Answered));
    }

    [Theory]
    [InlineData(FaultKind.LoseAnswer)]
    [InlineData(FaultKind.HoldAnswer)]
    public async Task A_failure_of_the_server_does_not_use_up_a_fault_that_requires_an_effect(FaultKind kind)
    {
        using var s3 = S3Client.Create(proxy.Sandbox.S3!);
        await using var fault = await SetFaultAsync(kind);
        await using (await upstream.Control.SetFaultAsync(
            new FaultRule { System = "s3", Path = $"/{name}*", Status = 500, Count = 0 }))
        {
            var failed = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.PutBucketAsync(name));
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        Assert.Equal(0, await fault.GetHitsAsync());
        using var cancellation = new CancellationTokenSource();
        var call = s3.PutBucketAsync(new PutBucketRequest { BucketName = name }, cancellation.Token);
        await fault.WaitForHitsAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.True(await BucketExistsAsync());
    }

    [Fact]
    public async Task A_reset_call_does_not_reach_the_server()
    {
        using var s3 = S3Client.Create(proxy.Sandbox.S3!);
        await using var fault = await SetFaultAsync(FaultKind.Reset);

        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(name));

        Assert.False(await BucketExistsAsync());
    }

    [Theory]
    [InlineData(FaultKind.LateEffect)]
    [InlineData(FaultKind.AfterCallerLeft)]
    public async Task A_call_reaches_the_server_after_its_caller_disconnects(FaultKind kind)
    {
        using var s3 = S3Client.Create(proxy.Sandbox.S3!);
        await using var fault = await SetFaultAsync(kind);
        using var cancellation = new CancellationTokenSource();
        var call = s3.PutBucketAsync(new PutBucketRequest { BucketName = name }, cancellation.Token);
        await fault.WaitForHitsAsync();
        Assert.False(await BucketExistsAsync());

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await fault.ReleaseAsync();

        await AssertMore.EventuallyAsync(BucketExistsAsync, exists => exists);
    }

    [Fact]
    public async Task The_connection_is_aborted_if_no_server_listens()
    {
        await using var sandbox = await SandboxHost.StartAsync(
            OnlyKeycloak with { KeycloakUpstream = new Uri("http://127.0.0.1:1") });
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(sandbox.Keycloak));
    }

    private static SandboxOptions OnlyKeycloak => SandboxOptions.OnFreePorts with
    {
        S3Port = null,
        NovuPort = null,
        TemporalPort = null,
    };

    // The fault applies to all calls, since .NET repeats a request if its pooled connection is reset before an answer.
    private Task<SandboxFault> SetFaultAsync(FaultKind kind) => proxy.Control.SetFaultAsync(
        new FaultRule { System = "s3", Method = "PUT", Path = $"/{name}*", Kind = kind, Count = 0 });

    private async Task<JournalEntry> FirstCallAsync(SandboxFault fault) =>
        (await proxy.Control.GetCallsAsync(name)).First(call => call.Fault == fault.Id);

    // Queries the server directly, not through the proxy.
    private async Task<bool> BucketExistsAsync()
    {
        using var s3 = S3Client.Create(upstream.Sandbox.S3!);
        return (await s3.ListBucketsAsync()).Buckets?.Any(bucket => bucket.BucketName == name) ?? false;
    }

    private static async Task<WebApplication> EchoAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            var request = context.Request;
            using var reader = new StreamReader(request.Body);
            var echo = $"{request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget} {request.Host} "
                + $"{request.Headers.Expect} {request.Headers["x-amz-meta"]} {await reader.ReadToEndAsync()}";
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = "https://elsewhere.example/";
            context.Response.Headers.Date = "Thu, 01 Jan 1970 00:00:00 GMT";
            await context.Response.WriteAsync(echo);
        });
        await app.StartAsync();
        return app;
    }
}
