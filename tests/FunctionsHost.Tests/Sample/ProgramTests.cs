using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FunctionsHost.Tests.Sample;

/// <summary>The stand-in as a program, in the place of <c>func start</c>.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task It_lists_the_functions_with_methods_and_addresses_and_ends_with_its_worker()
    {
        await using var program = RunningProgram.Start(["--port", "0"]);
        await program.LineAsync("Functions:");
        var echo = await program.LineAsync("\tEcho: ");
        await program.LineAsync("\tWait: ");
        var port = new Uri(echo.Split(' ')[2]).Port;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var id = await client.GetStringAsync("/api/process", TestContext.Current.CancellationToken);

        var code = await program.ExitAsync(terminate: true);

        Assert.Equal(0, code);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(int.Parse(id, null)));
        Assert.Equal($"\tEcho: [POST,PUT] http://localhost:{port}/api/echo", echo);
        Assert.Contains($"\tSetting: [GET] http://localhost:{port}/api/settings/{{name}}", program.Lines);
        var names = program.Lines.Where(line => line.StartsWith('\t')).Select(line => line.Split(':')[0]).ToList();
        Assert.Equal(names.Order(StringComparer.OrdinalIgnoreCase), names);
        Assert.DoesNotContain(program.Lines, line => line.Contains('\e', StringComparison.Ordinal));
        Assert.Contains(program.Lines, line =>
            line.Contains("fail: Host: The 'Reserved' function is in error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_of_local_settings_json_reach_the_worker_unless_the_environment_sets_them()
    {
        var port = FreePort();
        await using var program = RunningProgram.Start(
            [],
            $$"""
            { "IsEncrypted": false, "Host": { "LocalHttpPort": {{port}} },
              "Values": { "SAMPLE_A": "file", "SAMPLE_B": "file" } }
            """,
            new() { ["SAMPLE_B"] = "environment" });
        await program.LineAsync("Functions:");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/settings/") };

        Assert.Equal("file", await client.GetStringAsync("SAMPLE_A", TestContext.Current.CancellationToken));
        Assert.Equal("environment", await client.GetStringAsync("SAMPLE_B", TestContext.Current.CancellationToken));
        Assert.Equal("Development", await client.GetStringAsync(
            "AZURE_FUNCTIONS_ENVIRONMENT", TestContext.Current.CancellationToken));
        Assert.Contains("SAMPLE_B of local.settings.json is skipped: the environment sets it.", program.Lines);
    }

    [Fact]
    public async Task The_port_of_the_command_line_goes_before_that_of_local_settings_json()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var other = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var program = RunningProgram.Start(
            ["-p", "0"], $$"""{ "IsEncrypted": false, "Host": { "LocalHttpPort": {{other}} } }""");

        Assert.Equal("Functions:", await program.LineAsync("Functions:"));
    }

    [Fact]
    public async Task A_port_in_use_ends_it_with_a_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var program = RunningProgram.Start(["--port", $"{port}"]);

        Assert.Equal(1, await program.ExitAsync());
        Assert.StartsWith(
            $"Port {port} is unavailable.",
            await program.Errors.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Encrypted_local_settings_end_it_with_a_sentence()
    {
        await using var program = RunningProgram.Start(["--port", "0"], """{ "IsEncrypted": true }""");

        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains(
            "needs \"IsEncrypted\": false",
            await program.Errors.ReadToEndAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
