using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;
using Worker.Commands.Doctor;
using Worker.Tests.Support;

namespace Worker.Tests.Commands;

public sealed class FunctionsChecksTests
{
    [Theory]
    [InlineData(200, """{"status":"ready","clientAddress":"known"}""", null)]
    [InlineData(200, """{"status":"ready","clientAddress":"hidden"}""", "Set CLIENT_ADDRESS_HEADER")]
    [InlineData(503, """{"status":"unavailable","database":"unreachable"}""", "Check the parts that the answer names")]
    public async Task A_problem_of_the_functions_has_its_remedy(int status, string body, string? remedy)
    {
        using var functions = new RawResponder(status, body);

        var result = await Assert.Single(FunctionsChecks.For(functions.Address, () => null))
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(remedy ?? "", result.Remedy ?? "", StringComparison.Ordinal);
        Assert.Equal(remedy is null, result.Remedy is null);
    }

    [Theory]
    [InlineData("p1", "p1", null)]
    [InlineData("p1,p2", "p2,p1", null)]
    [InlineData("", "", null)]
    [InlineData("p1", "p2", "it encrypts with the key p2:")]
    [InlineData("p1", "p2,p1", "it encrypts with the key p2:")]
    [InlineData("p2,p1", "p1", "the worker encrypts with the key p2:")]
    [InlineData("p1", "", "the worker encrypts with the key p1:")]
    [InlineData("", "p1", "it encrypts with the key p1:")]
    [InlineData("p1", "p1*", "it encrypts with the key p1:")]
    public async Task Each_process_can_read_what_the_other_writes(string worker, string functions, string? problem)
    {
        string keys = string.Join(',', (Ring(functions)?.Fingerprints ?? []).Select(key => $"\"{key}\""));
        using var ready = new RawResponder(200, $$"""{"status":"ready","payloadKeys":[{{keys}}]}""");

        var result = await Assert.Single(FunctionsChecks.For(ready.Address, () => Ring(worker)))
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains(problem ?? "is ready", result.Message, StringComparison.Ordinal);
        Assert.Equal(problem is null, result.Remedy is null);
    }

    // A star: another key with the same id.
    private static KeyRing? Ring(string ids) => ids.Length == 0
        ? null
        : KeyRing.Parse(
            "PAYLOAD_KEYS", string.Join(',', ids.Split(',').Select(id => $"{id.TrimEnd('*')}:{KeyOf(id)}")));

    private static string KeyOf(string id) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
