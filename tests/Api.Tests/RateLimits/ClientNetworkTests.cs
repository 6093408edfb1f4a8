using System.Net;
using Api.RateLimits;

namespace Api.Tests.RateLimits;

public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7 203.0.113.0/24")]
    [InlineData("2001:db8:1:2ff:3::4", "2001:db8:1:2ff::/64 2001:db8:1:200::/56 2001:db8:1::/48")]
    [InlineData("::1", "::/64 ::/56 ::/48")]
    public void The_networks_of_an_address_are_the_narrowest_first(string address, string expected) => Assert.Equal(
        expected, string.Join(' ', ClientNetwork.Of(IPAddress.Parse(address)).Select(network => network.Text)));
}
