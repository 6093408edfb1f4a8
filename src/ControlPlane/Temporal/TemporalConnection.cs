using System.Text.Json;
using ControlPlane.Security;
using Temporalio.Client;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// Creates the connection options for all our processes. They must share one data converter to read each other's data.
/// </summary>
public static class TemporalConnection
{
    /// <param name="options">The address and the credentials.</param>
    /// <param name="json">The JSON options: source-generated in the functions, with reflection in the worker.</param>
    /// <param name="isWorker">Whether the connection serves workflows and activities.</param>
    public static TemporalClientConnectOptions ConnectOptions(
        TemporalOptions options, JsonSerializerOptions json, bool isWorker = false)
    {
        var connect = new TemporalClientConnectOptions(options.Address)
        {
            Namespace = options.Namespace,
            DataConverter = Converter(options, json, isWorker),
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

    /// <summary>
    /// Creates the data converter. If payload keys are set, it encrypts payloads and the messages and stack traces of
    /// failures.
    /// </summary>
    public static DataConverter Converter(
        TemporalOptions options, JsonSerializerOptions json, bool isWorker = false) => new(
        new ControlPlanePayloadConverter(json),
        options.PayloadKeys is null ? new DefaultFailureConverter() : new EncodedFailureConverter(),
        options.PayloadKeys is { } keys ? Codec(keys, isWorker) : null);

    private static IPayloadCodec Codec(KeyRing keys, bool isWorker)
    {
        var codec = new EncryptionCodec(keys);
        return isWorker ? new TolerantCodec(codec) : codec;
    }
}
