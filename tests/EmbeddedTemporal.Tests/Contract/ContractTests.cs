using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;

namespace EmbeddedTemporal.Tests.Contract;

/// <summary>Tests that run on the embedded server and, with TEMPORAL_CONTRACT_ADDRESS, on a real one.</summary>
public abstract class ContractTests : IAsyncLifetime
{
    private TestServer? server;
    private ManualWorker? worker;

    private protected TestServer Test => server!;

    private protected ManualWorker Worker => worker!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartContractAsync();
        worker = new ManualWorker(server);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
