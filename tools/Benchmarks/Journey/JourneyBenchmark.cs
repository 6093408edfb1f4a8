using System.Diagnostics;
using Sandbox.Demo;
using Testing;

namespace Benchmarks.Journey;

/// <summary>Measures the time from sign-up to ACTIVE on its own instance with the stand-ins.</summary>
internal static class JourneyBenchmark
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var instance = new Instance("benchmark");
        await instance.UpAsync();
        try
        {
            string token = (await instance.DevAsync("token")).EnsureSuccess().Output.Trim();
            using var api = new ControlPlaneApi(instance.Functions, token);
            var parts = new Dictionary<string, Spread>();
            await OnboardAsync(api, "warmup", [], cancellationToken);
            for (int round = 1; round <= rounds; round++)
            {
                await OnboardAsync(api, $"bench{round}", parts, cancellationToken);
            }

            foreach (var (part, spread) in parts)
            {
                Console.WriteLine($"{part,-28} {spread}");
            }
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    private static async Task OnboardAsync(
        ControlPlaneApi api, string key, Dictionary<string, Spread> parts, CancellationToken cancellationToken)
    {
        var customer = Customer.Of(key);
        var total = Stopwatch.StartNew();
        var lead = await CallAsync("POST /leads", "/leads", null, customer.Lead());
        var verified = await CallAsync("POST …/verify", $"/leads/{lead["id"]}/verify", $"{lead["key"]}", null);
        var tenant = await CallAsync(
            "POST …/tenants", $"/leads/{lead["id"]}/tenants", $"{verified["token"]}", customer.Tenant(key));
        await CallAsync(
            "POST …/provision", $"/tenants/{tenant["id"]}/provision", api.OperatorToken,
            Customer.Subscription($"{tenant["id"]}"));
        var progress = await WaitForActiveAsync(api, $"/tenants/{tenant["id"]}/provisioning", cancellationToken);
        Add("sign-up to ACTIVE and mailed", total.Elapsed);
        foreach (var step in progress.Steps.Where(step => step.State == "DONE"))
        {
            Add($"{step.Number,2}. {step.Name}", step.Duration!.Value);
        }

        async Task<System.Text.Json.Nodes.JsonNode> CallAsync(
            string name, string path, string? bearer, System.Text.Json.Nodes.JsonObject? body)
        {
            var watch = Stopwatch.StartNew();
            var answer = await api.CallAsync(HttpMethod.Post, path, bearer, body, cancellationToken);
            Add(name, watch.Elapsed);
            return answer!;
        }

        void Add(string part, TimeSpan duration)
        {
            parts.TryAdd(part, new Spread("ms"));
            parts[part].Add(duration.TotalMilliseconds);
        }
    }

    private static async Task<Progress> WaitForActiveAsync(
        ControlPlaneApi api, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var progress = Progress.From(
                (await api.CallAsync(HttpMethod.Get, path, api.OperatorToken, null, cancellationToken))!);
            if (progress.IsFinished)
            {
                return progress.Status == "ACTIVE"
                    ? progress
                    : throw new DemoException($"The tenant is {progress.Status}: {progress.Failure}");
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }
}
