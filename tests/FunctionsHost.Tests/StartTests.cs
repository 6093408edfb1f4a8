using System.Net;
using System.Net.Sockets;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsHost.Tests;

public sealed class StartTests
{
    private const string NotRunning = "Function host is not running.";

    [Fact]
    public async Task The_port_refuses_connections_until_the_first_call_can_be_answered()
    {
        using var app = new FakeApp();
        var connect = new TaskCompletionSource();
        var worker = new FakeWorker(new FakeFunction("Ping", "ping")) { BeforeConnect = _ => connect.Task };
        var starting = FunctionsHostServer.StartAsync(
            new FunctionsHostOptions { AppFolder = app.Folder, StartWorker = worker.StartAsync },
            TestContext.Current.CancellationToken);
        var address = $"http://{(await worker.NextRunAsync()).Start.Environment["WEBSITE_HOSTNAME"]}/api/ping"
            .Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        using var client = new HttpClient();

        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync(address, TestContext.Current.CancellationToken));
        connect.SetResult();
        await using var host = await starting;

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal("Ping", await client.GetStringAsync(address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_worker_gets_the_arguments_of_the_real_host()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));

        var start = (await host.Worker.NextRunAsync()).Start;

        Assert.Equal("dotnet", start.Executable);
        Assert.Equal(["App.dll"], start.ExecutableArguments);
        var uri = new Uri(start.Arguments[11]);
        Assert.Equal(
            [
                "--host", "127.0.0.1", "--port", $"{uri.Port}", "--workerId", start.WorkerId,
                "--requestId", start.WorkerId, "--grpcMaxMessageLength", "2147483647",
                "--functions-uri", $"http://127.0.0.1:{uri.Port}", "--functions-worker-id", start.WorkerId,
                "--functions-request-id", start.WorkerId, "--functions-grpc-max-message-length", "2147483647",
            ],
            start.Arguments);
    }

    [Fact]
    public async Task The_worker_gets_the_hosts_variables_and_the_application_settings()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")),
            options => options with
            {
                InheritEnvironment = false,
                Settings = new Dictionary<string, string> { ["DB_HOST"] = "db" },
            });

        var start = (await host.Worker.NextRunAsync()).Start;

        string[] system =
            ["PATH", "HOME", "USER", "TMPDIR", "TEMP", "TMP", "DOTNET_ROOT", "SystemRoot", "LD_LIBRARY_PATH"];
        var own = start.Environment.Where(variable => !system.Contains(variable.Key));
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
                ["AzureWebJobsScriptRoot"] = start.WorkingDirectory,
                ["DB_HOST"] = "db",
                ["FUNCTIONS_APPLICATION_DIRECTORY"] = start.WorkingDirectory,
                ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
                ["FUNCTIONS_WORKER_DIRECTORY"] = start.WorkingDirectory,
                ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
                ["WEBSITE_HOSTNAME"] = $"localhost:{host.Server.Address.Port}",
            },
            new SortedDictionary<string, string>(own.ToDictionary()));
        Assert.Contains("PATH", start.Environment.Keys);
    }

    [Fact]
    public async Task No_setting_replaces_the_hosts_own_variables()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")),
            options => options with
            {
                Settings = new Dictionary<string, string>
                {
                    ["FUNCTIONS_APPLICATION_DIRECTORY"] = "/elsewhere",
                    ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Staging",
                },
            });

        var start = (await host.Worker.NextRunAsync()).Start;

        Assert.Equal(start.WorkingDirectory, start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"]);
        Assert.Equal("Staging", start.Environment["AZURE_FUNCTIONS_ENVIRONMENT"]);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        using var app = new FakeApp();
        app.Write("worker.config.json", """
            { "description": { "language": "dotnet-isolated", "defaultExecutablePath": "no-such-program" } }
            """);

        await using var host = await FunctionsHostServer.StartAsync(
            new FunctionsHostOptions { AppFolder = app.Folder }, TestContext.Current.CancellationToken);

        Assert.StartsWith("The worker 'no-such-program' cannot be started: ", host.Failure!.Message);
    }

    [Fact]
    public async Task A_program_in_the_package_is_started_from_the_folder_of_the_app()
    {
        using var app = new FakeApp();
        app.Write("worker.config.json", """
            { "description": { "language": "dotnet-isolated", "defaultExecutablePath": "{WorkerRoot}App" } }
            """);

        await using var host = await FunctionsHostServer.StartAsync(
            new FunctionsHostOptions { AppFolder = app.Folder }, TestContext.Current.CancellationToken);

        Assert.StartsWith(
            $"The worker '{Path.Combine(app.Folder, "App")}' cannot be started: ", host.Failure!.Message);
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_no_worker_and_no_port()
    {
        using var cancellation = new CancellationTokenSource();
        using var app = new FakeApp();
        var worker = new FakeWorker
        {
            BeforeConnect = _ => Task.Delay(Timeout.InfiniteTimeSpan, new FakeTimeProvider()),
        };
        var starting = FunctionsHostServer.StartAsync(
            new FunctionsHostOptions { AppFolder = app.Folder, StartWorker = worker.StartAsync }, cancellation.Token);
        var run = await worker.NextRunAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.Equal(137, await run.Handle.Exited);
        var port = int.Parse(run.Start.Environment["WEBSITE_HOSTNAME"].Split(':')[1], null);
        using var free = new TcpListener(IPAddress.Loopback, port);
        free.Start();
    }

    [Fact]
    public async Task An_app_that_does_not_start_leaves_a_host_that_answers_503()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")) { BeforeConnect = run => run.ExitAsync(7) });

        Assert.Equal("The worker ended with exit code 7 before it was ready.", host.Server.Failure!.Message);
        Assert.Throws<FunctionsHostException>(host.Server.EnsureRunning);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, NotRunning), await host.SendAsync(HttpMethod.Get, "/ping"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, NotRunning), await host.SendAsync(HttpMethod.Get, "/"));
    }

    [Fact]
    public async Task A_worker_has_60_seconds_to_connect()
    {
        var time = new FakeTimeProvider();
        var worker = new FakeWorker { BeforeConnect = _ => Task.Delay(Timeout.InfiniteTimeSpan, time) };
        var starting = FakeHost.StartAsync(worker, options => options with { TimeProvider = time });
        await worker.NextRunAsync();

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(starting.IsCompleted);
        await AdvanceUntilAsync(starting, time);

        await using var host = await starting;
        Assert.Equal("The worker did not connect to the host within 60 s.", host.Server.Failure!.Message);
    }

    [Fact]
    public async Task A_worker_has_10_seconds_to_initialize()
    {
        var time = new FakeTimeProvider();
        var worker = new FakeWorker { Unanswered = { StreamingMessage.ContentOneofCase.WorkerInitRequest } };
        var starting = FakeHost.StartAsync(worker, options => options with { TimeProvider = time });
        var run = await worker.NextRunAsync();
        await run.ReceivedAsync(StreamingMessage.ContentOneofCase.WorkerInitRequest);

        await AdvanceUntilAsync(starting, time);

        await using var host = await starting;
        Assert.Equal("The worker did not answer WorkerInitRequest within 10 s.", host.Server.Failure!.Message);
        Assert.Equal(137, await run.Handle.Exited);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<FunctionsHostException>(
            () => FakeHost.StartAsync(new FakeWorker(), options => options with { Port = port }));

        Assert.Equal(
            $"Port {port} is unavailable. Stop the process that listens on it, or name another port: --port N.",
            error.Message);
    }

    [Fact]
    public async Task A_worker_that_supports_it_loads_all_functions_with_one_message()
    {
        var worker = new FakeWorker(new FakeFunction("A", "a"), new FakeFunction("B", "b"));
        worker.Capabilities["SupportsLoadResponseCollection"] = "True";
        await using var host = await FakeHost.StartAsync(worker);

        var message = await (await worker.NextRunAsync()).ReceivedAsync(
            StreamingMessage.ContentOneofCase.FunctionLoadRequestCollection);

        var loaded = message.FunctionLoadRequestCollection.FunctionLoadRequests;
        Assert.Equal(["A", "B"], loaded.Select(request => request.Metadata.Name));
        Assert.Equal("httpTrigger", loaded[0].Metadata.Bindings["req"].Type);
    }

    [Fact]
    public async Task Without_such_support_each_function_is_loaded_by_a_message()
    {
        var worker = new FakeWorker(new FakeFunction("A", "a"), new FakeFunction("B", "b"));
        await using var host = await FakeHost.StartAsync(worker);
        var run = await worker.NextRunAsync();

        var first = await run.ReceivedAsync(StreamingMessage.ContentOneofCase.FunctionLoadRequest);
        var second = await run.ReceivedAsync(StreamingMessage.ContentOneofCase.FunctionLoadRequest);

        Assert.Equal(["A", "B"], [first.FunctionLoadRequest.Metadata.Name, second.FunctionLoadRequest.Metadata.Name]);
    }

    [Fact]
    public async Task A_stream_of_an_unknown_worker_is_refused()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));
        var start = (await host.Worker.NextRunAsync()).Start;
        using var call = FakeWorker.ClientOf(start).EventStream(
            cancellationToken: TestContext.Current.CancellationToken);

        await call.RequestStream.WriteAsync(
            new StreamingMessage { StartStream = new StartStream { WorkerId = "unknown" } },
            TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task The_end_of_the_host_asks_the_worker_to_end()
    {
        var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));
        var run = await host.Worker.NextRunAsync();

        await host.DisposeAsync();

        var message = await run.ReceivedAsync(StreamingMessage.ContentOneofCase.WorkerTerminate);
        Assert.Equal(TimeSpan.FromSeconds(5), message.WorkerTerminate.GracePeriod.ToTimeSpan());
        Assert.Equal(0, await run.Handle.Exited);
    }

    [Fact]
    public async Task A_worker_that_does_not_end_is_killed_after_the_grace_period()
    {
        var worker = new FakeWorker { Unanswered = { StreamingMessage.ContentOneofCase.WorkerTerminate } };
        var host = await FakeHost.StartAsync(
            worker, options => options with { WorkerGracePeriod = TimeSpan.FromMilliseconds(1) });
        var run = await worker.NextRunAsync();

        await host.DisposeAsync();

        Assert.Equal(137, await run.Handle.Exited);
    }

    // The host may set its timer after the first step of the clock.
    private static async Task AdvanceUntilAsync(Task task, FakeTimeProvider time)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
