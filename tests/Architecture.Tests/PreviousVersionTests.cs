using System.Diagnostics;

namespace Architecture.Tests;

/// <summary>The commit that <c>./dev test --upgrade</c> builds as the previous version.</summary>
public sealed class PreviousVersionTests
{
    [Fact]
    public async Task It_is_a_commit_of_the_history()
    {
        string commit = Repository.Read("tests", "EndToEnd.Tests", "Upgrade", "previous-version").Trim();
        Assert.Matches("^[0-9a-f]{40}$", commit);
        Assert.SkipUnless(Path.Exists(Path.Combine(Repository.Root, ".git")), "This is no clone.");
        Assert.SkipWhen(await GitAsync("rev-parse", "--is-shallow-repository") is (0, "true"), "The clone is shallow.");

        Assert.Equal((0, ""), await GitAsync("merge-base", "--is-ancestor", commit, "HEAD"));
    }

    private static async Task<(int ExitCode, string Output)> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        })!;
        string output = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (git.ExitCode, output.Trim());
    }
}
