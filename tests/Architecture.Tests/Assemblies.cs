using System.Reflection;

namespace Architecture.Tests;

/// <summary>The assemblies that the tests were built with.</summary>
internal static class Assemblies
{
    public static readonly string[] ProductNames = ["ControlPlane", "Functions", "Worker"];

    public static IEnumerable<Assembly> Product => ProductNames.Select(Assembly.Load);
}
