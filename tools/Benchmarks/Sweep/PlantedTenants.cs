using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Npgsql;
using Testing;
using Worker.Systems;

namespace Benchmarks.Sweep;

/// <summary>
/// Rows, schemas with roles, and buckets of live tenants. Realms are left out: Keycloak lists them in one call, and
/// makes keys for each.
/// </summary>
internal sealed class PlantedTenants : IAsyncDisposable
{
    private readonly Guid installation;
    private readonly NpgsqlDataSource database;
    private readonly AmazonS3Client s3;
    private int count;

    public PlantedTenants(Instance instance)
    {
        installation = Guid.Parse(instance.Secret("INSTALLATION_ID"));
        database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={instance.Secret("DEV_DB_SUPERUSER_PASSWORD")};Command Timeout=600");
        s3 = new AmazonS3Client(
            new BasicAWSCredentials(instance.Secret("AWS_ACCESS_KEY_ID"), instance.Secret("AWS_SECRET_ACCESS_KEY")),
            new AmazonS3Config
            {
                ServiceURL = $"http://127.0.0.1:{instance.Address("S3_PORT")}",
                AuthenticationRegion = "us-east-1",
                ForcePathStyle = true,
            });
    }

    public async Task GrowToAsync(int size, CancellationToken cancellationToken)
    {
        await using (var plant = database.CreateCommand(Script(count + 1, size)))
        {
            await plant.ExecuteNonQueryAsync(cancellationToken);
        }

        await Parallel.ForAsync(count + 1, size + 1, cancellationToken, async (number, token) =>
        {
            string name = $"tenant-b{number}-files";
            await s3.PutBucketAsync(name, token);
            var mark = new OwnershipMark(installation, IdOf(number), 1);
            await s3.PutBucketTaggingAsync(
                new PutBucketTaggingRequest
                {
                    BucketName = name,
                    TagSet = [.. mark.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                },
                token);
        });
        count = size;
    }

    public ValueTask DisposeAsync()
    {
        s3.Dispose();
        return database.DisposeAsync();
    }

    // The same id as in the script.
    private static Guid IdOf(int number) => new(number, 0, 0, new byte[8]);

    private string Script(int from, int to) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        CREATE TEMPORARY TABLE n ON COMMIT DROP AS
        SELECT i, (lpad(to_hex(i), 8, '0') || '-0000-0000-0000-000000000000')::uuid AS id,
            now() - interval '60 days' AS at
        FROM generate_series({{from}}, {{to}}) AS i;
        INSERT INTO leads (id, email, first_name, last_name, company_name, token_expires_at, created_at)
        SELECT id, 'admin@b' || i || '.com', 'John', 'Doe', 'Company ' || i, at, at FROM n;
        INSERT INTO tenants (id, lead_id, key, name, status, attempt, created_at, updated_at, expires_at)
        SELECT id, id, 'b' || i, 'Company ' || i, 'ACTIVE', 1, at, at, at FROM n;
        INSERT INTO provisioning_attempts
            (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
        SELECT id, 1, 'SUCCEEDED', '{}', '', 'silo', at FROM n;
        DO $do$
        DECLARE t record;
        BEGIN
            FOR t IN SELECT * FROM n LOOP
                EXECUTE format('CREATE ROLE %I', 'tenant_b' || t.i);
                EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', 'tenant_b' || t.i, 'tenant_b' || t.i);
                EXECUTE format('COMMENT ON ROLE %I IS %L', 'tenant_b' || t.i,
                    'arc-saas installation={{installation}} tenant=' || t.id || ' attempt=1');
            END LOOP;
        END $do$;
        ANALYZE;
        """);
}
