using System.Net;
using System.Net.Sockets;

namespace Functions.RateLimits;

/// <summary>
/// Where a call comes from: the socket, or behind proxies of ours what the outermost of them wrote into
/// <c>X-Forwarded-For</c>. What a caller wrote there himself stands further left and is never believed.
/// </summary>
public static class ClientAddress
{
    /// <summary>IPv4 as it is; IPv6 by its /64, which one customer has to himself.</summary>
    public static string Of(HttpContext context, int trustedProxyHops)
    {
        var address = Forwarded(context, trustedProxyHops) ?? context.Connection.RemoteIpAddress ?? IPAddress.None;
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

    private static IPAddress? Forwarded(HttpContext context, int hops)
    {
        string[] chain = hops == 0
            ? []
            : string.Join(',', context.Request.Headers["X-Forwarded-For"].ToArray()).Split(',');
        // Some proxies write the port as well.
        return chain.Length >= hops && hops > 0 && IPEndPoint.TryParse(chain[^hops].Trim(), out var end)
            ? end.Address
            : null;
    }
}
