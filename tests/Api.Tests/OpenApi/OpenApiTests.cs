using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Api.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Api.Tests.OpenApi;

public sealed class OpenApiTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    /// <summary>
    /// Detects accidental changes of the public API. For an intended change, record the document again with
    /// <c>RECORD_OPENAPI=1</c> and review it.
    /// </summary>
    [Fact]
    public async Task The_document_is_the_one_that_the_routes_describe()
    {
        string generated = await OpenApiGenerator.GenerateAsync(TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("RECORD_OPENAPI") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(DocumentPath(), generated, TestContext.Current.CancellationToken);
        }

        Assert.True(
            generated == (await app.GetAsync("/openapi/v1.json")).Expect(HttpStatusCode.OK).Text,
            "src/Api/openapi.json is not what the routes describe. If the change is intended: "
            + "RECORD_OPENAPI=1 ./dev test OpenApiTests, review the file, and run the tests again.");
    }

    [Fact]
    public async Task The_parameters_of_each_operation_are_the_names_that_its_route_accepts()
    {
        var paths = (await app.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");
        foreach (var path in paths.EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var route = Routes.All.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!
                    .EndpointName == operation.Value.GetProperty("operationId").GetString());
                var described = operation.Value.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query")
                        .Select(p => p.GetProperty("name").GetString()!).ToArray()
                    : [];
                Assert.Equal(described, route.Metadata.GetMetadata<QueryNames>()?.Names ?? []);
            }
        }
    }

    [Fact]
    public async Task Every_route_except_the_pages_is_described_with_its_errors()
    {
        var document = (await app.GetAsync("/openapi/v1.json")).Json;
        var routes = Routes.All
            .Where(endpoint => endpoint.Metadata.GetMetadata<ITagsMetadata>() is not null)
            .ToList();

        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            string path = "/" + route.RoutePattern.RawText!.Trim('/').Replace(":guid", "", StringComparison.Ordinal);
            string method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];
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

    private static string DocumentPath([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "../../../src/Api/openapi.json");
}
