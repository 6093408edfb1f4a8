using YamlDotNet.Core;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Packages.Tests.Compose;

/// <summary>compose.yaml with its merge keys resolved.</summary>
internal static class ComposeFile
{
    private static readonly Map Root = new DeserializerBuilder()
        .WithAttemptingUnquotedStringTypeDeserialization().Build()
        .Deserialize<Map>(new MergingParser(new Parser(new StringReader(Checkout.Read("compose.yaml")))));

    public static IReadOnlyList<ComposeService> Services { get; } = [.. ((Map)Root["services"])
        .Select(service => new ComposeService((string)service.Key, (Map)service.Value))];

    public static IReadOnlyList<string> Volumes { get; } = [.. ((Map)Root["volumes"]).Keys.Cast<string>()];

    public static IReadOnlyList<string> TopLevel { get; } = [.. Root.Keys.Cast<string>()];

    public static ComposeService Service(string name) => Services.Single(service => service.Name == name);
}
