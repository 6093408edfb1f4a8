using System.IO.Compression;

namespace Packages.Tests;

/// <summary>
/// The packages of the build under test, made as <c>./dev package</c> makes them, without its compilation to native
/// code.
/// </summary>
public sealed class BuiltPackages : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("packages-test-");

    /// <summary>The zip of the Functions app.</summary>
    public string Zip => Path.Combine(folder.FullName, "functions.zip");

    /// <summary>The folder into which the zip was unpacked. It holds nothing else.</summary>
    public string Functions => Path.Combine(folder.FullName, "functions");

    /// <summary>The folder of the native process with its files of a custom handler.</summary>
    public string Server => Path.Combine(folder.FullName, "server");

    public async ValueTask InitializeAsync()
    {
        await PublishAsync("Functions", Path.Combine(folder.FullName, "published"), $"-p:PackageFile={Zip}");
        await ZipFile.ExtractToDirectoryAsync(Zip, Functions);
        await PublishAsync("Server", Server, "-p:PublishAot=false");
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return default;
    }

    private static Task PublishAsync(string project, string output, string property) => Checkout.RunAsync(
        "dotnet", "publish", "-c", "Release", "--no-build", "--nologo", "-v", "quiet", "-nodeReuse:false",
        Checkout.PathOf("src", project), "-o", output, property);
}
