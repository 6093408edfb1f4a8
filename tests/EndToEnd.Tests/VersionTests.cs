using ControlPlane;
using Testing;

namespace EndToEnd.Tests;

/// <summary>Every program tells the version that it was built from, without any setting.</summary>
public sealed class VersionTests
{
    // Without the commit: a single project may have been built since the last one.
    private static string Version => ProductVersion.Current.Split('+')[0];

    [Theory]
    [InlineData("Functions")]
    [InlineData("Server")]
    [InlineData("Worker")]
    [InlineData("Sandbox")]
    [InlineData("FunctionsHost")]
    [InlineData("Torture")]
    [InlineData("Benchmarks")]
    public async Task A_program_prints_its_version(string program)
    {
        string file = Path.Combine(Commands.Root, "artifacts", "bin", program, "release", program);

        var result = await Commands.RunAsync(file, ["--version"], new Dictionary<string, string?>());

        Assert.Equal((0, Version), (result.ExitCode, result.Output.Trim().Split('+')[0]));
    }

    [Fact]
    public async Task The_development_script_prints_the_version()
    {
        var result = await Commands.RunAsync(
            Path.Combine(Commands.Root, "dev"), ["--version"], new Dictionary<string, string?>());

        Assert.StartsWith(Version, result.Output, StringComparison.Ordinal);
    }
}
