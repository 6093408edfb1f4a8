using System.Net;
using System.Net.Sockets;

namespace Api.RateLimits;

/// <summary>
/// A network that a caller belongs to. One customer has an IPv4 address or an IPv6 /64, and often more.
/// </summary>
/// <param name="Kind">The kind of the network, as the first part of a counter's key.</param>
/// <param name="Text">The address, or the network with the length of its prefix.</param>
public readonly record struct ClientNetwork(NetworkKind Kind, string Text)
{
    /// <summary>Returns the networks of an address, the narrowest first.</summary>
    public static IReadOnlyList<ClientNetwork> Of(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
            ?
            [
                new(NetworkKind.Address, Prefix(address, 64)),
                new(NetworkKind.Network, Prefix(address, 56)),
                new(NetworkKind.Site, Prefix(address, 48)),
            ]
            : [new(NetworkKind.Address, address.ToString()), new(NetworkKind.Network, Prefix(address, 24))];

    private static string Prefix(IPAddress address, int bits)
    {
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}

/// <summary>The kinds of networks that have limits of their own.</summary>
public enum NetworkKind
{
    /// <summary>An IPv4 address, or an IPv6 /64.</summary>
    Address = 1,

    /// <summary>An IPv4 /24, or an IPv6 /56, which providers give to one home or small company.</summary>
    Network,

    /// <summary>An IPv6 /48, which providers give to one company.</summary>
    Site,
}
