using System.Text.RegularExpressions;

namespace Packages.Tests.Compose;

public sealed partial class ComposeSecretTests
{
    [Fact]
    public void No_secret_is_in_the_file()
    {
        Assert.DoesNotContain(
            ComposeFile.Services.SelectMany(service => service.Environment.Keys),
            name => Secret().IsMatch(name) && !name.EndsWith("_FILE", StringComparison.Ordinal));
        Assert.DoesNotMatch("://[^/\\s]*:[^/\\s]*@", Checkout.Read("compose.yaml"));
    }

    [Fact]
    public void Every_mount_exists_and_secrets_are_read_only_except_where_they_are_made()
    {
        var mounts = ComposeFile.Services.SelectMany(service => service.Mounts.Select(mount => (service, mount)));
        foreach (var (service, mount) in mounts)
        {
            Assert.True(
                mount[0].StartsWith("./", StringComparison.Ordinal)
                    ? File.Exists(Checkout.PathOf(mount[0]))
                    : ComposeFile.Volumes.Contains(mount[0]),
                mount[0]);
            if (mount[0].StartsWith("secrets-", StringComparison.Ordinal))
                Assert.True(mount is [.., "ro"] || service.EndsByItself, $"{service.Name} may write to {mount[0]}");
        }
    }

    [Fact]
    public void A_server_sees_no_secrets_but_its_own() => Assert.All(
        ComposeFile.Services.Where(service => !service.EndsByItself),
        service => Assert.All(
            service.Mounts.Where(mount => mount[0].StartsWith("secrets-", StringComparison.Ordinal)),
            mount => Assert.Equal(service.Name.Replace("arc-saas-", "secrets-", StringComparison.Ordinal), mount[0])));

    [GeneratedRegex("PASSWORD|PWD|SECRET|_KEY|KEYS|DATABASE_URL")]
    private static partial Regex Secret();
}
