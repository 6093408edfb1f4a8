using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>The gateway serves our OpenAPI document, and its policies are those that the HTTP head relies on.</summary>
internal static partial class Gateway
{
    private const string Header = "{{client-address-header}}";
    private static readonly string[] CallersHeaders =
        ["X-Forwarded-For", "X-Azure-ClientIP", "Forwarded", "x-functions-key", "x-ms-invocation-id"];

    public static IEnumerable<string> Faults(Deployment deployment)
    {
        var values = deployment.Of("Microsoft.ApiManagement/service/namedValues").ToDictionary(
            value => value.Text("properties.displayName"), value => value.Text("properties.value"));
        var api = deployment.One("Microsoft.ApiManagement/service/apis");
        var policy = Policy(deployment.One("Microsoft.ApiManagement/service/apis/policies"));
        return
        [
            .. FaultsOfDocument(api),
            .. FaultsOfApiPolicy(policy),
            .. FaultsOfOperators(deployment),
            .. FaultsOfPreflights(deployment),
            .. PathsOfPages().Except(PathsOfOperations(deployment))
                .Select(path => $"the gateway does not serve {path}"),
            .. Placeholder().Matches(Policies(deployment)).Select(match => match.Groups[1].Value).Distinct()
                .Except(values.Keys).Select(name => $"the policies use {name}, which has no value"),
            .. values.GetValueOrDefault("client-address-header")
                == Process.Http(deployment).Settings.GetValueOrDefault("CLIENT_ADDRESS_HEADER")
                    ? Array.Empty<string>()
                    : ["gateway and HTTP head name different headers for the caller's address"],
        ];
    }

    private static IEnumerable<string> FaultsOfDocument(JsonNode api) =>
        api.MustBe(("properties.format", "openapi+json"), ("properties.path", "")).Concat(
            JsonNode.DeepEquals(JsonNode.Parse(api.Text("properties.value")), Document())
                ? []
                : ["the gateway serves another document than src/Api/openapi.json"]);

    private static IEnumerable<string> FaultsOfApiPolicy(XElement policy)
    {
        var inbound = policy.Element("inbound")!;
        var actions = inbound.Elements("set-header").ToDictionary(
            header => header.Attribute("name")!.Value, header => header.Attribute("exists-action")!.Value);
        bool writes = actions.GetValueOrDefault(Header) == "override" && inbound.Elements("set-header")
            .Single(header => header.Attribute("name")!.Value == Header).Value == "@(context.Request.IpAddress)";
        return
        [
            .. writes ? Array.Empty<string>() : ["the gateway does not replace the header of the caller's address"],
            .. CallersHeaders.Where(name => actions.GetValueOrDefault(name) != "delete")
                .Select(name => $"the caller's {name} reaches the HTTP head"),
            .. inbound.Elements("rate-limit-by-key").Any(limit => limit.Attribute("counter-key")!.Value
                == "@(context.Request.IpAddress)") ? Array.Empty<string>() : ["no rate limit by address"],
            .. policy.Element("outbound")!.Elements("set-header").Any(header =>
                header.Attribute("name")!.Value == "Server" && header.Attribute("exists-action")!.Value == "delete")
                    ? Array.Empty<string>()
                    : ["the answer names the server behind the gateway"],
        ];
    }

    private static IEnumerable<string> FaultsOfPreflights(Deployment deployment)
    {
        bool expected = Process.Http(deployment).Settings.ContainsKey("CORS_ORIGINS");
        bool found = deployment.Of("Microsoft.ApiManagement/service/apis/operations").Any(operation =>
            operation.Text("properties.method") == "OPTIONS" && operation.Text("properties.urlTemplate") == "/*");
        return expected == found ? [] : [$"preflight requests: the head allows origins {expected}, passed on {found}"];
    }

    private static IEnumerable<string> FaultsOfOperators(Deployment deployment)
    {
        var checkedOperations = deployment.Of("Microsoft.ApiManagement/service/apis/operations/policies")
            .Where(policy => Policy(policy).Element("inbound")!.Element("validate-jwt") is { } token
                && token.Element("issuers") is not null && token.Element("audiences") is not null
                && token.Attribute("require-signed-tokens")?.Value == "true")
            .Select(policy => policy.Text("name").Split('/')[^2]).ToHashSet();
        var expected = OperatorOperations().ToHashSet();
        return
        [
            .. expected.Except(checkedOperations).Select(name => $"the gateway does not check tokens of {name}"),
            .. checkedOperations.Except(expected).Select(name => $"{name} is not only for operators and applications"),
        ];
    }

    private static IEnumerable<string> OperatorOperations() =>
        from path in Document()["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        let security = operation.Value!["security"]?.AsArray()
        where security is [JsonObject only]
            && (only.ContainsKey("operatorToken") || only.ContainsKey("applicationToken"))
        select operation.Value!["operationId"]!.ToString().ToLowerInvariant();

    // The routes of the Functions app that the OpenAPI document leaves out; the gateway imports the others.
    private static IEnumerable<string> PathsOfPages() =>
        from file in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "src", "Functions"), "*Functions.cs", SearchOption.AllDirectories)
        from route in Route().Matches(File.ReadAllText(file))
        let path = "/" + route.Groups[1].Value.Replace(":guid", "", StringComparison.Ordinal)
        where !path.Contains('*', StringComparison.Ordinal) && !Document()["paths"]!.AsObject().ContainsKey(path)
        select path;

    private static IEnumerable<string> PathsOfOperations(Deployment deployment) =>
        deployment.Of("Microsoft.ApiManagement/service/apis/operations").Select(operation =>
            operation.Text("properties.urlTemplate").Replace("*", "{file}", StringComparison.Ordinal));

    private static JsonNode Document() => JsonNode.Parse(Repository.Read("src", "Api", "openapi.json"))!;

    private static string Policies(Deployment deployment) => string.Concat(
        deployment.Of("Microsoft.ApiManagement/service/apis/policies")
            .Concat(deployment.Of("Microsoft.ApiManagement/service/apis/operations/policies"))
            .Select(policy => policy.Text("properties.value")));

    private static XElement Policy(JsonNode resource) => XElement.Parse(resource.Text("properties.value"));

    [GeneratedRegex("Route = \"([^\"]+)\"")]
    private static partial Regex Route();

    [GeneratedRegex(@"\{\{([a-z-]+)\}\}")]
    private static partial Regex Placeholder();
}
