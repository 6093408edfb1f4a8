using System.Reflection;

namespace Architecture.Tests;

/// <summary>The assemblies that the tests were built with.</summary>
internal static class Assemblies
{
    public static readonly string[] ProductNames = ["Api", "ControlPlane", "Functions", "Server", "Worker"];

    public static readonly string[] OwnNames = [.. ProductNames, "EmbeddedTemporal", "FunctionsHost", "Sandbox"];

    public static IEnumerable<Assembly> Product => ProductNames.Select(Assembly.Load);

    /// <summary>The names of the assemblies that an assembly's code uses.</summary>
    public static IReadOnlyList<string> References(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!)];

    /// <summary>The parts of all namespaces of an assembly: "Worker", "Systems", "Keycloak", ….</summary>
    public static IReadOnlySet<string> NamespaceParts(string assembly) =>
        Assembly.Load(assembly).GetTypes().SelectMany(type => type.Namespace?.Split('.') ?? []).ToHashSet();
}
