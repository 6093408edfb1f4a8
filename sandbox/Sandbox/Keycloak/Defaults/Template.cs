using System.Text.Json;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Defaults;

/// <summary>
/// The contents of a new realm of Keycloak 26.7, copied from a running server into the JSON files of this folder.
/// </summary>
internal static class Template
{
    private const string RealmPlaceholder = "{realm}";

    public static readonly Document Realm = new(Read("realm.json"));

    /// <summary>The default settings of a client.</summary>
    public static readonly Document Client = new(Read("client.json"));

    public static readonly Document UserProfile = new(Read("user-profile.json"));

    /// <summary>The available client scopes with their protocol mappers, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Document> ClientScopes = Read("client-scopes.json")
        .EnumerateArray().Select(scope => new Document(scope)).ToDictionary(scope => scope.GetString("name")!);

    /// <summary>
    /// The fields of each representation with their types, as Keycloak's own classes declare them. The field *, where
    /// present, means that other fields are ignored.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, Dictionary<string, string>> Representations =
        Read("representations.json").Deserialize<Dictionary<string, Dictionary<string, string>>>()!;

    public static IEnumerable<Document> ReadClients(string realm) =>
        Read("clients.json", realm).EnumerateArray().Select(client => new Document(client));

    /// <summary>The realm's admin client in master.</summary>
    public static Document ReadAdminClient(string realm) => new(Read("realm-admin-client.json", realm));

    public static Document ReadDiscovery(string issuer) =>
        new(JsonElement.Parse(ReadText("discovery.json").Replace(
            "{issuer}", JsonEncodedText.Encode(issuer).ToString(), StringComparison.Ordinal)));

    private static JsonElement Read(string name) => JsonElement.Parse(ReadText(name));

    private static JsonElement Read(string name, string realm) =>
        JsonElement.Parse(ReadText(name).Replace(
            RealmPlaceholder, JsonEncodedText.Encode(realm).ToString(), StringComparison.Ordinal));

    private static string ReadText(string name)
    {
        using var stream = typeof(Template).Assembly.GetManifestResourceStream($"Keycloak/{name}")
            ?? throw new InvalidOperationException($"The resource Keycloak/{name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
