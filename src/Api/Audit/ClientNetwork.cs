using System.Net;
using System.Net.Sockets;
using Api.RateLimits;

namespace Api.Audit;

/// <summary>
/// The network of a caller: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. It tells an operator
/// from where a call came, and identifies no person.
/// </summary>
public static class ClientNetwork
{
    public static string Of(HttpContext context, RateLimitOptions options) => Of(ClientAddress.Of(context, options));

    /// <param name="address">An address, or an address with the length of its prefix.</param>
    public static string Of(string address)
    {
        var parsed = IPAddress.Parse(address.Split('/')[0]);
        byte[] bytes = parsed.GetAddressBytes();
        int length = parsed.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 3;
        bytes.AsSpan(length).Clear();
        return $"{new IPAddress(bytes)}/{length * 8}";
    }
}
