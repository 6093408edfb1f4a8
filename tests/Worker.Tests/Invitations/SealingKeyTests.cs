using System.Security.Cryptography;
using ControlPlane.Invitations;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Time.Testing;
using Testing;
using Worker.Invitations;

namespace Worker.Tests.Invitations;

public sealed class SealingKeyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Passwords_are_sealed_to_the_current_key_of_the_worker_also_when_it_returns_to_a_former_one()
    {
        using var first = RSA.Create(2048);
        using var second = RSA.Create(2048);

        Assert.True(await EnsureAsync(Convert.ToBase64String(first.ExportPkcs8PrivateKey())));
        Assert.True(await EnsureAsync(second.ExportPkcs8PrivateKeyPem()));
        Assert.False(await EnsureAsync(second.ExportPkcs8PrivateKeyPem()));
        Assert.True(await EnsureAsync(Convert.ToBase64String(first.ExportPkcs8PrivateKey())));
    }

    // Stores the key as the worker does, and checks that the functions find it.
    private async Task<bool> EnsureAsync(string privateKey)
    {
        var settings = Settings(privateKey);
        time.Advance(TimeSpan.FromMinutes(1));
        bool stored = await new Worker.Invitations.SealingKey(postgres.Owner, settings, time)
            .EnsureAsync(TestContext.Current.CancellationToken);
        using var worker = InvitationKey.From(settings)!;
        var found = await new InvitationRepository(postgres.Functions)
            .FindSealingKeyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(worker.Id, found?.Id);
        return stored;
    }

    private static SettingsReader Settings(string privateKey) => new(
        new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create<string, string?>("INVITATION_PRIVATE_KEY", privateKey)]).Build(),
        new HostingEnvironment { EnvironmentName = "Development" });
}
