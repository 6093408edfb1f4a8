using System.Globalization;
using System.Text;
using FunctionsHost.Rpc.Messages;

namespace FunctionsHost.Http;

/// <summary>Writes a response that came as a message.</summary>
internal static class RpcHttpResponse
{
    public static async Task WriteAsync(RpcHttp http, HttpResponse response, CancellationToken cancellationToken)
    {
        if (http.StatusCode.Length > 0)
            response.StatusCode = int.Parse(http.StatusCode, CultureInfo.InvariantCulture);
        foreach (var (name, value) in http.Headers)
            response.Headers.Append(name, value);
        foreach (var cookie in http.Cookies)
            response.Cookies.Append(cookie.Name, cookie.Value, OptionsOf(cookie));
        if (BytesOf(http.Body) is { Length: > 0 } body)
            await response.Body.WriteAsync(body, cancellationToken);
    }

    private static byte[] BytesOf(TypedData? data) => data?.DataCase switch
    {
        TypedData.DataOneofCase.Bytes => data.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Stream => data.Stream.ToByteArray(),
        TypedData.DataOneofCase.String => Encoding.UTF8.GetBytes(data.String),
        TypedData.DataOneofCase.Json => Encoding.UTF8.GetBytes(data.Json),
        _ => [],
    };

    private static CookieOptions OptionsOf(RpcHttpCookie cookie) => new()
    {
        Domain = cookie.Domain?.Value,
        Path = cookie.Path?.Value,
        Expires = cookie.Expires?.Value?.ToDateTimeOffset(),
        Secure = cookie.Secure?.Value ?? false,
        HttpOnly = cookie.HttpOnly?.Value ?? false,
        MaxAge = cookie.MaxAge is { } age ? TimeSpan.FromSeconds(age.Value) : null,
        SameSite = cookie.SameSite switch
        {
            RpcHttpCookie.Types.SameSite.Lax => SameSiteMode.Lax,
            RpcHttpCookie.Types.SameSite.Strict => SameSiteMode.Strict,
            RpcHttpCookie.Types.SameSite.ExplicitNone => SameSiteMode.None,
            _ => SameSiteMode.Unspecified,
        },
    };
}
