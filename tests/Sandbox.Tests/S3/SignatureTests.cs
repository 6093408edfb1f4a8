using System.Net;
using System.Text;
using Amazon.S3.Model;
using Sandbox.Hosting;
using Sandbox.S3;
using Testing;

namespace Sandbox.Tests.S3;

public sealed class SignatureTests(SandboxFixture fixture)
{
    private const string Stream = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    private readonly string bucket = $"signed-{SandboxFixture.UniqueKey()}";

    [Fact]
    public async Task An_unknown_access_key_is_refused()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!, new S3Account("nobody", "secret", "000000000001"));
        var refusal = await S3Client.RefusedAsync(() => s3.ListBucketsAsync());
        Assert.Equal((HttpStatusCode.Forbidden, "InvalidAccessKeyId"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!, S3Options.DefaultAccount with { SecretKey = "wrong" });
        var refusal = await S3Client.RefusedAsync(() => s3.ListBucketsAsync());
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), (refusal.StatusCode, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_wrong_region_is_refused_with_the_name_of_the_right_one()
    {
        using var s3 = S3Client.Create(
            fixture.Sandbox.S3!, configure: config => config.AuthenticationRegion = "eu-central-1");
        var refusal = await S3Client.RefusedAsync(() => s3.ListBucketsAsync());
        Assert.Equal(
            (HttpStatusCode.BadRequest, "AuthorizationHeaderMalformed"), (refusal.StatusCode, refusal.ErrorCode));
        Assert.Contains("us-east-1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_region_is_answered_with_the_right_one_as_an_element_of_its_own()
    {
        await using var sandbox = await SandboxHost.StartAsync(
            SandboxOptions.OnFreePorts with { S3 = new S3Options { Region = "eu-central-1" } });
        using var raw = new RawS3(sandbox.S3!);

        Assert.Contains("<Region>eu-central-1</Region>", await raw.ReadAsync("GET", "/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_without_a_signature_is_refused()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(fixture.Sandbox.S3);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(
            "<Code>AccessDenied</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_skew_of_more_than_15_minutes_is_refused()
    {
        using var tooSkewed = new RawS3(fixture.Sandbox.S3!) { ClockSkew = TimeSpan.FromMinutes(16) };
        using var tolerated = new RawS3(fixture.Sandbox.S3!) { ClockSkew = TimeSpan.FromMinutes(-14) };
        Assert.Equal((403, "RequestTimeTooSkewed"), await tooSkewed.SendAsync("GET", "/"));
        Assert.Equal((200, ""), await tolerated.SendAsync("GET", "/"));
    }

    [Fact]
    public async Task A_body_other_than_the_signed_one_is_refused()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        var hash = ("x-amz-content-sha256", new string('0', 64));
        Assert.Equal(
            (400, "XAmzContentSHA256Mismatch"), await raw.SendAsync("PUT", $"/{bucket}/key", "body"u8.ToArray(), hash));
        Assert.Equal((404, "NoSuchKey"), await raw.SendAsync("GET", $"/{bucket}/key"));
    }

    [Fact]
    public async Task A_chunk_with_a_wrong_signature_is_refused()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        var body = Encoding.ASCII.GetBytes(
            $"4;chunk-signature={new string('0', 64)}\r\nbody\r\n0;chunk-signature=0\r\n\r\n");
        Assert.Equal(
            (403, "SignatureDoesNotMatch"),
            await raw.SendAsync(
                "PUT",
                $"/{bucket}/key",
                body,
                ("x-amz-content-sha256", Stream),
                ("x-amz-decoded-content-length", "4"),
                ("content-encoding", "aws-chunked")));
    }

    [Fact]
    public async Task A_body_without_the_announced_framing_is_refused_and_not_stored()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        Assert.Equal(
            (400, "IncompleteBody"),
            await raw.SendAsync(
                "PUT",
                $"/{bucket}/key",
                "plain body"u8.ToArray(),
                ("x-amz-content-sha256", Stream),
                ("x-amz-decoded-content-length", "10")));
    }

    [Fact]
    public async Task A_wrong_checksum_is_refused()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        Assert.Equal(
            (400, "BadDigest"),
            await raw.SendAsync("PUT", $"/{bucket}/key", "body"u8.ToArray(), ("x-amz-checksum-crc32", "AAAAAA==")));
    }

    // Check values for "123456789" from https://reveng.sourceforge.io/crc-catalogue/ .
    [Theory]
    [InlineData("crc32", "y/Q5Jg==")]
    [InlineData("crc32c", "4waSgw==")]
    [InlineData("crc64nvme", "rosUhgp5mIg=")]
    public async Task Every_crc_checksum_of_the_protocol_is_supported(string algorithm, string value)
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        Assert.Equal(
            (200, ""),
            await raw.SendAsync(
                "PUT", $"/{bucket}/key", "123456789"u8.ToArray(), ($"x-amz-checksum-{algorithm}", value)));
    }

    [Fact]
    public async Task Settings_without_a_checksum_are_refused()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        await raw.SendAsync("PUT", $"/{bucket}");
        var tags = "<Tagging><TagSet/></Tagging>"u8.ToArray();
        Assert.Equal((400, "InvalidRequest"), await raw.SendAsync("PUT", $"/{bucket}?tagging=", tags));
    }

    [Fact]
    public async Task A_document_type_in_xml_is_refused()
    {
        using var raw = new RawS3(fixture.Sandbox.S3!);
        var bomb = "<!DOCTYPE x [<!ENTITY a 'b'>]><CreateBucketConfiguration/>"u8.ToArray();
        Assert.Equal((400, "MalformedXML"), await raw.SendAsync("PUT", $"/{bucket}", bomb));
    }

    [Fact]
    public async Task A_bucket_of_another_account_is_neither_visible_nor_accessible()
    {
        var (mine, theirs) = (S3Options.DefaultAccount, new S3Account("other", "other-secret", "000000000002"));
        await using var sandbox = await SandboxHost.StartAsync(
            SandboxOptions.OnFreePorts with { S3 = new S3Options { Accounts = [mine, theirs] } });
        using var me = S3Client.Create(sandbox.S3!, mine);
        using var them = S3Client.Create(sandbox.S3!, theirs);
        await them.PutBucketAsync(bucket);

        var create = await S3Client.RefusedAsync(() => me.PutBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketAlreadyExists"), (create.StatusCode, create.ErrorCode));
        var delete = await S3Client.RefusedAsync(() => me.DeleteBucketAsync(bucket));
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied"), (delete.StatusCode, delete.ErrorCode));
        Assert.Null((await me.ListBucketsAsync()).Buckets);
        await them.HeadBucketAsync(
            new HeadBucketRequest { BucketName = bucket, ExpectedBucketOwner = theirs.AccountId });
        var owner = await S3Client.RefusedAsync(() => them.HeadBucketAsync(new HeadBucketRequest
        {
            BucketName = bucket,
            ExpectedBucketOwner = mine.AccountId,
        }));
        Assert.Equal(HttpStatusCode.Forbidden, owner.StatusCode);
    }
}
