using System.Net.Sockets;
using System.Text;

namespace FunctionsHost.Tests.Fakes;

/// <summary>Sends bytes that HttpClient would not send.</summary>
internal static class RawHttp
{
    /// <summary>Sends the lines of a request and returns all that comes back until the server closes.</summary>
    public static async Task<string> SendAsync(Uri address, params string[] lines)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port, cancellation);
        await using var stream = connection.GetStream();
        string[] all = [lines[0], "Host: localhost", "Connection: close", .. lines[1..], "", ""];
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", all)), cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellation).LimitedAsync();
    }
}
