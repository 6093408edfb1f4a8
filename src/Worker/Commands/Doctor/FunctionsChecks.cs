using Worker.Telemetry;

namespace Worker.Commands.Doctor;

/// <summary>Checks that the functions are ready.</summary>
internal static class FunctionsChecks
{
    public static IReadOnlyList<DoctorCheck> For(Uri? address) => address is null
        ? []
        : [new("functions", token => ReadyAsync(address, token), "Start the functions and check their address.")];

    private static async Task<DoctorResult> ReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.GetAsync(new Uri(address, "health/ready"), cancellationToken);
        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return text.Contains("\"clientAddress\":\"hidden\"", StringComparison.Ordinal)
                ? DoctorResult.Problem($"{address} is ready, but cannot tell its callers apart",
                    "Set CLIENT_ADDRESS_HEADER to the header in which your gateway writes the caller's address.")
                : DoctorResult.Ok($"{address} is ready");
        }

        return DoctorResult.Problem($"{address} answers {(int)answer.StatusCode}: {Masked.Text(text)}",
            "Check the parts that the answer names, and read the functions' log.");
    }
}
