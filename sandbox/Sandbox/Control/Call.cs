namespace Sandbox.Control;

/// <summary>A received call, in the form that fault rules are matched against.</summary>
/// <param name="HasEffect">
/// Whether the call can take effect by itself. A statement inside a transaction cannot; its COMMIT can.
/// </param>
internal sealed record Call(
    string System, string Method, string Path, string Query, string Body, bool HasEffect = true)
{
    public const string Postgres = "postgres";

    public static Call Of(string system, HttpRequest request, string body) => new(
        system, request.Method, request.Path.Value ?? "/", request.QueryString.Value?.TrimStart('?') ?? "", body);
}
