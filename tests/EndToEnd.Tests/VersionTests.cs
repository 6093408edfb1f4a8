using ControlPlane;
using Testing;

namespace EndToEnd.Tests;

/// <summary>Every program tells the version that it was built from, without any setting.</summary>
public sealed class VersionTests
{
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

        Assert.Equal((0, ProductVersion.Current), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    public async Task The_development_script_prints_the_version()
    {
        var result = await Commands.RunAsync(
            Path.Combine(Commands.Root, "dev"), ["--version"], new Dictionary<string, string?>());

        Assert.StartsWith(ProductVersion.Current.Split('+')[0], result.Output, StringComparison.Ordinal);
    }
}
