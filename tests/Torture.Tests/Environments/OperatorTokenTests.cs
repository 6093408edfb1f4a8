using Torture.Environments;

namespace Torture.Tests.Environments;

public sealed class OperatorTokenTests
{
    [Fact]
    public async Task Concurrent_requests_share_one_login_and_a_valid_token_is_reused()
    {
        var login = new TaskCompletionSource<string>();
        int logins = 0;
        var token = new OperatorToken(() =>
        {
            Interlocked.Increment(ref logins);
            return login.Task;
        });

        var first = token.GetAsync(TestContext.Current.CancellationToken);
        var second = token.GetAsync(TestContext.Current.CancellationToken);
        login.SetResult("secret");

        Assert.Equal("secret", await first);
        Assert.Equal("secret", await second);
        Assert.Equal("secret", await token.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, logins);
    }

    [Fact]
    public async Task A_request_ends_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var token = new OperatorToken(() => new TaskCompletionSource<string>().Task);

        var request = token.GetAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }
}
