using System.Text.RegularExpressions;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed partial class DemoTests(InstanceFixture fixture)
{
    [Fact]
    public async Task The_demo_ends_with_all_ticks_green_and_a_second_run_only_verifies()
    {
        string key = TenantKeys.New();
        var first = (await fixture.Instance.DevAsync("demo", "--key", key)).EnsureSuccess();
        Assert.Equal(11, Ticks(first));
        Assert.DoesNotContain("✘", first.Output, StringComparison.Ordinal);
        Assert.Contains("from sign-up to password", first.Output, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(1, 11),
            StepLine().Matches(first.Output).Select(line => int.Parse(line.Groups[1].Value, null)));

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

    [Theory]
    [InlineData("Bad_Key", "a key is 2 to 10 characters, a to z and 0 to 9, and begins with a letter")]
    [InlineData("a", "a key is 2 to 10 characters")]
    [InlineData("1st", "begins with a letter")]
    [InlineData("elevenchars", "a key is 2 to 10 characters")]
    [InlineData("admin", "the key is reserved")]
    public async Task A_key_that_no_tenant_can_have_is_refused_before_anything_starts(string key, string reason)
    {
        var instance = new Instance("refused");

        var result = await instance.DevAsync("demo", "--key", key);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains($"--key '{key}': ", result.Errors, StringComparison.Ordinal);
        Assert.Contains(reason, result.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(instance.State));
    }

    [GeneratedRegex(@"^ +(\d+)\. \S.* (?:DONE|SKIPPED)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex StepLine();

    private static int Ticks(CommandResult result) => result.Output.Count(character => character == '✔');
}
