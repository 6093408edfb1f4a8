using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class DemoTests(RunningInstance running)
{
    [Fact]
    public async Task The_demo_ends_with_every_tick_green_and_a_second_time_only_verifies()
    {
        string key = Keys.New();
        var first = (await running.Instance.DevAsync("demo", "--key", key)).AndSucceeded();
        Assert.Equal(11, Ticks(first));
        Assert.DoesNotContain("✘", first.Output, StringComparison.Ordinal);
        Assert.Contains("from sign-up to password", first.Output, StringComparison.Ordinal);

        var second = (await running.Instance.DevAsync("demo", "--key", key)).AndSucceeded();
        Assert.Equal(11, Ticks(second));
        Assert.DoesNotContain("Workflow provision-tenant", second.Output, StringComparison.Ordinal);

        string password = Path.Combine(running.Instance.State, "admins", key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
    }

    [Fact]
    public async Task Without_its_password_a_tenant_is_not_verified()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        var said = await running.Instance.DevAsync("verify", key);

        Assert.Equal(1, said.ExitCode);
        Assert.Contains("not tried", said.Output, StringComparison.Ordinal);
        Assert.Equal(10, Ticks(said));
    }

    private static int Ticks(Said said) => said.Output.Count(character => character == '✔');
}
