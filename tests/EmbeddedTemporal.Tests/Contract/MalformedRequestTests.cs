using System.Net;

namespace EmbeddedTemporal.Tests.Contract;

public sealed class MalformedRequestTests : ContractTests
{
    [Theory]
    [InlineData("GetSystemInfo", new byte[] { 0xff, 0xff, 0xff })]
    [InlineData("StartWorkflowExecution", new byte[] { 0x0a, 0x7f, 0x41 })]
    public async Task A_message_that_is_no_protobuf_is_an_internal_error(string method, byte[] message)
    {
        var (status, text) = await CallAsync(method, message);

        Assert.Equal("13", status);
        Assert.StartsWith("grpc: error unmarshalling request: ", text, StringComparison.Ordinal);
    }

    /// <summary>Sends bytes as the message of a call, and returns status and message of the answer.</summary>
    private async Task<(string Status, string Text)> CallAsync(string method, byte[] message)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]);
        content.Headers.ContentType = new("application/grpc");
        var address = $"http://{Test.Client.Connection.Options.TargetHost}"
            + $"/temporal.api.workflowservice.v1.WorkflowService/{method}";
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { TE = { new("trailers") } },
        };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.TrailingHeaders).ToLookup(header => header.Key);
        return (
            headers["grpc-status"].Single().Value.Single(),
            Uri.UnescapeDataString(headers["grpc-message"].Single().Value.Single()));
    }
}
