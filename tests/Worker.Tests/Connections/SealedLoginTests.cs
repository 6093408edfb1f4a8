using System.Security.Cryptography;
using ControlPlane.Connections;
using ControlPlane.Security;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Worker.Tests.Support;

namespace Worker.Tests.Connections;

/// <summary>A login whose password is sealed to the application, within the connection.</summary>
public sealed class SealedLoginTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_opens_the_password_with_its_own_key_and_logs_in()
    {
        using var rsa = RSA.Create(2048);
        await fixture.RestartWorkerAsync(
            ("TENANT_SECRETS_STORE", "sealed"),
            ("TENANT_SECRETS_PUBLIC_KEY", Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())),
            ("TENANT_SECRET_KEYS", $"s1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"));
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var part = (await fixture.Services.GetRequiredService<GetConnection>()
            .ExecuteAsync(tenant.Id, CancellationToken)).Database!;

        string password = SecretSeal.Open(
            Convert.FromBase64String(part.Login!.Password.Sealed!), part.Login.Password.Name, rsa);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = part.Host,
            Port = part.Port,
            Database = part.Name,
            Username = part.Login.User,
            Password = password,
            Pooling = false,
        });
        await using var command = source.CreateCommand("SELECT current_user::text");
        Assert.Equal(tenant.Resources.Schema, await command.ExecuteScalarAsync(CancellationToken));
        Assert.DoesNotContain(password, await fixture.DatabaseTextAsync(), StringComparison.Ordinal);
        Assert.True((await fixture.ReadResidueAsync(tenant)).IsClean);
    }
}
