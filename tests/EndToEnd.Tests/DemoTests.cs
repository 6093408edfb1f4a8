using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class DemoTests(InstanceFixture fixture)
{
    [Fact]
    public async Task The_demo_ends_with_all_ticks_green_and_a_second_run_only_verifies()
    {
        string key = TenantKeys.New();
        var first = (await fixture.Instance.DevAsync("demo", "--key", key)).EnsureSuccess();
        Assert.Equal(11, Ticks(first));
        Assert.DoesNotContain("✘", first.Output, StringComparison.Ordinal);
        Assert.Contains("from sign-up to password", first.Output, StringComparison.Ordinal);

        var second = (await fixture.Instance.DevAsync("demo", "--key", key)).EnsureSuccess();
        Assert.Equal(11, Ticks(second));
        Assert.DoesNotContain("Workflow provision-tenant", second.Output, StringComparison.Ordinal);

        string password = Path.Combine(fixture.Instance.State, "admins", key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
    }

    [Fact]
    public async Task Without_the_password_a_tenant_is_not_verified()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        var result = await fixture.Instance.DevAsync("verify", key);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not tried", result.Output, StringComparison.Ordinal);
        Assert.Equal(10, Ticks(result));
    }

    private static int Ticks(CommandResult result) => result.Output.Count(character => character == '✔');
}
