using System.Globalization;
using System.Net.Mime;
using FunctionsHost.Rpc;
using FunctionsHost.Rpc.Messages;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace FunctionsHost.Http;

/// <summary>A request as a message. A body without Content-Length is lost, as under the real host.</summary>
internal static class RpcHttpRequest
{
    public static async Task<RpcHttp> FromAsync(
        HttpRequest request,
        RouteValueDictionary routeValues,
        WorkerCapabilities capabilities,
        CancellationToken cancellationToken)
    {
        var http = new RpcHttp
        {
            Method = request.Method,
            Url = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}",
        };
        Add(http.NullableQuery, http.Query, capabilities, request.Query.Select(item => (item.Key, $"{item.Value}")));
        Add(http.NullableHeaders, http.Headers, capabilities, HeadersOf(request, capabilities));
        Add(http.NullableParams, http.Params, capabilities, routeValues
            .Where(item => item.Value is not null)
            .Select(item => (item.Key, Convert.ToString(item.Value, CultureInfo.InvariantCulture)!)));

        if (request.ContentLength > 0)
        {
            http.Body = await BodyOfAsync(request, capabilities, cancellationToken);
            if (!capabilities.TakesBodyOnly)
                http.RawBody = http.Body;
        }

        return http;
    }

    private static IEnumerable<(string Key, string Value)> HeadersOf(
        HttpRequest request, WorkerCapabilities capabilities) =>
        request.Headers.Select(header => (header.Key.ToLowerInvariant(), $"{header.Value}"))
            .Where(header => !(capabilities.DropsEmptyHeaders && header.Item2.Length == 0));

    private static void Add(
        MapField<string, NullableString> nullable,
        MapField<string, string> plain,
        WorkerCapabilities capabilities,
        IEnumerable<(string Key, string Value)> values)
    {
        foreach (var (key, value) in values)
        {
            if (capabilities.TakesNullableValues)
                nullable[key] = new NullableString { Value = value };
            else
                plain[key] = value;
        }
    }

    private static async Task<TypedData> BodyOfAsync(
        HttpRequest request, WorkerCapabilities capabilities, CancellationToken cancellationToken)
    {
        var bytes = await ByteString.FromStreamAsync(request.Body, cancellationToken);
        var type = request.ContentType ?? "";
        var isBinary = type.StartsWith(MediaTypeNames.Application.Octet, StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
        return capabilities.TakesBodyAsBytes || isBinary
            ? new TypedData { Bytes = bytes }
            : new TypedData { String = bytes.ToStringUtf8() };
    }
}
