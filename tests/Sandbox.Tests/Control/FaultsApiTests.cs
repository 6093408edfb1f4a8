using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Control;
using Sandbox.Hosting;
using Sandbox.Tests.Novu;
using Testing;

namespace Sandbox.Tests.Control;

public sealed class FaultsApiTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData("""{"systm":"novu"}""", "systm")]
    [InlineData("""{"system":"mysql"}""", "system: 'mysql'")]
    [InlineData("""{"kind":"explode"}""", "kind")]
    [InlineData("""{"status":199}""", "status: 199")]
    [InlineData("""{"count":-1}""", "count: -1")]
    [InlineData("""{"forSeconds":0}""", "forSeconds: 0")]
    [InlineData("""{"path":""}""", "path")]
    [InlineData("null", "expected a JSON object")]
    [InlineData("{", "JSON")]
    public async Task An_invalid_fault_is_refused_with_the_name_of_the_field(string body, string expected)
    {
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.S3 };
        using var answer = await http.PostAsync("/_sandbox/faults", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Contains(expected, problem["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_stand_in_shows_the_same_faults()
    {
        await using var fault = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "s3", Path = "/no-such-bucket" });
        foreach (var address in new[] { fixture.Sandbox.Keycloak, fixture.Sandbox.S3, fixture.Sandbox.Novu })
        {
            using var http = new HttpClient { BaseAddress = address };
            var faults = await http.GetFromJsonAsync<List<FaultState>>("/_sandbox/faults", ControlJson.Options);
            Assert.Contains(faults!, shown => shown.Id == fault.Id && shown.Rule.Path == "/no-such-bucket");
        }
    }

    [Fact]
    public async Task An_unknown_fault_is_not_found()
    {
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Novu };
        foreach (var call in new[] { "GET ", "DELETE ", "POST /release", "GET /hits/1" })
        {
            var path = $"/_sandbox/faults/0{call.Split(' ')[1]}";
            using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(call.Split(' ')[0]), path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_fault_expires_after_its_duration()
    {
        var time = new FakeTimeProvider();
        await using var sandbox = await SandboxHost.StartAsync(new SandboxOptions
        {
            KeycloakPort = null,
            S3Port = null,
            NovuPort = 0,
            TemporalPort = null,
            TimeProvider = time,
        });
        using var novu = new NovuClient(sandbox.Novu!);
        sandbox.Faults.Add(new FaultRule { Count = 0, ForSeconds = 30 });

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await novu.Http.GetAsync("/v1/health-check")).StatusCode);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await novu.Http.GetAsync("/v1/health-check")).StatusCode);
    }
}
