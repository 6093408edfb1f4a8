using Testing;

namespace Api.Tests.Telemetry;

/// <summary>The metrics of the API leave the process by OTLP.</summary>
public sealed class MetricExportTests(ApiFixture fixture)
{
    [Fact]
    public async Task With_an_endpoint_sign_ups_refusals_and_requests_are_exported_by_OTLP()
    {
        await using var collector = new OtlpCollector();
        await using var application = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "10"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"));

        await application.Data.CreateLeadAsync();
        await application.GetAsync("/tenants");

        await collector.ReceiveAllAsync(
            "arc-saas-functions", "arc_saas.sign_ups.mails", "arc_saas.sign_ups.pressure", "arc_saas.http.refusals",
            "http.server.request.duration");
    }
}
