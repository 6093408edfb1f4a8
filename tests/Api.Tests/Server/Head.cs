extern alias server;

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Api.Tests;

/// <summary>Starts the native process's program in this process.</summary>
internal static class Head
{
    /// <summary>Whether a host, which is not ours, reads the request first.</summary>
    public const bool IsBehindHost = false;

    public static Task<IHead> StartAsync(IReadOnlyDictionary<string, string> settings, TimeProvider time, LogLines log)
    {
        var server = new Server(settings, time, log);
        server.StartServer();
        return Task.FromResult<IHead>(server);
    }

    private sealed class Server : WebApplicationFactory<server::Program>, IHead
    {
        private readonly IReadOnlyDictionary<string, string> settings;
        private readonly TimeProvider time;
        private readonly LogLines log;

        public Server(IReadOnlyDictionary<string, string> settings, TimeProvider time, LogLines log)
        {
            (this.settings, this.time, this.log) = (settings, time, log);
            // The port comes from the PORT setting: a port that is set here would compete with it.
            UseKestrel(_ => { });
        }

        public Uri Address => ClientOptions.BaseAddress;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("PORT", "0");
            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(log));
            builder.ConfigureTestServices(services => services.AddSingleton(time));
        }
    }
}
