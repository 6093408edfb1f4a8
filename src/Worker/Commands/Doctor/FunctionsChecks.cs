using Worker.Telemetry;

namespace Worker.Commands.Doctor;

internal static class FunctionsChecks
{
    public static IReadOnlyList<Check> For(Uri? address) => address is null
        ? []
        : [new("functions", token => AskAsync(address, token), "Start them, and see that this is their address.")];

    private static async Task<CheckResult> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.GetAsync(new Uri(address, "health/ready"), cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return CheckResult.Ok($"{address} is ready");
        }

        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return CheckResult.Problem($"{address} answers {(int)answer.StatusCode}: {Masked.Text(text)}",
            "Look at the parts that it names, and at the functions' log.");
    }
}
