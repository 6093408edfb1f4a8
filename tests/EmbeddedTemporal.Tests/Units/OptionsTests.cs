using System.Net;
using System.Net.Sockets;

namespace EmbeddedTemporal.Tests.Units;

public sealed class OptionsTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task A_port_out_of_range_is_rejected(int port)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(new() { Port = port }));

        Assert.Contains($"Port is {port}, expected 0 to 65535", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retention_below_the_minimum_is_rejected()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => StartAsync(new() { Retention = TimeSpan.FromMinutes(59) }));

        Assert.Contains("Retention is 00:59:00, expected an hour or more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_fails_the_start()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await Assert.ThrowsAsync<IOException>(() => StartAsync(new() { Port = port }));
    }

    [Fact]
    public async Task The_address_is_loopback_with_the_bound_port()
    {
        await using var server = await StartAsync(new());

        Assert.Equal($"127.0.0.1:{server.Port}", server.Address);
        Assert.NotEqual(0, server.Port);
    }

    private static Task<EmbeddedTemporalServer> StartAsync(EmbeddedTemporalOptions options) =>
        EmbeddedTemporalServer.StartAsync(options, TestContext.Current.CancellationToken);
}
