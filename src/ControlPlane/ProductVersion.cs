using System.Reflection;

namespace ControlPlane;

/// <summary>The version that the process was built from.</summary>
public static class ProductVersion
{
    /// <summary>
    /// Such as <c>0.2.0+8770467a597fca214cf017e3f199916ba680f495</c>; without the commit if the build did not know it.
    /// </summary>
    public static string Current { get; } = typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Prints the version if that is all that was asked for.</summary>
    public static bool Prints(string[] args)
    {
        if (args is not ["--version"])
        {
            return false;
        }

        Console.WriteLine(Current);
        return true;
    }
}
