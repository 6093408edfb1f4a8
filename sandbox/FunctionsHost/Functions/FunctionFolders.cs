using System.Text.Json;

namespace FunctionsHost.Functions;

/// <summary>Functions that are folders with a function.json, as for custom handlers.</summary>
internal static class FunctionFolders
{
    public static IEnumerable<HostedFunction> Read(string appFolder) =>
        Directory.EnumerateDirectories(appFolder)
            .Select(folder => Path.Combine(folder, "function.json"))
            .Where(File.Exists)
            .Select(ReadFile)
            .OfType<HostedFunction>();

    private static HostedFunction? ReadFile(string file)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(file))!;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var bindings = json.RootElement.GetProperty("bindings").EnumerateArray().ToList();
            var function = FunctionBindings.Read(name, name, bindings);
            if (function is { OutputName: null })
                throw new FunctionsHostException($"{file} needs an output binding of type http to be proxied.");
            return function;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FunctionsHostException($"{file} is not valid: {e.Message}", e);
        }
    }
}
