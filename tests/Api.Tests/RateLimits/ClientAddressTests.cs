using System.Net;
using Api.RateLimits;
using Microsoft.AspNetCore.Http;

namespace Api.Tests.RateLimits;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", 0, null, "203.0.113.7")]
    [InlineData("203.0.113.7", 0, "198.51.100.1", "203.0.113.7")] // no proxy is trusted
    [InlineData("10.0.0.1", 1, "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", 1, "1.1.1.1, 198.51.100.1", "198.51.100.1")] // the caller's own entry is further left
    [InlineData("10.0.0.1", 2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1")]
    [InlineData("10.0.0.1", 2, "198.51.100.1", "10.0.0.1")] // fewer entries than trusted proxies
    [InlineData("10.0.0.1", 1, "nonsense", "10.0.0.1")]
    [InlineData("10.0.0.1", 1, "198.51.100.1:50123", "198.51.100.1")]
    [InlineData("10.0.0.1", 1, "[2001:db8:1:2:3::4]:50123", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:aaaa::1", 0, null, "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:bbbb::2", 0, null, "2001:db8:1:2::/64")]
    [InlineData("::ffff:203.0.113.7", 0, null, "203.0.113.7")]
    public void The_address_of_a_caller_is(string socket, int hops, string? forwarded, string expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(socket);
        context.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(expected, ClientAddress.Of(context, new RateLimitOptions(10, hops, null)));
    }

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.1")]
    [InlineData("198.51.100.1:50123", "198.51.100.1")]
    [InlineData("2001:db8:1:2::4", "2001:db8:1:2::/64")]
    [InlineData(null, "10.0.0.1")]
    [InlineData("nonsense", "10.0.0.1")]
    [InlineData("1.1.1.1, 198.51.100.1", "10.0.0.1")] // the gateway sets one address
    public void Behind_a_gateway_it_is_that_of_the_named_header(string? value, string expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        context.Request.Headers["X-Forwarded-For"] = "1.1.1.1";
        context.Request.Headers["X-Client-Address"] = value;

        Assert.Equal(expected, ClientAddress.Of(context, new RateLimitOptions(10, 1, "X-Client-Address")));
    }

    [Fact]
    public void Several_values_of_the_named_header_are_not_trusted()
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        context.Request.Headers["X-Client-Address"] = new(["1.1.1.1", "198.51.100.1"]);

        Assert.Equal("10.0.0.1", ClientAddress.Of(context, new RateLimitOptions(10, 0, "X-Client-Address")));
    }

    [Fact]
    public void Several_headers_form_one_list()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Forwarded-For"] = new(["1.1.1.1", "198.51.100.1"]);

        Assert.Equal("198.51.100.1", ClientAddress.Of(context, new RateLimitOptions(10, 1, null)));
    }
}
