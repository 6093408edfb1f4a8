using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Sandbox.S3;
using Sandbox.S3.Signing;

namespace Sandbox.Tests.S3;

/// <summary>
/// Client for requests that the SDK would not send. They are signed by the code under test, whose signatures other
/// tests verify with the SDK.
/// </summary>
internal sealed partial class RawS3(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address };

    /// <summary>Offset of the client's clock.</summary>
    public TimeSpan ClockSkew { get; init; }

    public async Task<(int Status, string Code)> SendAsync(
        string method, string target, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var answer = await http.SendAsync(Signed(method, target, body ?? [], headers));
        var code = Code().Match(await answer.Content.ReadAsStringAsync());
        return ((int)answer.StatusCode, code.Groups[1].Value);
    }

    public async Task<string> ReadAsync(string method, string target)
    {
        using var answer = await http.SendAsync(Signed(method, target, [], []));
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<DateTimeOffset> DateAsync(string method, string target)
    {
        using var answer = await http.SendAsync(Signed(method, target, [], []));
        return answer.Headers.Date!.Value;
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Signed(string method, string target, byte[] body, (string Name, string Value)[] headers)
    {
        var date = (TimeProvider.System.GetUtcNow() + ClockSkew).ToString(
            "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var all = new Dictionary<string, string>
        {
            ["host"] = http.BaseAddress!.Authority,
            ["x-amz-content-sha256"] = Signer.Hash(body),
            ["x-amz-date"] = date,
        };
        foreach (var (name, value) in headers)
            all[name] = value;
        var signer = Signer.For(S3Options.DefaultAccount.SecretKey, date, "us-east-1");
        var names = all.Keys.Order(StringComparer.Ordinal).ToList();
        var canonical = CanonicalRequest.Of(
            ToRequest(method, target, all), target.Split('?')[0], names, all["x-amz-content-sha256"]);
        var message = new HttpRequestMessage(new HttpMethod(method), target) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in all)
            message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={S3Options.DefaultAccount.AccessKey}/{signer.Scope}, " +
            $"SignedHeaders={string.Join(';', names)}, Signature={signer.SignRequest(canonical)}");
        return message;
    }

    private static HttpRequest ToRequest(string method, string target, Dictionary<string, string> headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.QueryString = target.Contains('?', StringComparison.Ordinal)
            ? new QueryString("?" + target.Split('?')[1])
            : QueryString.Empty;
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        return request;
    }

    [GeneratedRegex("<Code>(.*?)</Code>")]
    private static partial Regex Code();
}
