using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Api.Http;

/// <summary>
/// Refuses bodies with an encoding or a charset that the endpoint cannot read, with 415. The framework would read a
/// compressed body as text, and fails with an unexpected exception for a charset that is quoted or unknown.
/// </summary>
public static class JsonBodyExtensions
{
    private static readonly string[] Charsets = [.. Encoding.GetEncodings().Select(encoding => encoding.Name)];

    public static void UseJsonBody(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
        {
            RequireNoEncoding(context.Request);
            RequireKnownCharset(context.Request);
        }

        await next(context);
    });

    private static void RequireNoEncoding(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Any(
            encoding => !string.Equals(encoding?.Trim(), "identity", StringComparison.OrdinalIgnoreCase)))
        {
            throw new UnsupportedBodyException(
                "The body has a Content-Encoding; send it without one, as compressed bodies are not read.");
        }
    }

    private static void RequireKnownCharset(HttpRequest request)
    {
        // The endpoint itself refuses a type that is no JSON.
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return;
        }

        var charsets = type.Parameters
            .Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase))
            .Select(parameter => HeaderUtilities.RemoveQuotes(parameter.Value).ToString())
            .ToArray();
        if (charsets.Length > 0)
        {
            type.Charset = Find(charsets) ?? throw new UnsupportedBodyException(
                "The charset in Content-Type is unknown; send application/json with the charset utf-8 or without one.");
            request.ContentType = type.ToString();
        }
    }

    private static string? Find(string[] charsets) => charsets switch
    {
        [var charset] when charset.Equals("utf8", StringComparison.OrdinalIgnoreCase) => "utf-8",
        [var charset] => Charsets.FirstOrDefault(
            known => known.Equals(charset, StringComparison.OrdinalIgnoreCase)),
        _ => null,
    };
}

/// <summary>A body whose type or encoding is not read: 415 with this message.</summary>
internal sealed class UnsupportedBodyException(string message)
    : BadHttpRequestException(message, StatusCodes.Status415UnsupportedMediaType);
