using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Functions.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.Http;

public sealed class OpenApiTests(FunctionsFixture fixture)
{
    private readonly FunctionsApplication app = fixture.Application;

    /// <summary>
    /// Detects accidental changes of the public API. For an intended change, review <c>openapi.received.json</c>, which
    /// a failing run writes next to this file, and rename it to <c>openapi.verified.json</c>.
    /// </summary>
    [Fact]
    public async Task The_document_equals_the_verified_one()
    {
        var answer = (await app.GetAsync("/openapi/v1.json")).Expect(HttpStatusCode.OK);
        string received = answer.Text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        string verifiedFile = SiblingPath("openapi.verified.json");
        string receivedFile = SiblingPath("openapi.received.json");
        string verified = File.Exists(verifiedFile)
            ? await File.ReadAllTextAsync(verifiedFile, TestContext.Current.CancellationToken)
            : "";
        if (received == verified)
        {
            File.Delete(receivedFile);
            return;
        }

        await File.WriteAllTextAsync(receivedFile, received, TestContext.Current.CancellationToken);
        Assert.Fail($"The document has changed. If this is intended: mv {receivedFile} {verifiedFile}");
    }

    [Fact]
    public async Task Every_route_except_the_pages_is_described_with_its_errors()
    {
        var document = (await app.GetAsync("/openapi/v1.json")).Json;
        var routes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ITagsMetadata>() is not null)
            .ToList();

        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            string path = "/" + route.RoutePattern.RawText!.Trim('/').Replace(":guid", "", StringComparison.Ordinal);
            string method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
            var operation = document.GetProperty("paths").GetProperty(path)
                .GetProperty(method.ToLower(System.Globalization.CultureInfo.InvariantCulture));
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
            // An unready process answers 503 with a health response, not with problem details.
            foreach (var response in operation.GetProperty("responses").EnumerateObject()
                .Where(response => response.Name[0] is '4' or '5' && path != "/health/ready"))
            {
                Assert.Equal("#/components/schemas/Problem", response.Value.GetProperty("content")
                    .GetProperty(EndpointExtensions.ProblemType).GetProperty("schema").GetProperty("$ref").GetString());
            }
        }
    }

    [Fact]
    public async Task No_path_and_no_parameter_takes_a_token()
    {
        var paths = (await app.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");

        foreach (var parameter in paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.ValueKind == JsonValueKind.Object
                && operation.Value.TryGetProperty("parameters", out _))
            .SelectMany(operation => operation.Value.GetProperty("parameters").EnumerateArray()))
        {
            Assert.DoesNotContain(
                "token", parameter.GetProperty("name").GetString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string SiblingPath(string name, [CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, name);
}
