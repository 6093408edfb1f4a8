using System.Net.NetworkInformation;
using System.Net.Sockets;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class ProcessTests(InstanceFixture fixture)
{
    [Fact]
    public async Task A_second_up_reports_that_the_instance_is_running_and_its_address()
    {
        var result = (await fixture.Instance.DevAsync("up", "--detach", "--no-build")).EnsureSuccess();

        Assert.Contains("It is running already", result.Output, StringComparison.Ordinal);
        Assert.Contains(fixture.Instance.Functions.Authority, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_ups_start_one_instance_though_ports_are_lost_and_Ctrl_C_leaves_no_process_and_no_port()
    {
        var instance = new Instance("foreground");
        string dev = Path.Combine(Commands.Root, "dev");
        // A shell that runs the tests in the background ignores SIGINT, and child processes inherit that.
        using var first = Commands.Start(
            "env", ["--default-signal=INT", dev, "up", "--no-build", "--free-ports"], instance.Variables);
        try
        {
            string addresses = Path.Combine(instance.State, "addresses");
            await AssertMore.EventuallyAsync(
                () => Task.FromResult(File.Exists(addresses) && File.ReadAllText(addresses).Contains("FUNCTIONS_PORT")),
                begun => begun);
            // The cluster of PostgreSQL is made first, so both parts find their ports taken.
            using var takesTemporals = Listen(instance.Address("TEMPORAL_PORT"));
            using var takesS3s = Listen(instance.Address("S3_PORT"));
            string[] taken = [instance.Address("TEMPORAL_PORT"), instance.Address("S3_PORT")];
            var second = (await instance.DevAsync("up", "--detach", "--no-build", "--free-ports")).EnsureSuccess();
            Assert.Contains("It is running already", second.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(instance.Address("TEMPORAL_PORT"), taken);
            Assert.DoesNotContain(instance.Address("S3_PORT"), taken);
            int[] ports = [.. instance.Ports];
            int[] pids = [.. Directory.GetFiles(Path.Combine(instance.State, "run"))
                .Select(file => instance.Pid(Path.GetFileName(file)))];
            Assert.NotEmpty(pids);
            // The signal that a terminal sends on Ctrl-C.
            await Commands.RunAsync("kill", ["-INT", $"{first.Id}"], instance.Variables);
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);

            string output = await first.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
                + await first.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(first.ExitCode == 130, $"Exit code {first.ExitCode}: {output}");
            Assert.DoesNotContain(ListeningPorts(), ports.Contains);
            Assert.All(pids, pid => Assert.False(IsRunning(pid), $"{pid} is still running"));
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    [Theory]
    [InlineData("tset", "did you mean 'test'?")]
    [InlineData("dowm", "did you mean 'down'?")]
    [InlineData("verfiy", "did you mean 'verify'?")]
    [InlineData("nothing-like-it", "is no command (see ./dev --help)")]
    public async Task An_unknown_command_is_answered_with_one_line(string command, string answer)
    {
        var result = await new Instance("none").DevAsync(command);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith($"dev: '{command}' is no command", line, StringComparison.Ordinal);
        Assert.Contains(answer, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_were_given_stay_after_down_and_are_named_until_an_empty_one_drops_them()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        string port = $"{((System.Net.IPEndPoint)other.LocalEndpoint).Port}";
        var instance = new Instance("given");
        try
        {
            Directory.CreateDirectory(instance.State);
            await File.WriteAllTextAsync(
                Path.Combine(instance.State, "given"), "TENANT_KEY_MAX_LENGTH=20\n",
                TestContext.Current.CancellationToken);
            // The taken port ends them after the settings were read.
            string[] up = ["up", "--detach", "--no-build", "--free-ports", "--port", port];

            var kept = await instance.DevAsync(up);
            var dropped = await instance.DevWithEnvironmentAsync(new() { ["TENANT_KEY_MAX_LENGTH"] = "" }, up);

            Assert.Contains("Kept from the last up: TENANT_KEY_MAX_LENGTH", kept.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Kept from the last up", dropped.Output, StringComparison.Ordinal);
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    [Fact]
    public async Task A_taken_port_of_the_functions_is_never_replaced_silently()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        int port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        var instance = new Instance("taken");
        try
        {
            var result = await instance.DevAsync("up", "--detach", "--no-build", "--free-ports", "--port", $"{port}");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains($"port {port} is taken", result.Errors, StringComparison.Ordinal);
            Assert.Contains("--port", result.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    [Theory]
    [InlineData("/nowhere", "there is no temporal in /nowhere", "--help")]
    [InlineData("", "which servers?", "--servers")]
    public async Task Missing_real_servers_are_named_with_a_remedy(
        string folder, string found, string remedy)
    {
        var instance = new Instance("nowhere");
        try
        {
            var result = await instance.DevWithEnvironmentAsync(
                new() { ["REAL_SERVERS"] = folder }, "up", "--real", "--detach", "--no-build");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains(found, result.Errors, StringComparison.Ordinal);
            Assert.Contains(remedy, result.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    [Theory]
    [InlineData("test", "--real")]
    [InlineData("check", "--real")]
    [InlineData("check", "--servers", "")]
    [InlineData("torture", "--real")]
    [InlineData("demo", "--servers")]
    public async Task Real_servers_without_a_folder_are_refused_and_never_replaced_by_stand_ins(
        params string[] arguments)
    {
        var result = await new Instance("none").DevWithEnvironmentAsync(new() { ["REAL_SERVERS"] = null }, arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--servers", result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task An_instance_started_with_stand_ins_cannot_switch_to_real_servers()
    {
        var result = await fixture.Instance.DevAsync("up", "--real", "--servers", "/nowhere", "--detach", "--no-build");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("./dev reset", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench")]
    [InlineData("check")]
    [InlineData("crash")]
    [InlineData("demo")]
    [InlineData("doctor")]
    [InlineData("down")]
    [InlineData("logs")]
    [InlineData("orphans")]
    [InlineData("package")]
    [InlineData("reset")]
    [InlineData("residue")]
    [InlineData("setup")]
    [InlineData("sql")]
    [InlineData("test")]
    [InlineData("token")]
    [InlineData("up")]
    [InlineData("verify")]
    public async Task The_help_of_each_command_has_an_example(string command)
    {
        var result = (await fixture.Instance.DevAsync(command, "--help")).EnsureSuccess();

        Assert.Contains("Example:", result.Output, StringComparison.Ordinal);
        Assert.Contains($"./dev {command}", result.Output, StringComparison.Ordinal);
    }

    // An ended process stays in /proc as a zombie until its parent, after ./dev the init process, has waited for it.
    private static bool IsRunning(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static TcpListener Listen(string port)
    {
        var listener = new TcpListener(
            System.Net.IPAddress.Loopback, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        listener.Start();
        return listener;
    }

    private static IEnumerable<int> ListeningPorts() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(endpoint => endpoint.Port);
}
