using System.Net;
using Npgsql;

namespace ControlPlane.Persistence.Entra;

/// <summary>
/// The tokens of one resource. A token is kept until shortly before it expires. One request at a time is sent, and
/// after a failed one there is a pause: the endpoints limit the rate, and a pool opens many connections at once.
/// </summary>
/// <remarks>It does not retry: a caller's next connection does.</remarks>
public sealed class EntraTokens(EntraOptions options, string resource, TimeProvider time) : IDisposable
{
    /// <summary>The resource of Azure Database for PostgreSQL, the same in every Entra tenant.</summary>
    public const string PostgresResource = "https://ossrdbms-aad.database.windows.net";

    // Managed identities keep a token until five minutes before its expiry and then issue another one.
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    // A proxy would take the requests to the link-local addresses of managed identities out of the machine.
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        UseProxy = options.Source == EntraSource.Workload,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = CallTimeout,
    };

    private readonly SemaphoreSlim turn = new(1);
    private EntraToken? token;
    private (EntraTokenException Error, DateTimeOffset Until)? failure;

    /// <exception cref="EntraTokenException">No token was issued, and there is no valid earlier one.</exception>
    public async ValueTask<EntraToken> GetTokenAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (token is { } kept && now < kept.ExpiresAt - RefreshBefore)
            {
                return kept;
            }

            if (failure is not { } last || now >= last.Until)
            {
                await RefreshAsync(now, cancellationToken).ConfigureAwait(false);
            }

            // An earlier token outlives a short outage of the endpoint.
            return token is { } current && now < current.ExpiresAt ? current : throw failure!.Value.Error;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Returns the password of a connection.</summary>
    public async ValueTask<string> GetAsync(
        NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken) =>
        (await GetTokenAsync(cancellationToken).ConfigureAwait(false)).Text;

    /// <summary>
    /// Returns the password of a connection that is opened synchronously, such as that of the worker's gauges.
    /// </summary>
    public string Get(NpgsqlConnectionStringBuilder connection) =>
        GetAsync(connection, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void Dispose()
    {
        http.Dispose();
        turn.Dispose();
    }

    private async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var pause = Pause;
        try
        {
            using var request = EntraRequests.Create(options, resource);
            using var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            pause = PauseAfter(answer);
            token = await ReadAsync(answer, now, cancellationToken).ConfigureAwait(false);
            failure = token.ExpiresAt > now ? null : Failed("The token endpoint issued an expired token.");
        }
        catch (EntraTokenException e)
        {
            failure = (e, now + pause);
        }
        catch (HttpRequestException e)
        {
            failure = Failed($"The token endpoint {options.Endpoint.Authority} cannot be reached.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            failure = Failed($"The token endpoint did not answer within {CallTimeout.TotalSeconds} seconds.", e);
        }

        (EntraTokenException, DateTimeOffset) Failed(string message, Exception? inner = null) =>
            (new EntraTokenException(message, inner), now + pause);
    }

    private static async Task<EntraToken> ReadAsync(
        HttpResponseMessage answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string body = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var content = EntraAnswer.Parse(body);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new EntraTokenException($"The token endpoint answered {(int)answer.StatusCode} "
                + $"({content?.Reason() ?? "no JSON"}): {EntraAnswer.Remedy(answer.StatusCode)}.");
        }

        return content?.ToToken(now) ?? throw new EntraTokenException("The token endpoint did not answer with JSON.");
    }

    private static TimeSpan PauseAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is not { } asked || asked < Pause ? Pause
        : asked > MaxPause ? MaxPause
        : asked;
}
