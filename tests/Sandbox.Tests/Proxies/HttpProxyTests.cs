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

/// <summary>What passes the proxy before a real server is what would come without it, faults apart.</summary>
public sealed class HttpProxyTests(ProxiedWorld world, SandboxFixture upstream) : IClassFixture<ProxiedWorld>
{
    private readonly string name = SandboxFixture.UniqueKey();

    [Fact]
    public async Task Keycloak_names_the_proxy_as_issuer_and_in_what_it_makes()
    {
        await using var keycloak = new KeycloakServer(world.Front.Keycloak!);
        var token = await keycloak.PasswordAsync("master", "admin-cli", "admin", "admin");
        Assert.Equal(keycloak.Issuer("master"), token.AccessClaims["iss"]!.GetValue<string>());

        var made = await keycloak.PostAsync("/admin/realms", $$"""{"realm":"{{name}}"}""", token.AccessToken);

        Assert.Equal(new Uri(world.Front.Keycloak!, $"/admin/realms/{name}").OriginalString, made.Location);
        (await keycloak.DeleteAsync($"/admin/realms/{name}", token.AccessToken)).Is(204);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space+plus~tilde%41/./ü&=?#")]
    public async Task Signed_uploads_pass_whatever_their_key_is(string key)
    {
        using var s3 = S3Client.Create(world.Front.S3!);
        await s3.PutBucketAsync(name);
        using var content = new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 300_000)));

        // A stream goes out signed in chunks.
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
    public async Task Requests_and_answers_pass_to_the_letter()
    {
        await using var server = await EchoAsync();
        await using var front = await SandboxHost.StartAsync(
            OnlyKeycloak with { KeycloakUpstream = new Uri(server.Urls.First()) });
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var target = new Uri($"{front.Keycloak!.OriginalString.TrimEnd('/')}/a%2Fb/../%7e?q=%20+x",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Put, target) { Content = new StringContent("body") };
        request.Headers.ExpectContinue = true;
        request.Headers.Add("x-amz-meta", "value");

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("https://elsewhere.example/", answer.Headers.Location!.OriginalString);
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", answer.Headers.GetValues("Date").Single());
        Assert.Equal($"PUT /a%2Fb/../%7e?q=%20+x {front.Keycloak.Authority} 100-continue value body",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_is_lost_after_the_server_did_it()
    {
        using var s3 = S3Client.Create(world.Front.S3!);
        await using var fault = await FaultAsync(FaultKind.LoseAnswer);

        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(name));

        Assert.True(await BucketExistsAsync());
        var call = await AssertMore.EventuallyAsync(() => FirstCallAsync(fault), call => call.Effect);
        Assert.Equal((200, false), (call.Status, call.Answered));
    }

    [Theory]
    [InlineData(FaultKind.LoseAnswer)]
    [InlineData(FaultKind.HoldAnswer)]
    public async Task A_server_that_fails_by_itself_uses_up_no_fault_that_wants_an_effect(FaultKind kind)
    {
        using var s3 = S3Client.Create(world.Front.S3!);
        await using var fault = await FaultAsync(kind);
        await using (await upstream.Control.FaultAsync(
            new FaultRule { System = "s3", Path = $"/{name}*", Status = 500, Count = 0 }))
        {
            var failed = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.PutBucketAsync(name));
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        Assert.Equal(0, await fault.HitsAsync());
        using var leaving = new CancellationTokenSource();
        var call = s3.PutBucketAsync(new PutBucketRequest { BucketName = name }, leaving.Token);
        await fault.HitAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.True(await BucketExistsAsync());
    }

    [Fact]
    public async Task What_is_cut_before_does_not_reach_the_server()
    {
        using var s3 = S3Client.Create(world.Front.S3!);
        await using var fault = await FaultAsync(FaultKind.Reset);

        await Assert.ThrowsAnyAsync<Exception>(() => s3.PutBucketAsync(name));

        Assert.False(await BucketExistsAsync());
    }

    [Theory]
    [InlineData(FaultKind.LateEffect)]
    [InlineData(FaultKind.AfterCallerLeft)]
    public async Task A_call_reaches_the_server_when_its_caller_has_gone(FaultKind kind)
    {
        using var s3 = S3Client.Create(world.Front.S3!);
        await using var fault = await FaultAsync(kind);
        using var leaving = new CancellationTokenSource();
        var call = s3.PutBucketAsync(new PutBucketRequest { BucketName = name }, leaving.Token);
        await fault.HitAsync();
        Assert.False(await BucketExistsAsync());

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await fault.ReleaseAsync();

        await AssertMore.EventuallyAsync(BucketExistsAsync, exists => exists);
    }

    [Fact]
    public async Task Where_no_server_listens_the_connection_is_cut()
    {
        await using var front = await SandboxHost.StartAsync(
            OnlyKeycloak with { KeycloakUpstream = new Uri("http://127.0.0.1:1") });
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(front.Keycloak));
    }

    private static SandboxOptions OnlyKeycloak => SandboxOptions.OnFreePorts with
    {
        S3Port = null,
        NovuPort = null,
        TemporalPort = null,
    };

    // All of them: .NET sends a request again whose pooled connection was cut before an answer.
    private Task<SandboxFault> FaultAsync(FaultKind kind) => world.Control.FaultAsync(
        new FaultRule { System = "s3", Method = "PUT", Path = $"/{name}*", Kind = kind, Count = 0 });

    private async Task<JournalEntry> FirstCallAsync(SandboxFault fault) =>
        (await world.Control.CallsAsync(name)).First(call => call.Fault == fault.Id);

    // Asks the server itself.
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
