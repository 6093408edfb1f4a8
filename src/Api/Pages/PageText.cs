using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using ControlPlane.Settings;
using ControlPlane.Tenants;

namespace Api.Pages;

/// <summary>The HTML of the pages, with the brand and the rules of this installation in it.</summary>
public sealed class PageText(Brand brand, TenantKeyOptions keys)
{
    private readonly ConcurrentDictionary<string, string> pages = new(StringComparer.Ordinal);

    /// <summary>
    /// Scripts and styles come only from this origin and are never inline; no other site may frame the page. The only
    /// foreign content is the logo; the empty icon is a data address.
    /// </summary>
    public string ContentSecurityPolicy { get; } =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; img-src data:"
        + (brand.LogoUrl is null ? "" : $" {OriginOf(brand.LogoUrl)}");

    public string Get(string file) => pages.GetOrAdd(file, Render);

    private string Render(string file)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!);
        return reader.ReadToEnd()
            .Replace("<!-- brand -->", BrandMarkup(), StringComparison.Ordinal)
            .Replace("<!-- support -->", SupportMarkup(), StringComparison.Ordinal)
            .Replace("{keyMinLength}", Number(TenantKey.MinLength), StringComparison.Ordinal)
            .Replace("{keyMaxLength}", Number(keys.MaxLength), StringComparison.Ordinal);
    }

    private string BrandMarkup() => (brand.Name, brand.LogoUrl) switch
    {
        (null, null) => "",
        (var name, { } logo) =>
            $"<header><img class=\"logo\" src=\"{Encode(logo.AbsoluteUri)}\" alt=\"{Encode(name ?? "")}\"></header>",
        ({ } name, null) => $"<header>{Encode(name)}</header>",
    };

    private string SupportMarkup() => brand.SupportEmail is not { } address
        ? ""
        : $"<footer>Questions? Write to <a id=\"support\" href=\"mailto:{Encode(Uri.EscapeDataString(address))}\">"
            + $"{Encode(address)}</a>.</footer>";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A header is ASCII.
    private static string OriginOf(Uri url) =>
        $"{url.Scheme}://{url.IdnHost}" + (url.IsDefaultPort ? "" : $":{Number(url.Port)}");
}
