using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Testing;

namespace Benchmarks.Ingress;

/// <summary>A process of the functions, started as the Functions host starts its custom handler.</summary>
internal sealed class FunctionsProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly HttpClient http;
    private readonly long started;

    private FunctionsProcess(Process process, int port, long started)
    {
        this.process = process;
        this.started = started;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        // The output must be read: a full pipe would block the process.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Resident memory of the process, in MB.</summary>
    public double Memory
    {
        get
        {
            string line = File.ReadLines($"/proc/{process.Id}/status")
                .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
                / 1024;
        }
    }

    private static object SignUp => new
    {
        email = "admin@newcompany.com",
        firstName = "John",
        lastName = "Doe",
        companyName = "New Company Inc",
    };

    /// <summary>Starts the process on a free port.</summary>
    /// <param name="binary">The path of the program.</param>
    /// <param name="settings">The complete environment, besides PATH, HOME, DOTNET_ROOT and the host's port.</param>
    public static FunctionsProcess Start(string binary, IReadOnlyDictionary<string, string?> settings)
    {
        int port = FreePort();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name is not ("PATH" or "HOME" or "DOTNET_ROOT"))
            .ToDictionary(name => name, _ => (string?)null);
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        long started = Stopwatch.GetTimestamp();
        return new FunctionsProcess(Commands.Start(binary, [], environment), port, started);
    }

    /// <summary>Time from the start of the process to its first answer to <c>GET /</c>, in milliseconds.</summary>
    public Task<double> FirstAnswerAsync(CancellationToken cancellationToken) =>
        FirstAsync(() => http.GetAsync("/", cancellationToken), HttpStatusCode.OK, cancellationToken);

    /// <summary>Time from the start of the process to its first accepted sign-up, in milliseconds.</summary>
    public Task<double> FirstLeadAsync(CancellationToken cancellationToken) =>
        FirstAsync(
            () => http.PostAsJsonAsync("/leads", SignUp, cancellationToken), HttpStatusCode.Created, cancellationToken);

    /// <summary>Sign-ups per second, with concurrent callers that each wait for their answer.</summary>
    public async Task<double> LeadsPerSecondAsync(int callers, TimeSpan duration, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            int count = 0;
            for (; watch.Elapsed < duration; count++)
            {
                using var answer = await http.PostAsJsonAsync("/leads", SignUp, cancellationToken);
                Expect(answer, HttpStatusCode.Created);
            }

            return count;
        }));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<double> FirstAsync(
        Func<Task<HttpResponseMessage>> call, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await call();
                Expect(answer, expected);
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
            catch (HttpRequestException e) when (
                e.InnerException is SocketException && Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static void Expect(HttpResponseMessage answer, HttpStatusCode expected)
    {
        if (answer.StatusCode != expected)
        {
            throw new InvalidOperationException($"{answer.RequestMessage} answers {(int)answer.StatusCode}.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
