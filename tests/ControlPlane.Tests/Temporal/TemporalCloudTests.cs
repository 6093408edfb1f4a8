using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Temporalio.Client;
using OurConnection = ControlPlane.Temporal.TemporalConnection;

namespace ControlPlane.Tests.Temporal;

/// <summary>Tests the settings of Temporal's environment configuration, each by file and by value.</summary>
public sealed class TemporalCloudTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("temporal-cloud-test-").FullName;
    private readonly string certificate;
    private readonly string key;

    public TemporalCloudTests()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=client", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var selfSigned = request.CreateSelfSigned(now, now.AddDays(1));
        certificate = selfSigned.ExportCertificatePem();
        key = rsa.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Certificates_are_read_from_their_values()
    {
        var tls = Tls(
            ("TEMPORAL_TLS_CLIENT_CERT_DATA", certificate),
            ("TEMPORAL_TLS_CLIENT_KEY_DATA", key),
            ("TEMPORAL_TLS_SERVER_CA_CERT_DATA", certificate),
            ("TEMPORAL_TLS_SERVER_NAME", "temporal.example"));

        Assert.Equal((certificate, key, certificate, "temporal.example"),
            (Text(tls.ClientCert), Text(tls.ClientPrivateKey), Text(tls.ServerRootCACert), tls.Domain));
    }

    [Fact]
    public void Certificates_are_read_from_their_files()
    {
        var tls = Tls(
            ("TEMPORAL_TLS_CLIENT_CERT_PATH", FileOf(certificate)),
            ("TEMPORAL_TLS_CLIENT_KEY_PATH", FileOf(key)),
            ("TEMPORAL_TLS_SERVER_CA_CERT_PATH", FileOf(certificate)));

        Assert.Equal((certificate, key, certificate),
            (Text(tls.ClientCert), Text(tls.ClientPrivateKey), Text(tls.ServerRootCACert)));
    }

    [Fact]
    public void With_an_API_key_no_certificate_is_needed()
    {
        var connect = Connect(("TEMPORAL_API_KEY", "an API key"));

        Assert.Equal("an API key", connect.ApiKey);
        Assert.Equal((null, null, null), (connect.Tls!.ClientCert, connect.Tls.ClientPrivateKey, connect.Tls.Domain));
    }

    [Fact]
    public void Without_credentials_the_missing_setting_is_named() => Assert.Equal("TEMPORAL_API_KEY",
        Assert.Throws<MissingSettingException>(() => Connect()).Name);

    [Theory]
    [InlineData("CLIENT_CERT")]
    [InlineData("CLIENT_KEY")]
    public void A_certificate_requires_its_key_and_vice_versa(string alone)
    {
        string other = alone == "CLIENT_CERT" ? "CLIENT_KEY" : "CLIENT_CERT";

        var error = Assert.Throws<MissingSettingException>(() => Connect(
            ("TEMPORAL_API_KEY", "an API key"),
            ($"TEMPORAL_TLS_{alone}_DATA", alone == "CLIENT_CERT" ? certificate : key)));

        Assert.Equal($"TEMPORAL_TLS_{other}_DATA", error.Name);
    }

    [Theory]
    [InlineData("CLIENT_CERT")]
    [InlineData("CLIENT_KEY")]
    [InlineData("SERVER_CA_CERT")]
    public void An_unreadable_file_or_text_that_is_not_PEM_is_refused_and_not_quoted(string part)
    {
        foreach (var (suffix, value) in ((string, string)[])
        [
            ("PATH", Path.Combine(folder, "absent")),
            ("PATH", folder),
            ("PATH", key),
            ("PATH", FileOf("secret")),
            ("DATA", "secret"),
            ("DATA", part == "CLIENT_KEY" ? certificate : key),
        ])
        {
            var error = Assert.Throws<SettingException>(() => Connect(
                [.. OtherSettings(part), ($"TEMPORAL_TLS_{part}_{suffix}", value)]));

            Assert.Equal($"TEMPORAL_TLS_{part}_{suffix}", error.Name);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("BEGIN", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_file_and_a_value_together_are_refused() => Assert.Equal("TEMPORAL_TLS_SERVER_CA_CERT_DATA",
        Assert.Throws<SettingException>(() => Connect(
            ("TEMPORAL_API_KEY", "an API key"),
            ("TEMPORAL_TLS_SERVER_CA_CERT_PATH", FileOf(certificate)),
            ("TEMPORAL_TLS_SERVER_CA_CERT_DATA", certificate))).Name);

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private string FileOf(string text)
    {
        string path = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }

    // The other required settings, without the part that a test sets.
    private IEnumerable<(string, string)> OtherSettings(string part) => ((string, string)[])
    [
        ("TEMPORAL_API_KEY", "an API key"),
        .. part == "CLIENT_CERT" ? [("TEMPORAL_TLS_CLIENT_KEY_DATA", key)] : Array.Empty<(string, string)>(),
        .. part == "CLIENT_KEY" ? [("TEMPORAL_TLS_CLIENT_CERT_DATA", certificate)] : Array.Empty<(string, string)>(),
    ];

    private static TlsOptions Tls(params (string, string)[] settings) => Connect(settings).Tls!;

    private static TemporalClientConnectOptions Connect(params (string Name, string Value)[] settings) =>
        OurConnection.ConnectOptions(
            TemporalOptions.From(new SettingsReader(
                new ConfigurationBuilder().AddInMemoryCollection(
                    settings
                        .Append(("TEMPORAL_ADDRESS", "prod.tmprl.cloud:7233"))
                        .Append(("TEMPORAL_CLOUD_ENABLED", "true"))
                        .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2))).Build(),
                new HostingEnvironment { EnvironmentName = "Development" })),
            System.Text.Json.JsonSerializerOptions.Web);
}
