using System.Net;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Telemetry;

namespace Worker.Tests.Telemetry;

/// <summary>Paths of refused calls appear in logs and histories, so addresses in them are masked.</summary>
public sealed class MaskedPathTests
{
    private const string Tenant = "tenant-0198a5a0-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("/admin/realms/tenant-acme/users", "/admin/realms/tenant-acme/users")]
    [InlineData("/v2/subscribers/lead-0198a5a0-0000-7000-8000-000000000001",
        "/v2/subscribers/lead-0198a5a0-0000-7000-8000-000000000001")]
    [InlineData("/admin/realms/ada%40newcompany.com", "/admin/realms/a***@newcompany.com")]
    [InlineData($"/v2/subscribers/{Tenant}-ada_new_com/preferences", $"/v2/subscribers/{Tenant}-***/preferences")]
    public void Addresses_in_a_path_are_masked(string path, string masked) =>
        Assert.Equal(masked, Masked.Path(path));

    [Fact]
    public async Task A_refused_deletion_of_a_subscriber_does_not_show_the_address()
    {
        string id = NovuMail.SubscriberId(Guid.Parse(Tenant["tenant-".Length..]), "ada@newcompany.com");
        using var refused = new HttpResponseMessage(HttpStatusCode.Forbidden);
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"https://novu.example.com/v2/subscribers/{id}");
        refused.RequestMessage = request;

        var e = await OutsideHttp.RefusalAsync(NovuErrors.Table, refused);

        Assert.Equal($"Novu answered 403 to DELETE /v2/subscribers/{Tenant}-***.", e.Message);
    }

    [Theory]
    [InlineData($"{Tenant}-ada_newcompany_com", $"{Tenant}-***")]
    [InlineData("lead-0198a5a0-0000-7000-8000-000000000001", "***")]
    public void A_subscriber_id_is_masked_except_for_its_tenant(string id, string masked) =>
        Assert.Equal(masked, Masked.SubscriberId(id));
}
