using System.Text.Json;
using System.Text.RegularExpressions;

namespace Api.Tests.OpenApi;

/// <summary>Holds every answer that a test gets to the document, which must list its status and its code.</summary>
internal static class DocumentedAnswers
{
    // The server refuses these from the head or the pace of a request; the document's description names them.
    private static readonly int[] OfAnyRequest = [408, 414, 431];

    private static readonly JsonElement Document = Read();

    private static readonly Operation[] Operations = [.. Document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(operation => new Operation(
            operation.Name.ToUpperInvariant(),
            new Regex($"^{Regex.Replace(path.Name, @"\{\w+\}", "[^/]+")}/?$", RegexOptions.IgnoreCase),
            operation.Value.GetProperty("responses"))))];

    /// <summary>Asserts that the operation lists the answer. Other addresses and methods are no operations.</summary>
    public static void RequireListed(HttpMethod method, string path, Answer answer)
    {
        string name = method == HttpMethod.Head ? "GET" : method.Method;
        path = path.Split('?')[0];
        if (Operations.FirstOrDefault(o => o.Method == name && o.Path.IsMatch(path)) is not { } operation
            || OfAnyRequest.Contains((int)answer.Status))
        {
            return;
        }

        Assert.True(operation.Responses.TryGetProperty($"{(int)answer.Status}", out var response),
            $"{name} {path} answers {(int)answer.Status}, which its operation does not list: {answer.Text}");
        if (answer is { MediaType: "application/problem+json", Text.Length: > 0 })
        {
            Assert.Contains($"`{answer.GetString("code")}`", response.GetProperty("description").GetString(),
                StringComparison.Ordinal);
        }
    }

    private static JsonElement Read()
    {
        using var stream = typeof(ApiExtensions).Assembly.GetManifestResourceStream("openapi.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    private sealed record Operation(string Method, Regex Path, JsonElement Responses);
}
