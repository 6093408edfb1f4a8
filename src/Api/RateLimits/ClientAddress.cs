using System.Net;

namespace Api.RateLimits;

/// <summary>
/// The address of a caller: that of the socket; behind trusted proxies the entry of the outermost proxy in
/// <c>X-Forwarded-For</c>; behind a gateway the address in the header that only the gateway sets. Entries of
/// <c>X-Forwarded-For</c> further left come from the caller and are ignored.
/// </summary>
public static class ClientAddress
{
    /// <summary>Returns an IPv4 address, or the /64 prefix of an IPv6 address, which belongs to one customer.</summary>
    public static string Of(HttpContext context, RateLimitOptions options) =>
        ClientNetwork.Of(Find(context, options))[0].Text;

    /// <summary>Returns the caller's networks, the narrowest first.</summary>
    public static IReadOnlyList<ClientNetwork> NetworksOf(HttpContext context, RateLimitOptions options) =>
        ClientNetwork.Of(Find(context, options));

    private static IPAddress Find(HttpContext context, RateLimitOptions options)
    {
        string? text = options.ClientAddressHeader is { } header
            ? FindSingle(context, header)
            : FindForwarded(context, options.TrustedProxyHops);
        var address = Parse(text) ?? context.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    // A gateway replaces the header. Several values show that one of them came from the caller.
    private static string? FindSingle(HttpContext context, string header) =>
        context.Request.Headers[header] is [var value] ? value : null;

    private static string? FindForwarded(HttpContext context, int hops)
    {
        string[] chain = hops == 0
            ? []
            : string.Join(',', context.Request.Headers[RateLimitOptions.ForwardedFor].ToArray()).Split(',');
        return chain.Length >= hops && hops > 0 ? chain[^hops] : null;
    }

    // Some proxies also write the port.
    private static IPAddress? Parse(string? text) =>
        IPEndPoint.TryParse(text?.Trim() ?? "", out var endpoint) ? endpoint.Address : null;
}
