namespace Torture.Environments;

/// <summary>
/// An operator's token, fetched anew long before it is over and in the background: whoever polls never waits for it.
/// </summary>
/// <param name="logIn">Takes seconds: <c>./dev token</c> starts processes of its own.</param>
internal sealed class OperatorToken(Func<Task<string>> logIn)
{
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(1);

    /// <summary>Keycloak gives it five minutes.</summary>
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
