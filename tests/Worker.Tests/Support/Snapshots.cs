using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;

namespace Worker.Tests.Support;

/// <summary>Texts of all objects under a tenant's names, for a comparison before and after.</summary>
public static class Snapshots
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static async Task<string> SnapshotAsync(this ProvisioningFixture fixture, TenantResources names) =>
        string.Join(
            '\n',
            await fixture.RealmSnapshotAsync(names.Realm),
            await fixture.SchemaSnapshotAsync(names.Schema),
            await fixture.BucketSnapshotAsync(names.Bucket));

    private static async Task<string> RealmSnapshotAsync(this ProvisioningFixture fixture, string realm)
    {
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Keycloak };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await fixture.Services.GetRequiredService<KeycloakTokens>().GetAsync(CancellationToken));
        var parts = new List<string>();
        foreach (string part in (string[])["", "/clients", "/users", "/users/profile"])
        {
            var address = new Uri($"/admin/realms/{realm}{part}", UriKind.Relative);
            using var response = await http.GetAsync(address, CancellationToken);
            string json = await response.Content.ReadAsStringAsync(CancellationToken);
            parts.Add($"{response.StatusCode} {Sorted(JsonNode.Parse(json))}");
        }

        return string.Join('\n', parts);
    }

    // A schema that was dropped and created again differs at least in its oid.
    private static Task<string> SchemaSnapshotAsync(this ProvisioningFixture fixture, string schema) =>
        fixture.Postgres.ReadAsync<string>(
            """
            SELECT jsonb_build_object(
                'schema', (SELECT to_jsonb(n) || jsonb_build_object('comment', obj_description(n.oid, 'pg_namespace'))
                           FROM pg_namespace n WHERE nspname = $1),
                'role', (SELECT to_jsonb(r) || jsonb_build_object('comment', shobj_description(r.oid, 'pg_authid'))
                         FROM pg_roles r WHERE rolname = $1),
                'rows', (SELECT jsonb_object_agg(
                             tablename,
                             query_to_xml(format('SELECT * FROM %I.%I', schemaname, tablename), true, true, ''))
                         FROM pg_tables WHERE schemaname = $1))::text
            """,
            schema);

    private static async Task<string> BucketSnapshotAsync(this ProvisioningFixture fixture, string bucket)
    {
        var s3 = fixture.Systems.S3;
        var buckets = (await s3.ListBucketsAsync(CancellationToken)).Buckets ?? [];
        if (buckets.SingleOrDefault(b => b.BucketName == bucket) is not { CreationDate: { } created })
        {
            return $"{bucket} does not exist";
        }

        var tags = await fixture.Systems.BucketTagsAsync(bucket);
        var versions = (await s3.ListVersionsAsync(bucket, CancellationToken)).Versions;
        var uploads = (await s3.ListMultipartUploadsAsync(bucket, CancellationToken)).MultipartUploads;
        return string.Join('\n', (IEnumerable<string>)
        [
            string.Create(CultureInfo.InvariantCulture, $"{bucket} of {created:O}"),
            .. tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal),
            .. (versions ?? []).Select(v => $"{v.Key} {v.VersionId} {v.ETag} deleted: {v.IsDeleteMarker}"),
            .. (uploads ?? []).Select(upload => $"{upload.Key} {upload.UploadId}"),
        ]);
    }

    // Lists without a defined order must not look like a change.
    private static string Sorted(JsonNode? node) => node switch
    {
        JsonArray list => $"[{string.Join(',', list.Select(Sorted).Order(StringComparer.Ordinal))}]",
        JsonObject fields => $"{{{string.Join(',', fields.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}:{Sorted(field.Value)}"))}}}",
        _ => node?.ToJsonString() ?? "null",
    };
}
