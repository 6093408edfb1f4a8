using System.Diagnostics;
using Xunit;

namespace Testing;

/// <summary>Starts programs and captures their output.</summary>
public static class Commands
{
    /// <summary>The root of the checkout: the folder above the test binaries that contains <c>./dev</c>.</summary>
    public static string Root { get; } = FindRoot();

    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        using var process = Start(program, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CommandResult(process.ExitCode, await output, await errors);
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "dev")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException($"There is no ./dev above {AppContext.BaseDirectory}.");
    }
}

/// <summary>The exit code and the output of a program.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;

    /// <summary>Asserts exit code 0 and returns the result.</summary>
    public CommandResult EnsureSuccess()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}.\n{All}");
        return this;
    }
}
