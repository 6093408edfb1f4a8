namespace Sandbox.Control;

/// <summary>A call as faults look at it.</summary>
/// <param name="HasEffect">
/// Whether it can take effect by itself: a statement inside of a transaction cannot, its COMMIT can.
/// </param>
internal sealed record Call(
    string System, string Method, string Path, string Query, string Body, bool HasEffect = true)
{
    public const string Postgres = "postgres";

    public static Call Of(string system, HttpRequest request, string body) => new(
        system, request.Method, request.Path.Value ?? "/", request.QueryString.Value?.TrimStart('?') ?? "", body);
}
