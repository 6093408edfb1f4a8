namespace Torture.Worlds;

/// <summary>
/// An operator's token, fetched anew long before it is over and in the background: whoever polls never waits for it.
/// </summary>
/// <param name="logIn">Takes seconds: <c>./dev token</c> starts processes of its own.</param>
internal sealed class OperatorToken(Func<Task<string>> logIn)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>Keycloak gives it five minutes.</summary>
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(4);

    private readonly Lock gate = new();
    private string token = "";
    private DateTimeOffset from;
    private Task renewing = Task.CompletedTask;

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var age = TimeProvider.System.GetUtcNow() - from;
            Task current;
            lock (gate)
            {
                if (age > Fresh && renewing.IsCompleted)
                {
                    renewing = RenewAsync();
                }

                current = renewing;
            }

            if (age <= Usable)
            {
                return token;
            }

            await current.WaitAsync(cancellationToken);
        }
    }

    private async Task RenewAsync()
    {
        var asked = TimeProvider.System.GetUtcNow();
        token = await logIn();
        from = asked;
    }
}
