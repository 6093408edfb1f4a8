using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Worker.Systems.S3;

namespace Worker.Tests.Systems.S3;

public sealed class S3OptionsTests
{
    [Theory]
    [InlineData("sts", "STORAGE_CREDENTIALS: found 'sts', expected none: credentials of a tenant's own bucket are not "
        + "built yet")]
    [InlineData("keys", "STORAGE_CREDENTIALS: found 'keys', expected none")]
    public void Credentials_that_are_not_built_are_refused(string value, string message) => Assert.StartsWith(
        message, Assert.Throws<SettingException>(() => Read(value)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_the_setting_a_tenant_has_none() => Assert.Equal("none", Read(null).TenantCredentials);

    private static S3Options Read(string? credentials)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AWS_REGION"] = "eu-central-1",
            ["STORAGE_CREDENTIALS"] = credentials,
        });
        return S3Options.From(new SettingsReader(
            configuration, new HostingEnvironment { EnvironmentName = "Development" }))!;
    }
}
