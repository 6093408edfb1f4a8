using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Benchmarks.Ingress;

/// <summary>A head that was just started, and how fast it answers.</summary>
/// <param name="address">The address of its first and all further calls.</param>
/// <param name="started">The time stamp at which its process was started.</param>
/// <param name="processId">The process whose memory counts.</param>
/// <param name="stop">Stops all that was started.</param>
internal sealed class Ingress(Uri address, long started, int processId, Func<Task> stop) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { BaseAddress = address };

    /// <summary>Resident memory of the process, in MB, with the pages of files that it has mapped.</summary>
    public double Memory => Status("VmRSS") / 1024;

    /// <summary>Resident memory without the pages of files, which the system can take back; in MB.</summary>
    public double PrivateMemory => (Status("RssAnon") + Status("RssShmem")) / 1024;

    /// <summary>CPU time of the process in user and system mode, in milliseconds.</summary>
    public double CpuTime
    {
        get
        {
            using var process = Process.GetProcessById(processId);
            return process.TotalProcessorTime.TotalMilliseconds;
        }
    }

    private static object SignUp => new
    {
        email = "admin@newcompany.com",
        firstName = "John",
        lastName = "Doe",
        companyName = "New Company Inc",
    };

    /// <summary>Time from the start of the process to its first answer to <c>GET /ping</c>, in milliseconds.</summary>
    public Task<double> FirstAnswerAsync(CancellationToken cancellationToken) =>
        FirstAsync(() => http.GetAsync("/ping", cancellationToken), HttpStatusCode.OK, cancellationToken);

    /// <summary>Time from the start of the process to its first accepted sign-up, in milliseconds.</summary>
    public Task<double> FirstLeadAsync(CancellationToken cancellationToken) =>
        FirstAsync(
            () => http.PostAsJsonAsync("/leads", SignUp, cancellationToken), HttpStatusCode.Created, cancellationToken);

    /// <summary>Sign-ups per second, with concurrent callers that each wait for their answer.</summary>
    public Task<double> LeadsPerSecondAsync(int callers, TimeSpan duration, CancellationToken cancellationToken) =>
        PerSecondAsync(callers, duration, async () =>
        {
            using var answer = await http.PostAsJsonAsync("/leads", SignUp, cancellationToken);
            Expect(answer, HttpStatusCode.Created);
        });

    /// <summary><c>GET /ping</c> per second, with concurrent callers that each wait for their answer.</summary>
    public Task<double> PingsPerSecondAsync(int callers, TimeSpan duration, CancellationToken cancellationToken) =>
        PerSecondAsync(callers, duration, async () =>
        {
            using var answer = await http.GetAsync("/ping", cancellationToken);
            Expect(answer, HttpStatusCode.OK);
        });

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await stop();
    }

    private static async Task<double> PerSecondAsync(int callers, TimeSpan duration, Func<Task> callAsync)
    {
        var watch = Stopwatch.StartNew();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            int count = 0;
            for (; watch.Elapsed < duration; count++)
            {
                await callAsync();
            }

            return count;
        }));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private double Status(string field)
    {
        string line = File.ReadLines($"/proc/{processId}/status")
            .First(text => text.StartsWith($"{field}:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
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
}
