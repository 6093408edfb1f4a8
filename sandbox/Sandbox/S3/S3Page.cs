using System.Text;
using Sandbox.Pages;
using Sandbox.S3.Operations;
using Sandbox.S3.Storage;
using Sandbox.Storage;

namespace Sandbox.S3;

/// <summary>HTML page that lists the buckets.</summary>
internal static class S3Page
{
    /// <summary>Whether the request comes from a browser: a GET / that accepts HTML and is not signed.</summary>
    public static bool IsRequested(HttpRequest request, S3Path path) =>
        path.Target == "service" && HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpResponse response, S3Store store) => Page.WriteAsync(
        response,
        "S3 sandbox: buckets",
        Page.Table(
            "Buckets",
            ["Bucket", "Owner (account)", "Created", "Objects", "Versions and delete markers", "Versioning", "Tags"],
            store.Buckets.All().Select(bucket => (IReadOnlyList<Html>)
            [
                Page.Text(bucket.Name),
                Page.Text(bucket.AccountId),
                Page.Text(Timestamp.Of(bucket.Created)),
                Page.Text(store.Buckets.CountObjects(bucket.Name)),
                Page.Text(store.Buckets.CountVersions(bucket.Name)),
                Page.Text(bucket.Versioning ?? "never set"),
                Tags(store.Buckets.Setting(bucket.Name, "tagging")),
            ])));

    private static Html Tags(string? document)
    {
        var tags = SettingDocuments.Tags(S3Xml.Parse(Encoding.UTF8.GetBytes(document ?? ""))).ToList();
        return tags.Count == 0
            ? Page.Text("none")
            : Html.Of($"<ul>{Html.Concat(tags.Select(tag => Html.Of($"<li>{tag.Key} = {tag.Value}</li>")))}</ul>");
    }
}
