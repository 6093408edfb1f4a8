namespace FunctionsHost.Configuration;

/// <summary>The logs of the host, with the levels of host.json.</summary>
internal static class HostLogging
{
    public static ILoggerFactory Create(HostJson hostJson, ILoggerProvider? provider) => LoggerFactory.Create(logging =>
    {
        logging.AddConfiguration(hostJson.Logging);
        if (provider is not null)
            logging.AddProvider(provider);
    });
}
