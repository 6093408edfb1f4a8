using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Api.Tests.Connections;

/// <summary>The JSON schema for applications is that of the API's document, with the types it refers to.</summary>
public sealed class ConnectionSchemaTests(ApiFixture fixture)
{
    private const string Components = "#/components/schemas/";

    [Fact]
    public async Task The_schema_in_the_documents_is_the_one_of_the_api()
    {
        var api = JsonNode.Parse((await fixture.Application.GetAsync("/openapi/v1.json"))
            .Expect(HttpStatusCode.OK).Text)!["components"]!["schemas"]!.AsObject();
        string expected = Extract(api, "ConnectionResponse");
        if (Environment.GetEnvironmentVariable("RECORD_OPENAPI") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(SchemaPath(), expected, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, await File.ReadAllTextAsync(SchemaPath(), TestContext.Current.CancellationToken));
    }

    private static string Extract(JsonObject api, string root)
    {
        var found = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        Collect(root);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "The connection of a tenant",
            ["$ref"] = $"#/$defs/{root}",
            ["$defs"] = new JsonObject(found.Select(type => KeyValuePair.Create<string, JsonNode?>(
                type.Key, JsonNode.Parse(type.Value.ToJsonString().Replace(
                    Components, "#/$defs/", StringComparison.Ordinal))))),
        };
        return schema.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }).ReplaceLineEndings("\n") + "\n";

        void Collect(string name)
        {
            if (found.TryAdd(name, api[name]!))
            {
                foreach (string reference in References(api[name]!))
                {
                    Collect(reference);
                }
            }
        }
    }

    private static IEnumerable<string> References(JsonNode node) => node switch
    {
        JsonObject json => json.SelectMany(property => property is { Key: "$ref", Value: { } reference }
            ? [reference.GetValue<string>()[Components.Length..]]
            : property.Value is null ? [] : References(property.Value)),
        JsonArray array => array.OfType<JsonNode>().SelectMany(References),
        _ => [],
    };

    private static string SchemaPath([CallerFilePath] string thisFile = "") => Path.Combine(
        Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "connection.schema.json");
}
