namespace Benchmarks.Tests;

public sealed class BenchmarksCommandTests
{
    [Theory]
    [InlineData("Unknown argument 'throughput'.", "throughput")]
    [InlineData("Unknown argument '--loops'.", "journey", "--loops")]
    [InlineData("Unknown argument '--rounds'.", "code", "--rounds", "3")]
    [InlineData("Required command was not provided.")]
    [InlineData("Option '--rounds' takes a whole number of at least 1, not '0'.", "ingress", "--rounds", "0")]
    [InlineData("Option '--rounds' takes a whole number of at least 1, not '-3'.", "journey", "--rounds", "-3")]
    [InlineData("Option '--rounds' takes a whole number of at least 1, not 'few'.", "ingress", "--rounds", "few")]
    [InlineData("Option '--rounds' takes a whole number of at least 1, not '1.5'.", "journey", "--rounds", "1.5")]
    [InlineData("Required argument missing for option: '--rounds'.", "ingress", "--rounds")]
    public async Task A_misuse_gives_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal($"{message} See './dev bench --help'.{Environment.NewLine}", errors);
    }

    [Fact]
    public async Task The_help_lists_each_benchmark()
    {
        var (exitCode, output, errors) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
        Assert.All(
            (string[])["code", "ingress", "journey"],
            name => Assert.Contains($"./dev bench {name}", output, StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        int exitCode = await BenchmarksCommand.RunAsync(arguments, new() { Output = output, Error = errors });
        return (exitCode, output.ToString(), errors.ToString());
    }
}
