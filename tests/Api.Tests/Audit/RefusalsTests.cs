using System.Diagnostics.Metrics;
using Api.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Api.Tests.Audit;

public sealed class RefusalsTests(ApiFixture fixture) : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly LogLines log = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose()
    {
        services.Dispose();
        log.Dispose();
    }

    [Fact]
    public void Refusals_of_a_network_are_one_line_a_minute_and_all_are_counted()
    {
        var refusals = Create();
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, Meter()))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted += value);
        listener.Start();

        for (int second = 0; second < 120; second++)
        {
            refusals.Add(401, "token_invalid", "GET /tenants", "203.0.113.0/24");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        const string Line = "Warning Api.Audit.Refusals Refused: 401 token_invalid, GET /tenants, network "
            + "203.0.113.0/24; {0} more from it since its last line ";
        Assert.Equal(
            [Line.Replace("{0}", "0", StringComparison.Ordinal), Line.Replace("{0}", "59", StringComparison.Ordinal)],
            log.All);
        Assert.Equal(120, counted);
    }

    [Fact]
    public void Networks_without_number_need_bounded_memory_and_share_one_line()
    {
        var refusals = Create();

        for (int i = 0; i < Refusals.MaxNetworks + 500; i++)
        {
            refusals.Add(429, "too_many_requests", "POST /leads", $"network {i}");
        }

        Assert.Equal(Refusals.MaxNetworks + 1, log.All.Count);
        Assert.Contains("network (further networks); 0 more", log.All.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_login_is_logged_with_route_and_network_and_without_the_token()
    {
        await using var app = fixture.StartApplication(
            ("CLIENT_ADDRESS_HEADER", "X-Client"), ("LEADS_RATE_LIMIT", "1"));
        string id = Guid.CreateVersion7(app.Time.GetUtcNow()).ToString();
        string stranger = fixture.Realm.CreateToken(app.Time.GetUtcNow(), role: "reader");

        await Send(HttpMethod.Get, $"/tenants/{id}", "not-a-token", "198.51.100.7");
        await Send(HttpMethod.Get, $"/tenants/{id}", stranger, "2001:db8:1::5");
        await Send(HttpMethod.Post, "/leads", null, "192.0.2.1");
        await Send(HttpMethod.Post, "/leads", null, "192.0.2.1");

        Assert.Equal(
            [
                "401 token_invalid, GET /tenants/{id}, network 198.51.100.0/24",
                "403 forbidden, GET /tenants/{id}, network 2001:db8:1::/48",
                "429 too_many_requests, POST /leads, network 192.0.2.0/24",
            ],
            app.Log.All.Where(line => line.Contains("Refused: ", StringComparison.Ordinal))
                .Select(line => line.Split("Refused: ")[1].Split(';')[0]));
        Assert.DoesNotContain(app.Log.All, line => line.Contains(stranger, StringComparison.Ordinal)
            || line.Contains("not-a-token", StringComparison.Ordinal) || line.Contains(id, StringComparison.Ordinal)
            || line.Contains("198.51.100.7", StringComparison.Ordinal));

        Task<Answer> Send(HttpMethod method, string path, string? token, string address) =>
            app.SendAsync(method, path, token, null, ("X-Client", address));
    }

    private Meter Meter() => services.GetRequiredService<IMeterFactory>().Create(Refusals.MeterName);

    private Refusals Create()
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        return new Refusals(
            services.GetRequiredService<IMeterFactory>(), time, new Logger<Refusals>(loggers));
    }
}
