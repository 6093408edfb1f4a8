using System.Net;
using System.Net.Sockets;

namespace Api.RateLimits;

/// <summary>
/// The address of a caller: that of the socket or, behind trusted proxies, the entry of the outermost proxy in
/// <c>X-Forwarded-For</c>. Entries further left come from the caller and are ignored.
/// </summary>
public static class ClientAddress
{
    /// <summary>Returns an IPv4 address, or the /64 prefix of an IPv6 address, which belongs to one customer.</summary>
    public static string Of(HttpContext context, int trustedProxyHops)
    {
        var address = FindForwarded(context, trustedProxyHops) ?? context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private static IPAddress? FindForwarded(HttpContext context, int hops)
    {
        string[] chain = hops == 0
            ? []
            : string.Join(',', context.Request.Headers["X-Forwarded-For"].ToArray()).Split(',');
        // Some proxies also write the port.
        return chain.Length >= hops && hops > 0 && IPEndPoint.TryParse(chain[^hops].Trim(), out var endpoint)
            ? endpoint.Address
            : null;
    }
}
