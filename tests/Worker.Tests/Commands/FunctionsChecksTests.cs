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

        var result = await Assert.Single(FunctionsChecks.For(functions.Address))
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(remedy ?? "", result.Remedy ?? "", StringComparison.Ordinal);
        Assert.Equal(remedy is null, result.Remedy is null);
    }
}
