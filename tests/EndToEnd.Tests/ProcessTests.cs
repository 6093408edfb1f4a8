using System.Net.NetworkInformation;
using System.Net.Sockets;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class ProcessTests(RunningInstance running)
{
    [Fact]
    public async Task A_second_up_says_that_it_runs_and_where()
    {
        var said = (await running.Instance.DevAsync("up", "--detach", "--no-build")).AndSucceeded();

        Assert.Contains("It is running already", said.Output, StringComparison.Ordinal);
        Assert.Contains(running.Instance.Functions.Authority, said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_ups_at_once_start_one_instance_and_Ctrl_C_leaves_no_process_and_no_port()
    {
        var instance = new Instance("foreground");
        string dev = Path.Combine(Commands.Root, "dev");
        // Whoever runs the tests in the background ignores Ctrl-C, and all below inherit that.
        using var first = Commands.Start(
            "env", ["--default-signal=INT", dev, "up", "--no-build", "--free-ports"], instance.Variables);
        try
        {
            await AssertMore.EventuallyAsync(
                () => Task.FromResult(File.Exists(Path.Combine(instance.State, "addresses"))), begun => begun);
            var second = (await instance.DevAsync("up", "--detach", "--no-build", "--free-ports")).AndSucceeded();
            Assert.Contains("It is running already", second.Output, StringComparison.Ordinal);
            int[] ports = [.. instance.Ports];
            int[] pids = [.. Directory.GetFiles(Path.Combine(instance.State, "run"))
                .Select(file => instance.Pid(Path.GetFileName(file)))];
            Assert.NotEmpty(pids);
            // What a terminal sends at Ctrl-C, once the first one is done.
            await Commands.RunAsync("kill", ["-INT", $"{first.Id}"], instance.Variables);
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);

            string said = await first.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
                + await first.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(first.ExitCode == 130, $"Exit code {first.ExitCode}: {said}");
            Assert.DoesNotContain(ListeningPorts(), ports.Contains);
            Assert.All(pids, pid => Assert.False(Lives(pid), $"{pid} still lives"));
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
            var said = await instance.DevAsync("up", "--detach", "--no-build", "--free-ports", "--port", $"{port}");

            Assert.Equal(1, said.ExitCode);
            Assert.Contains($"port {port} is taken", said.Errors, StringComparison.Ordinal);
            Assert.Contains("--port", said.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    [Theory]
    [InlineData("/nowhere", "there is no temporal in /nowhere", "--help")]
    [InlineData("", "which servers?", "--servers")]
    public async Task Real_servers_that_are_not_there_are_named_with_what_to_do(
        string folder, string found, string remedy)
    {
        var instance = new Instance("nowhere");
        try
        {
            var said = await instance.DevWithAsync(
                new() { ["REAL_SERVERS"] = folder }, "up", "--real", "--detach", "--no-build");

            Assert.Equal(1, said.ExitCode);
            Assert.Contains(found, said.Errors, StringComparison.Ordinal);
            Assert.Contains(remedy, said.Errors, StringComparison.Ordinal);
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
    public async Task Who_asks_for_real_servers_and_names_none_gets_no_stand_ins_instead(params string[] arguments)
    {
        var said = await new Instance("none").DevWithAsync(new() { ["REAL_SERVERS"] = null }, arguments);

        Assert.Equal(2, said.ExitCode);
        Assert.Contains("--servers", said.Errors, StringComparison.Ordinal);
        Assert.Empty(said.Output);
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task An_instance_that_began_with_stand_ins_goes_on_with_them()
    {
        var said = await running.Instance.DevAsync("up", "--real", "--servers", "/nowhere", "--detach", "--no-build");

        Assert.Equal(1, said.ExitCode);
        Assert.Contains("./dev reset", said.Errors, StringComparison.Ordinal);
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
    [InlineData("publish")]
    [InlineData("reset")]
    [InlineData("residue")]
    [InlineData("setup")]
    [InlineData("sql")]
    [InlineData("test")]
    [InlineData("token")]
    [InlineData("up")]
    [InlineData("verify")]
    public async Task Each_command_explains_itself_with_an_example(string command)
    {
        var said = (await running.Instance.DevAsync(command, "--help")).AndSucceeded();

        Assert.Contains("Example:", said.Output, StringComparison.Ordinal);
        Assert.Contains($"./dev {command}", said.Output, StringComparison.Ordinal);
    }

    // What has ended stays in /proc as a zombie until its parent asks: after ./dev that is the machine's first process.
    private static bool Lives(int pid)
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

    private static IEnumerable<int> ListeningPorts() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(endpoint => endpoint.Port);
}
