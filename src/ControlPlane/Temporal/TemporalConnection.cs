using System.Text.Json;
using Temporalio.Client;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>How every process of ours connects: the same data converter on all sides, or nothing can be read.</summary>
public static class TemporalConnection
{
    /// <param name="options">Where, and as whom.</param>
    /// <param name="json">How arguments become JSON: source-generated in the functions, anything in the worker.</param>
    public static TemporalClientConnectOptions ConnectOptions(TemporalOptions options, JsonSerializerOptions json)
    {
        var connect = new TemporalClientConnectOptions(options.Address)
        {
            Namespace = options.Namespace,
            DataConverter = Converter(options, json),
        };
        if (options.Cloud is { } cloud)
        {
            connect.ApiKey = cloud.ApiKey;
            connect.Tls = new TlsOptions
            {
                Domain = cloud.ServerName,
                ServerRootCACert = cloud.ServerRoots,
                ClientCert = cloud.ClientCertificate,
                ClientPrivateKey = cloud.ClientKey,
            };
        }

        return connect;
    }

    /// <summary>With payload keys, payloads are encrypted and so are the messages and stacks of failures.</summary>
    public static DataConverter Converter(TemporalOptions options, JsonSerializerOptions json) => new(
        new DefaultPayloadConverter(json),
        options.PayloadKeys is null ? new DefaultFailureConverter() : new EncodedFailures(),
        options.PayloadKeys is { } keys ? new EncryptionCodec(keys) : null);
}
