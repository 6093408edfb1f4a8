namespace Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>Source files below a folder, by their path from the root.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file));

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Serverless.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("No folder above the tests contains Serverless.sln."));
}
