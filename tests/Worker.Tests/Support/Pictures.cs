using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Keycloak;

namespace Worker.Tests.Support;

/// <summary>All that the systems show of what stands under a tenant's names: to compare before and after.</summary>
public static class Pictures
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static async Task<string> PictureAsync(this ProvisioningWorld world, TenantResources names) => string.Join(
        '\n',
        await world.RealmPictureAsync(names.Realm),
        await world.SchemaPictureAsync(names.Schema),
        await world.BucketPictureAsync(names.Bucket));

    private static async Task<string> RealmPictureAsync(this ProvisioningWorld world, string realm)
    {
        using var http = new HttpClient { BaseAddress = world.Sandbox.Keycloak };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await world.Services.GetRequiredService<KeycloakTokens>().GetAsync(CancellationToken));
        var shown = new List<string>();
        foreach (string part in (string[])["", "/clients", "/users", "/users/profile"])
        {
            var address = new Uri($"/admin/realms/{realm}{part}", UriKind.Relative);
            using var answer = await http.GetAsync(address, CancellationToken);
            string json = await answer.Content.ReadAsStringAsync(CancellationToken);
            shown.Add($"{answer.StatusCode} {InOneOrder(JsonNode.Parse(json))}");
        }

        return string.Join('\n', shown);
    }

    // Of a schema that was made anew at least the oid would differ.
    private static Task<string> SchemaPictureAsync(this ProvisioningWorld world, string schema) =>
        world.Postgres.ReadAsync<string>(
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

    private static async Task<string> BucketPictureAsync(this ProvisioningWorld world, string bucket)
    {
        var s3 = world.Systems.S3;
        var buckets = (await s3.ListBucketsAsync(CancellationToken)).Buckets ?? [];
        if (buckets.SingleOrDefault(b => b.BucketName == bucket) is not { CreationDate: { } made })
        {
            return $"{bucket} is not there";
        }

        var tags = await world.Systems.BucketTagsAsync(bucket);
        var versions = (await s3.ListVersionsAsync(bucket, CancellationToken)).Versions;
        var uploads = (await s3.ListMultipartUploadsAsync(bucket, CancellationToken)).MultipartUploads;
        return string.Join('\n', (IEnumerable<string>)
        [
            string.Create(CultureInfo.InvariantCulture, $"{bucket} of {made:O}"),
            .. tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal),
            .. (versions ?? []).Select(v => $"{v.Key} {v.VersionId} {v.ETag} deleted: {v.IsDeleteMarker}"),
            .. (uploads ?? []).Select(upload => $"{upload.Key} {upload.UploadId}"),
        ]);
    }

    // What a server lists in no order must not look like a change.
    private static string InOneOrder(JsonNode? node) => node switch
    {
        JsonArray list => $"[{string.Join(',', list.Select(InOneOrder).Order(StringComparer.Ordinal))}]",
        JsonObject fields => $"{{{string.Join(',', fields.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}:{InOneOrder(field.Value)}"))}}}",
        _ => node?.ToJsonString() ?? "null",
    };
}
