namespace Torture.Environments;

/// <summary>
/// Caches an operator's token and renews it in the background long before it expires, so that polling never waits.
/// </summary>
/// <param name="logIn">Requests a token. Takes seconds: <c>./dev token</c> starts processes.</param>
internal sealed class OperatorToken(Func<Task<string>> logIn)
{
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(1);

    /// <summary>The age up to which a token is used. Keycloak issues it for five minutes.</summary>
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(4);

    private readonly Lock gate = new();
    private string token = "";
    private DateTimeOffset issuedAt;
    private Task renewal = Task.CompletedTask;

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var age = TimeProvider.System.GetUtcNow() - issuedAt;
            Task pending;
            lock (gate)
            {
                if (age > RenewAfter && renewal.IsCompleted)
                {
                    renewal = RenewAsync();
                }

                pending = renewal;
            }

            if (age <= ValidFor)
            {
                return token;
            }

            await pending.WaitAsync(cancellationToken);
        }
    }

    private async Task RenewAsync()
    {
        var requestedAt = TimeProvider.System.GetUtcNow();
        token = await logIn();
        issuedAt = requestedAt;
    }
}
