using System.Text;

namespace Api.Tests.Http;

/// <summary>
/// A thousand damaged requests from a seed: none is answered with 5xx, except a damaged version with 505.
/// </summary>
public sealed class RawHttpFuzzTests(ApiFixture fixture)
{
    private const int Cases = 1000;
    private const int Seed = 13;

    private static readonly string[] Lines =
    [
        "GET /ping HTTP/1.1", "POST /leads HTTP/1.1", "HEAD /verify HTTP/1.1", "GET /tenants?q=%00&limit=1 HTTP/1.1",
        "GET /tenants?cursor=%ff%fe HTTP/1.1", "DELETE /tenants/0197b0a1-0000-7000-8000-000000000001 HTTP/1.1",
        "POST /leads/0197b0a1-0000-7000-8000-000000000001/verify HTTP/1.1", "OPTIONS * HTTP/1.1",
        "GET /%zz/%2e%2e/%c0%af HTTP/1.1", "GET http://elsewhere/ping HTTP/1.1", "CONNECT elsewhere:1 HTTP/1.1",
        "POST /leads HTTP/1.0", "GET /pages/%00 HTTP/1.1", "POST /invitations/accept?%u0000 HTTP/1.1",
    ];

    private static readonly string[] Headers =
    [
        "Content-Type: application/json", "Content-Type: application/json; charset=\"utf-8\"",
        "Content-Type: application/json; charset=x", "Content-Type: ;;;", "Content-Encoding: gzip",
        "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 5, 5",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked", "Transfer-Encoding: identity",
        "Expect: 100-continue", "Expect: nonsense", "Host: other", "Host: [::", "Accept: */*;q=x",
        "Authorization: Bearer a.b.c", "Authorization: Bearer {TOKEN}", "Authorization: Basic ====", "Upgrade: h2c",
        "If-None-Match: \"", "Range: bytes=9-1", "Cookie: =;=,", "X-Forwarded-For: ,,[::1", "Folded: a\r\n b",
        "NoColon", ": empty", "Nul: \0", "Latin: \u00ff", "Forwarded: for=\"", "traceparent: 00-x",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "{", "[]", "null", "{\"email\":\"\\u0000@a.b\"}", "{\"email\":\"\\ud800\"}", "\u00ef\u00bb\u00bf{}",
        "{\"\\udc00\":1}", "{\"email\":1e999}", "{\"a\":{\"a\":{\"a\":[[[[[[]]]]]]}}}", "\u001f\u008b\b\0\0",
        "5\r\n{\"a\":\r\n0\r\n\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n", "2;x=\"\r\n{}\r\n0\r\nT: \0\r\n\r\n",
        "{\"email\":\"a@b.example\",\"firstName\":\"\\u0000\",\"lastName\":\"\\ufffe\",\"companyName\":\"x\"}",
    ];

    [Fact]
    public async Task No_damaged_request_is_answered_with_5xx()
    {
        await using var app = fixture.StartApplication();
        string token = fixture.Realm.CreateToken(app.Time.GetUtcNow());
        var random = new Random(Seed);
        var requests = Enumerable.Range(0, Cases).Select(_ => Create(random, token)).ToArray();
        int answered = 0;

        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 32,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (request, _) =>
            {
                string answer = await app.SendBytesAsync(request);
                Assert.False(IsServerError(answer),
                    $"{Encoding.Latin1.GetString(request)}\n---\n{answer}\n"
                    + app.Log.All.LastOrDefault(line => line.StartsWith("Error", StringComparison.Ordinal)));
                Interlocked.Add(ref answered, answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? 1 : 0);
            });

        Assert.InRange(answered, Cases / 2, Cases);
        Assert.DoesNotContain(app.Log.All, line => line.StartsWith("Error Api", StringComparison.Ordinal));
    }

    // The Functions host answers for what it cannot read or forward itself, without a body.
    private static bool IsServerError(string answer) => answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal)
        && !answer.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal)
        && !(Head.IsBehindHost && !answer.Contains("application/problem+json", StringComparison.Ordinal));

    private static byte[] Create(Random random, string token)
    {
        string body = Pick(random, Bodies);
        var lines = new List<string> { Pick(random, Lines), "Host: x", "Connection: close" };
        for (int i = random.Next(5); i > 0; i--)
        {
            lines.Add(Pick(random, Headers).Replace("{TOKEN}", token, StringComparison.Ordinal));
        }

        if (random.Next(4) > 0)
        {
            lines.Add(random.Next(3) == 0 ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}");
        }

        byte[] request = Encoding.Latin1.GetBytes(string.Join("\r\n", [.. lines, "", body]));
        for (int i = random.Next(6) - 3; i > 0; i--)
        {
            request[random.Next(request.Length)] = (byte)random.Next(256);
        }

        return random.Next(10) == 0 ? request[..random.Next(1, request.Length)] : request;
    }

    private static string Pick(Random random, string[] values) => values[random.Next(values.Length)];
}
